"""The data files: every example reads as it says, and a faulty file names itself."""

import shutil
from pathlib import Path

import pytest

from core.payments.evidence.networks import FOLDER, BadFormats, Example, Network, catalogue
from core.payments.evidence.parser import read
from core.payments.evidence.reading import Confirmation
from core.payments.evidence.template import BadTemplate, compile_template
from tests.core.payments.compare_texts import table, wrong_fields

EXAMPLES = [
    pytest.param(network, example, id=f"{network.name}-{number}")
    for network in catalogue().networks
    for number, example in enumerate(network.examples, start=1)
]
NOT_COMPARED = {"timezone", "network", "reasons"}


@pytest.mark.parametrize(("network", "example"), EXAMPLES)
def test_an_example_reads_as_it_says(network: Network, example: Example) -> None:
    found = read(Confirmation(sender=example.sender, text=example.text)).to_data()
    said = {
        name: value
        for name, value in found.items()
        if value is not None and name not in NOT_COMPARED
    }
    assert said == example.reading


def test_every_network_has_an_example() -> None:
    assert [network.name for network in catalogue().networks if not network.examples] == []


@pytest.mark.parametrize(("network", "example"), EXAMPLES)
def test_under_a_strangers_name_nothing_is_evidence(network: Network, example: Example) -> None:
    for sender in ("+250788000111", "M0bileMoney", "pay@example.com", f"{example.sender}."):
        assert not read(Confirmation(sender=sender, text=example.text)).accept


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("you sent {mony}", "there is no slot"),
        ("you [sent {amount}", "] is missing"),
        ("you sent) {amount}", "has no beginning"),
        ("a | b", "has no beginning"),
        ("you sent {amount", "there is no slot"),
    ],
)
def test_a_bad_template_says_what_is_wrong(words: str, fault: str) -> None:
    with pytest.raises(BadTemplate, match=fault.replace("]", r"\]")):
        compile_template(words)


@pytest.mark.parametrize(
    ("found", "planted", "told"),
    [
        ("kind: bank", "kind: bnak", r"mtn-rw\.yaml: .*there is no bnak"),
        ("country: RW", "country: XX", r"mtn-rw\.yaml: 'XX' is missing or unknown"),
        ("{amount} transferred to your", "{amont} transferred to your", r"mtn-rw\.yaml: .*amont"),
        ("wording:", "wordings:", r"mtn-rw\.yaml: there is no wordings"),
        ("network: MTN", "network: [", r"mtn-rw\.yaml: "),
    ],
)
def test_a_faulty_file_is_named(tmp_path: Path, found: str, planted: str, told: str) -> None:
    folder = tmp_path / "evidence"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = folder / "formats" / "mtn-rw.yaml"
    text = file.read_text("utf-8")
    assert found in text
    file.write_text(text.replace(found, planted, 1), "utf-8")
    with pytest.raises(BadFormats, match=told):
        catalogue(folder)


def test_a_format_is_a_data_file(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "formats" / "sema-ke.yaml").write_text(
        "network: Sema\ncountry: KE\nsenders: [SEMA]\nwording: [english]\n"
        "formats:\n  - name: pot\n    kind: received\n    direction: in\n"
        '    text: "{party} dropped {amount} into your pot"\n',
        "utf-8",
    )
    text = "Asha Ali dropped KES 40.00 into your pot. Balance: KES 90.00. ID: 77001122"
    message = Confirmation(sender="SEMA", text=text)
    assert read(message).kind == "unknown"
    reading = read(message, catalogue(folder))
    assert (reading.kind, reading.counterparty_name, reading.accept) == (
        "received",
        "Asha Ali",
        True,
    )


def test_known_texts_are_compared_field_by_field() -> None:
    network = next(one for one in catalogue().networks if one.name == "mtn-ci")
    texts = [
        {"network": "MTN CI", "sender": one.sender, "text": one.text, **one.reading}
        for one in network.examples
    ]
    assert [wrong_fields(text) for text in texts] == [[] for _ in texts]
    assert wrong_fields({**texts[0], "amount": 1, "fee": 20}) == ["amount", "fee"]
    *_, row = table([*texts, {**texts[0], "txid": None}]).splitlines()
    assert row.startswith(f"| MTN CI | {len(texts) + 1} | {len(texts)} | ")
