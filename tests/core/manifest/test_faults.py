"""What can be wrong with a tenant's folder: all of it is told at once, with file and line."""

import shutil
from pathlib import Path

import pytest

from app.operations.tenant_folder import read_folder
from app.settings import CHECKOUT
from core.manifest.faults import FolderFaults
from core.manifest.section import Manifest
from core.money.manifest import TARIFFS
from core.people.manifest import PEOPLE, WalletOpening
from providers.registry import names

FIXTURES = CHECKOUT / "fixtures" / "tenants"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURES / "ibimina", tmp_path / "ibimina"))


def faults(folder: Path, *, demo: bool = True) -> list[str]:
    with pytest.raises(FolderFaults) as wrong:
        read_folder(folder, demo=demo)
    return [str(fault) for fault in wrong.value.faults]


def write(folder: Path, file: str, text: str) -> None:
    (folder / file).write_text(text)


def read_people(folder: Path, text: str) -> Manifest:
    write(folder, "people.yaml", text)
    return read_folder(folder, demo=True)


# 91 codes: one more than a file takes.
CODES = [f"A{one}{other}" for one in "ABCDEFG" for other in "ABCDEFGHIJKLM"]
CURRENCIES = f"{{}}: [{', '.join(CODES)}]\n{{}}: [USD]\nproviders: [frankfurter]\n"
PERSON = """
- key: aline
  name: Aline Uwase
  phones: ["+250788000301"]
  language: rw
"""


def test_everything_is_told_at_once_and_in_order(folder: Path) -> None:
    write(folder, "tenant.yaml", "slug: Ibimina!\nname: X\ncountry: Rwanda\ncurrency: RWX\n")
    write(folder, "services.yaml", "- {provider: nobody, channel: pigeon, code: 384, menu: m.yaml}")
    write(folder, "people.yaml", PERSON + "  roles: [king]\n  colour: red\n")
    told = faults(folder)
    for expected in (
        "tenant.yaml:1: slug: a slug such as my-business is needed here",
        "tenant.yaml:3: country: a country code such as RW is needed here",
        "tenant.yaml:4: currency: no such currency",
        "tenant.yaml:1: languages is missing",
        f'services.yaml:1: [1].provider: "nobody" is none of: {", ".join(sorted(names()))}',
        'services.yaml:1: [1].channel: "pigeon" is none of: sms, ussd, whatsapp',
        "services.yaml:1: [1].menu: a file such as menu.yaml is needed here",
    ):
        assert expected in told
    assert any(line.startswith('people.yaml:6: [1].roles[1]: "king" is none of') for line in told)
    assert any(line.startswith("people.yaml:7: [1].colour: no such field") for line in told)
    assert told == sorted(told, key=lambda line: (line.split(":")[0], int(line.split(":")[1])))


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("services.yaml", "- code: *384*10#\n", 'stands in quotes: "*384*10#"'),
        ("people.yaml", "- [", "people.yaml:2: "),
        ("rates.yaml", CURRENCIES.format("destinations", "sources"), "at most 90 currencies"),
        ("rates.yaml", CURRENCIES.format("sources", "destinations"), "at most 90 currencies"),
        ("people.yaml", "a: b\n", "a list is needed here"),
        ("people.yaml", "- &a {key: x}\n- *a\n", "anchors and aliases are not used"),
        ("people.yaml", PERSON + "  name: Another\n", "this name stands here twice"),
        ("people.yaml", PERSON.replace("Aline Uwase", "A" * 81), "at most 80 characters"),
        ("people.yaml", PERSON.replace("rw", "de"), '"de" is none of'),
        ("people.yaml", PERSON.replace('["+250788000301"]', "[]"), "1 to 5 numbers"),
        ("people.yaml", PERSON + PERSON, 'key: "aline" stands here twice'),
        ("people.yaml", PERSON + "  groups: [NONE]\n", "there is no group with this code"),
        ("people.yaml", PERSON + "  groups: [KOP1, KOP1]\n", "each once"),
        ("people.yaml", PERSON + "  opening: {wallet: 10.5}\n", "a whole number is needed"),
        ("people.yaml", PERSON + "  opening: {wallet: -1}\n", "below zero"),
        ("people.yaml", PERSON + "  opening: {wallet: many}\n", "a whole number is needed"),
        ("people.yaml", PERSON + "  opening: {wallet: 1, wallet_minor: 1}\n", "only one of them"),
        ("people.yaml", PERSON + "  opening: {float: 1}\n", "only an agent has one"),
        ("people.yaml", PERSON + "  opening: {savings: {KOP1: 5}}\n", "not a member"),
        ("people.yaml", PERSON + "  roles: [agent]\n", "an agent needs the field agent"),
        ("people.yaml", PERSON + "  agent: {level: boss, code: A1}\n", '"boss" is none of'),
        ("people.yaml", PERSON + "  agent: {level: assistant, code: A1}\n", "works for an agent"),
        (
            "people.yaml",
            PERSON + "  agent: {level: agent, code: A1, parent: aline}\n",
            "must be of a higher level",
        ),
        (
            "people.yaml",
            PERSON + "  agent: {level: agent, code: A1, parent: nobody}\n",
            "there is no agent with this key",
        ),
        ("people.yaml", PERSON + '  pin: "12"\n', "a PIN has 4 to 6 digits"),
        ("people.yaml", PERSON + "  birth_year: 1850\n", "from 1900 to 2100"),
        ("groups.yaml", "groups: [{code: K, name: N, organisation: o}]", "none with this key"),
        (
            "tariffs.yaml",
            "- {operation: rob, kind: fee}",
            '"rob" is none of: cash_out, cash_out_commission, contribute, deposit,'
            " float_purchase, float_return, float_sale, fuel_sale, repay_loan, topup,"
            " topup_commission,",
        ),
        ("people.yml", "", "files of a tenant end in .yaml"),
        ("persons.yaml", "", "not a file of a tenant"),
        ("menu.yaml", "text: {en: X}\n", "menu.yaml:1: main menu: "),
        ("menu.yaml", "- 1\n", "a menu tree is needed here"),
    ],
)
def test_each_fault_is_told(folder: Path, file: str, text: str, expected: str) -> None:
    write(folder, file, text)
    assert any(expected in line for line in faults(folder)), "\n".join(faults(folder))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"*182*8*1*CODE*AMOUNT#"', '"*182*8*1#"', 'such as "*182*8*1*CODE*AMOUNT#"'),
        ('"012345"', '"M-12"', "a merchant's code of digits"),
        ('      merchant_code: "012345"\n', "", "merchant_code and dial go together"),
    ],
)
def test_a_menu_that_nobody_could_dial_is_told(
    folder: Path, old: str, new: str, expected: str
) -> None:
    said = (folder / "tenant.yaml").read_text()
    assert old in said
    write(folder, "tenant.yaml", said.replace(old, new))
    assert any(expected in line for line in faults(folder)), "\n".join(faults(folder))


MENU = """\
text: {en: Umoja, rw: Umoja, fr: Umoja}
menu:
  - key: 1
    id: account
    text: {en: Account, rw: Konti, fr: Compte}
    menu:
      - key: 2
        id: pin
        text:
          en: Change PIN
          rw: Hindura PIN
          fr: Recharger
        flow: change_pin
"""


def test_a_word_that_is_not_to_be_said_is_told_with_its_line(folder: Path) -> None:
    write(folder, "menu.yaml", MENU)
    assert (
        "menu.yaml:12: account/pin text in fr: has 'recharg*', which is not to be said (deposit):"
        " say 'dépôt'"
    ) in faults(folder)
    airtime = MENU.replace("Change PIN", "Airtime").replace("change_pin", "no_such_flow")
    write(folder, "menu.yaml", airtime)  # there it is the right word
    assert not any("recharg" in line for line in faults(folder))
    assert "menu.yaml:7: account/pin: there is no flow 'no_such_flow'" in faults(folder)


NO_SUCH_PHONE = "no phone has this number: its length or its first digits are wrong"


@pytest.mark.parametrize(
    "written", ["+25078800070", "+2507880007022", "0718000301", "+22507010000", "254712345678"]
)
def test_a_number_that_nobody_can_have_is_a_fault(folder: Path, written: str) -> None:
    write(folder, "people.yaml", PERSON.replace("+250788000301", written))
    assert f"people.yaml:4: [1].phones[1]: {NO_SUCH_PHONE}" in faults(folder)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+2500788000701", "+250788000701"),
        ("+2540712345678", "+254712345678"),
        ("0788000701", "+250788000701"),
        ("+250 788-000-701", "+250788000701"),
        ("+2250701000011", "+2250701000011"),
    ],
)
def test_a_number_is_read_as_the_tenants_country_writes_it(
    folder: Path, written: str, number: str
) -> None:
    read = read_people(folder, PERSON.replace("+250788000301", written)).of(PEOPLE)
    assert read[0].phones == [number]


@pytest.mark.parametrize(
    ("line", "other", "expected"),
    [
        ("calling_code: 250", "calling_code: 251", "the calling code of RW is 250"),
        ("country: RW", "country: XX", "no such country"),
        ('"+250788000100"', '"+25078800010"', f"help_phone: {NO_SUCH_PHONE}"),
    ],
)
def test_numbers_of_the_tenant_are_of_its_country(
    folder: Path, line: str, other: str, expected: str
) -> None:
    tenant = (folder / "tenant.yaml").read_text()
    assert line in tenant
    write(folder, "tenant.yaml", tenant.replace(line, other))
    assert any(expected in told for told in faults(folder)), faults(folder)


TARIFF = "- operation: {}\n  kind: {}\n  valid_from: {}\n  approved_by: Board\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TARIFF.format("contribute", "fee", "2026-01-01"), "bands is missing"),
        (TARIFF.format("contribute", "fee", "soon") + "  bands: [{fee: 1}]", "2026-01-31"),
        (
            TARIFF.format("contribute", "fee", "2026-01-01") + "  bands: [{up_to: 5, fee: 1}]",
            "the last band has no up_to",
        ),
        (
            TARIFF.format("contribute", "fee", "2026-01-01")
            + "  bands: [{up_to: 9}, {up_to: 5}, {fee: 1}]",
            "larger than the one before",
        ),
        (
            TARIFF.format("contribute", "fee", "2026-01-01") + "  bands: [{fee: 1}, {fee: 2}]",
            "only the last band",
        ),
        (
            TARIFF.format("contribute", "fee", "2026-01-01") + "  bands: [{percent: 101}]",
            "below zero or too large",
        ),
        (
            TARIFF.format("contribute", "limit", "2026-01-01") + "  minimum: 9\n  maximum: 8",
            "maximum is less than minimum",
        ),
        (TARIFF.format("contribute", "limit", "2026-01-01"), "at least one of: minimum"),
        (
            TARIFF.format("contribute", "limit", "2026-01-01") + "  maximun: 9",
            "no such field; there are:",
        ),
        (
            TARIFF.format("contribute", "limit", "2026-01-01")
            + "  valid_to: 2025-01-01\n  maximum: 9",
            "valid_to is not after valid_from",
        ),
        (
            (TARIFF.format("contribute", "limit", "2026-01-01") + "  maximum: 9\n") * 2,
            "from this day stands here twice",
        ),
        (
            TARIFF.format("contribute", "limit", "2025-01-01")
            + "  valid_to: 2025-06-01\n  maximum: 9\n"
            + TARIFF.format("contribute", "limit", "2026-01-01")
            + "  maximum: 9\n",
            "there is a time without one",
        ),
        (
            TARIFF.format("topup", "limit", "2026-01-01")
            + "  minimum: 50\n"
            + TARIFF.format("topup", "fee", "2026-01-01")
            + "  bands: [{up_to: 100, fee: 50}, {fee: 60}]",
            "as large as the least amount",
        ),
    ],
)
def test_each_fault_of_a_tariff_is_told(folder: Path, text: str, expected: str) -> None:
    write(folder, "tariffs.yaml", text)
    assert any(expected in line for line in faults(folder)), "\n".join(faults(folder))


def of_level(kind: str, level: str, begins: str, more: str) -> str:
    return TARIFF.format("topup", kind, begins) + f"  level: {level}\n{more}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            of_level("limit", "boss", "2026-01-01", "  maximum: 9\n"),
            'tariffs.yaml:5: [1].level: "boss" is none of: agent, assistant, super_agent',
        ),
        (
            TARIFF.format("contribute", "limit", "2026-01-01") + "  level: agent\n  maximum: 9\n",
            "level: contribute is nothing that agents do as agents",
        ),
        (
            of_level("limit", "agent", "2026-01-01", "  maximum: 9\n") * 2,
            "a table of topup limit for the level agent from this day stands here twice",
        ),
        (
            of_level("limit", "agent", "2026-01-01", "  maximum: 9\n")
            + of_level("limit", "agent", "2026-02-01", "  maximum: 8\n"),
            "two tables of topup limit for the level agent hold at once: the first needs valid_to",
        ),
        (
            of_level("limit", "agent", "2026-01-01", "  valid_to: 2026-03-01\n  maximum: 9\n")
            + of_level("limit", "agent", "2026-02-01", "  maximum: 8\n"),
            "two tables of topup limit for the level agent hold at once",
        ),
        (
            of_level("limit", "agent", "2026-01-01", "  valid_to: 2026-02-01\n  maximum: 9\n")
            + of_level("limit", "agent", "2026-03-01", "  maximum: 8\n"),
            "between two tables of topup limit for the level agent there is a time without one",
        ),
        (
            TARIFF.format("topup", "limit", "2026-01-01")
            + "  minimum: 50\n"
            + of_level("limit", "agent", "2026-02-01", "  maximum: 49\n"),
            "maximum is less than minimum: topup limit for the level agent",
        ),
        (  # the least that an assistant sells is less than what the fee for all was made for
            TARIFF.format("topup", "limit", "2026-01-01")
            + "  minimum: 100\n"
            + of_level("limit", "assistant", "2026-01-01", "  minimum: 50\n")
            + TARIFF.format("topup", "fee", "2026-01-01")
            + "  bands: [{fee: 50}]\n",
            "a fee of topup is as large as the least amount",
        ),
        (  # before February it is taken from what the table without a level allows
            TARIFF.format("topup", "limit", "2026-01-01")
            + "  minimum: 50\n"
            + of_level("limit", "agent", "2026-02-01", "  minimum: 100\n")
            + of_level("fee", "agent", "2026-01-01", "  bands: [{fee: 60}]\n"),
            "a fee of topup for the level agent is as large as the least amount",
        ),
        (  # and after it is over
            TARIFF.format("topup", "limit", "2026-01-01")
            + "  minimum: 50\n"
            + of_level("limit", "agent", "2026-01-01", "  valid_to: 2026-02-01\n  minimum: 100\n")
            + of_level("fee", "agent", "2026-01-01", "  bands: [{fee: 60}]\n"),
            "a fee of topup for the level agent is as large as the least amount",
        ),
    ],
)
def test_each_fault_of_a_table_of_a_level_is_told(folder: Path, text: str, expected: str) -> None:
    write(folder, "tariffs.yaml", text)
    assert any(expected in line for line in faults(folder)), "\n".join(faults(folder))


def test_a_level_has_tables_of_its_own(folder: Path) -> None:
    """Its fee may be larger than what others sell; between its tables, theirs counts."""
    write(
        folder,
        "tariffs.yaml",
        TARIFF.format("topup", "limit", "2026-01-01")
        + "  minimum: 50\n"
        + TARIFF.format("topup", "fee", "2026-01-01")
        + "  bands: [{fee: 49}]\n"
        + of_level("limit", "super_agent", "2026-01-01", "  minimum: 1000\n")
        + of_level("fee", "super_agent", "2026-01-01", "  bands: [{fee: 999}]\n")
        + of_level("limit", "assistant", "2026-01-01", "  valid_to: 2026-02-01\n  maximum: 90\n")
        + of_level("limit", "assistant", "2026-03-01", "  maximum: 80\n"),
    )
    found = read_folder(folder, demo=True).of(TARIFFS)
    assert [(plan.kind, plan.level, plan.body.get("level")) for plan in found] == [
        ("limit", "", None),
        ("fee", "", None),
        ("limit", "super_agent", "super_agent"),
        ("fee", "super_agent", "super_agent"),
        ("limit", "assistant", "assistant"),
        ("limit", "assistant", "assistant"),
    ]


def test_a_fee_below_the_least_amount_is_sound(folder: Path) -> None:
    write(
        folder,
        "tariffs.yaml",
        TARIFF.format("topup", "limit", "2026-01-01")
        + "  minimum: 51\n"
        + TARIFF.format("topup", "fee", "2026-01-01")
        + "  bands: [{up_to: 20, fee: 20}, {up_to: 100, fee: 50}, {fee: 60, percent: 0.5}]",
    )
    _, fee = read_folder(folder, demo=True).of(TARIFFS)
    assert fee.body["bands"] == [
        {"up_to_minor": 20, "fee_minor": 20, "basis_points": 0},
        {"up_to_minor": 100, "fee_minor": 50, "basis_points": 0},
        {"up_to_minor": None, "fee_minor": 60, "basis_points": 50},
    ]
    assert fee.valid_from.isoformat() == "2026-01-01T00:00:00+02:00"  # by the tenant's clock


def test_pins_are_for_the_demo_only_and_are_never_repeated(folder: Path) -> None:
    told = faults(folder, demo=False)
    assert len(told) == 13
    assert all("PINs are given in the demo only" in line for line in told)
    write(folder, "people.yaml", PERSON + '  pin: "27a48"\n')
    assert not any("27a48" in line for line in faults(folder))


def test_values_are_taken_as_they_are_written(folder: Path) -> None:
    manifest = read_people(folder, PERSON.replace("Aline Uwase", "No") + "  pin: 0852\n")
    assert manifest.of(PEOPLE)[0].name == "No"
    assert manifest.of(PEOPLE)[0].pin == "0852"
    assert "0852" not in repr(manifest.of(PEOPLE)[0])


def opening_of(manifest: Manifest) -> list[int]:
    brings = manifest.of(PEOPLE)[0].opening_part(WalletOpening)
    return [brings.wallet] if brings and brings.wallet else []


def test_amounts_are_in_the_usual_unit_or_in_minor_ones(folder: Path) -> None:
    assert opening_of(read_people(folder, PERSON + "  opening: {wallet: 1_500}\n")) == [1_500]
    assert opening_of(read_people(folder, PERSON + "  opening: {wallet_minor: 1_500}\n")) == [1_500]
    assert opening_of(read_people(folder, PERSON + "  opening: {wallet: 0}\n")) == []
    assert opening_of(read_folder(FIXTURES / "trade", demo=True)) == [1_250_050]


def test_a_missing_folder_and_a_missing_file_are_told(tmp_path: Path) -> None:
    assert faults(tmp_path / "nowhere") == [f"{tmp_path}/nowhere: there is no such folder"]
    assert faults(tmp_path) == ["tenant.yaml: the file is missing"]


def test_a_file_that_is_no_text_is_told(folder: Path) -> None:
    (folder / "people.yaml").write_bytes(b"\xff\xfe\x00")
    assert faults(folder) == ["people.yaml: the file cannot be read: it is not UTF-8"]


def test_people_of_one_number_are_no_fault_until_they_are_ten(folder: Path) -> None:
    def crowd(count: int) -> str:
        return "".join(PERSON.replace("key: aline", f"key: aline-{n}") for n in range(count))

    assert len(read_people(folder, crowd(9)).of(PEOPLE)) == 9
    write(folder, "people.yaml", crowd(10))
    assert any("more than 9 people share this number" in line for line in faults(folder))
