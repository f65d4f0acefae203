"""One-line commands, HELP, and STOP and START: none takes an answer away, none moves money."""

from collections.abc import Callable

import pytest

from core.messaging import optouts
from core.people.people import USSD
from core.tenants import changes
from tests.support.phone import phone_of
from tests.support.tenants import KEYS
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant

MAIN = "Ibimina\n1 Save\n2 Balances"
GROUPS = "Save in which group?\n1 Kopera Twisungane\n2 Abishyizehamwe"
CONFIRM = "Save in Kopera Twisungane?\nAmount: 500 RWF"
FINISH = "Dial *384*10# to finish: it waits for you there. Never send your PIN."
BY_USSD = "Dial *384*10# for this: it needs your PIN. Never send your PIN."
STOPPED = "You get no more news from Ibimina. Codes and receipts still come. News again: START"


@pytest.fixture
def texter(tenant: UssdTenant) -> Callable[[str], Texter]:
    return lambda key: Texter(tenant, tenant.people[key].phones[0])


@pytest.fixture
def uwera(texter: Callable[[str], Texter]) -> Texter:
    return texter("uwera")


@pytest.mark.parametrize(
    ("written", "leads_to"),
    [
        ("PAY", GROUPS),
        ("pay", GROUPS),
        ("Zigama", GROUPS),
        ("PAY KOP1", "How much for Kopera Twisungane?"),
        ("PAY KOP1 500", CONFIRM),
        ("pay 1 500", CONFIRM),
        ("PAY Kopera Twisungane 500 RWF", CONFIRM),
        ("pay kop1 5OO", CONFIRM),
        ("BAL", BY_USSD),
        ("solde", BY_USSD),
    ],
)
def test_a_command_leads_where_its_screens_do(
    tenant: UssdTenant, uwera: Texter, written: str, leads_to: str
) -> None:
    assert uwera.text(written).startswith(leads_to)  # as the first message
    uwera.text("menu")
    uwera.text("8")
    assert uwera.text(written).startswith(leads_to)  # from anywhere
    assert tenant.entries() == 0


@pytest.mark.parametrize("written", ["PAY KOP1 500 1", "PAY KOP1 500 yes", "PAY KOP1 500 1 yes 1"])
def test_a_command_agrees_to_nothing(tenant: UssdTenant, uwera: Texter, written: str) -> None:
    assert uwera.text(written).startswith(CONFIRM)
    assert tenant.number("SELECT count(*) FROM intent WHERE state <> 'open'") == 0
    assert uwera.text("1") == FINISH


def test_a_command_with_a_pin_is_warned_of_and_the_pin_is_not_kept(
    tenant: UssdTenant, uwera: Texter
) -> None:
    assert uwera.text("PAY KOP1 500 1 2748").startswith("Never send your PIN.")
    [row] = tenant.admin.execute("SELECT id, content_sealed FROM inbound_message").fetchall()
    assert "2748" not in KEYS.open(row[1], row[0].bytes)
    assert tenant.entries() == 0


def test_what_does_not_fit_stops_there_and_says_so(uwera: Texter) -> None:
    assert uwera.text("PAY KOP9 500").startswith(f"Choose a number shown.\n{GROUPS}")
    assert uwera.text("PAY KOP1 much 5").startswith(
        "Type an amount in digits, like 5000.\nHow much"
    )


@pytest.mark.parametrize("written", ["PAY 500", "PAY KOP1 500", "PAY 1 500", "pay kopera 500"])
def test_who_has_one_choice_need_not_name_it(texter: Callable[[str], Texter], written: str) -> None:
    assert texter("habimana").text(written).startswith(CONFIRM)


def test_a_tie_in_a_command_is_asked_about(tenant: UssdTenant, uwera: Texter) -> None:
    tenant.admin.execute("UPDATE savings_group SET name = 'Kopera Cyiza' WHERE code = 'KOP2'")
    asked = uwera.text("PAY kopera 500")
    assert asked.startswith("Did you mean 1 Kopera Twisungane or 2 Kopera Cyiza?\nSave in which")
    assert uwera.text("1").startswith("How much for Kopera Twisungane?")


def test_a_command_is_for_those_who_see_its_option(texter: Callable[[str], Texter]) -> None:
    kayitesi = texter("kayitesi")  # no member of a group
    kayitesi.text("menu")
    assert kayitesi.text("PAY").startswith("Choose a number shown.")
    assert "PAY" not in kayitesi.text("HELP")


def test_help_lists_the_commands_and_leaves_the_question(uwera: Texter) -> None:
    listed = (
        "Write a word:\nPAY Save\nBAL Balances\nGROUP About my group\nSHARES A member's shares\n"
        "VOTE Vote\nSTATEMENT Statement\nMENU Home\nSTOP no more news"
    )
    assert uwera.text("help") == listed
    uwera.text("menu")
    uwera.text("1")
    assert uwera.text("Ubufasha") == listed
    assert uwera.text("1").startswith("How much for Kopera Twisungane?")


def test_help_in_french(tenant: UssdTenant, uwera: Texter) -> None:
    tenant.admin.execute("UPDATE subscriber SET language = 'fr'")
    assert uwera.text("AIDE").startswith("Écrivez un mot:\nEPARGNER Épargner\nSOLDE Soldes")


def test_an_option_that_is_called_help_is_that_option(uwera: Texter) -> None:
    uwera.text("menu")
    uwera.text("8")
    assert uwera.text("help").startswith("Questions? Call +250788000100")


# --- STOP and START -------------------------------------------------------------------------------


def is_out(tenant: UssdTenant, number: str) -> bool:
    with tenant.tx() as tx:
        return optouts.is_opted_out(tx, KEYS.lookup(USSD, number))


@pytest.mark.parametrize(
    "written",
    ["STOP", "stop.", "Stop. Murakoze", "Stop, thank you", "Hagarika", "ARRET", "arrêt", "sitisha"],
)
def test_stop_is_heard_in_every_language(tenant: UssdTenant, uwera: Texter, written: str) -> None:
    assert uwera.text(written) == STOPPED
    assert is_out(tenant, uwera.number)


@pytest.mark.parametrize("written", ["We must stop this", "STOP 4711", "don't stop", "nonstop"])
def test_a_sentence_with_stop_in_it_is_none(
    tenant: UssdTenant, uwera: Texter, written: str
) -> None:
    uwera.text("menu")
    assert uwera.text(written).startswith("Choose a number shown.")
    assert not is_out(tenant, uwera.number)


def test_stop_leaves_what_is_asked(tenant: UssdTenant, uwera: Texter) -> None:
    for text in ("menu", "1", "1", "500"):
        uwera.text(text)
    assert uwera.text("STOP") == STOPPED
    assert is_out(tenant, uwera.number)
    assert uwera.text("yes") == FINISH


def test_a_fitting_answer_is_no_stop_and_the_reply_says_how(
    tenant: UssdTenant, uwera: Texter
) -> None:
    renamed = "UPDATE savings_group SET name = 'Hagarika' WHERE code = 'KOP2'"
    tenant.admin.execute(renamed)
    uwera.text("menu")
    uwera.text("1")
    assert uwera.text("Hagarika").startswith(
        "To get no more news, write MENU, then STOP.\nHow much for Hagarika?"
    )
    assert not is_out(tenant, uwera.number)
    uwera.text("MENU")
    assert uwera.text("STOP") == STOPPED


def test_start_brings_news_back_and_else_opens_the_menu(tenant: UssdTenant, uwera: Texter) -> None:
    uwera.text("STOP")
    assert uwera.text("Tangira") == "You get our news again."
    assert not is_out(tenant, uwera.number)
    assert uwera.text("START").startswith(MAIN)


def test_stop_works_while_the_service_is_paused_and_for_anybody(tenant: UssdTenant) -> None:
    tenant.change(changes.pause, paused=True)
    stranger = Texter(tenant, "+250788999111")
    assert stranger.text("STOP") == STOPPED
    assert is_out(tenant, stranger.number)


def test_receipts_still_come(tenant: UssdTenant, uwera: Texter) -> None:
    uwera.text("STOP")
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*1*1*500#")
    phone.type("1", tenant.people["uwera"].pin)
    [receipt] = tenant.texts("uwera")
    assert receipt.startswith("Saved 500 RWF in Kopera Twisungane")
