"""Many messages at once: one reply where each would get the same, in order, each worked once."""

import pytest

from tests.support.texter import Texter
from tests.support.ussd import UssdTenant

MAIN = "Ibimina\n1 Save\n2 Balances"


@pytest.fixture
def uwera(tenant: UssdTenant) -> Texter:
    return Texter(tenant, tenant.people["uwera"].phones[0])


def post(texter: Texter, *texts: str) -> list[str]:
    """They come while nobody works; the replies, once somebody did."""
    before = len(texter.replies())
    for text in texts:
        texter.post(text)
    texter.work()
    states = texter.tenant.admin.execute("SELECT DISTINCT state FROM inbound_message").fetchall()
    assert states == [("done",)]
    return texter.replies()[before:]


def test_ten_greetings_are_answered_once(uwera: Texter) -> None:
    [shown] = post(uwera, *["hi"] * 10)
    assert shown.startswith(MAIN)


def test_greetings_are_alike_whatever_their_words(uwera: Texter) -> None:
    [shown, groups] = post(uwera, "hi", "Muraho", "MENU", "hello!", "1")
    assert shown.startswith(MAIN)
    assert groups.startswith("Save in which group?")


def test_the_same_wrong_answer_is_answered_once_and_counts_once(uwera: Texter) -> None:
    uwera.text("menu")
    [again] = post(uwera, *["what?"] * 10)
    assert again.startswith(f"Choose a number shown.\n{MAIN}")
    assert "Call me" not in again
    two = post(uwera, "what?", "why?")
    assert len(two) == 2  # they differ


def test_equal_answers_that_lead_on_are_two(uwera: Texter) -> None:
    uwera.text("menu")
    [groups, amount] = post(uwera, "1", "1")
    assert groups.startswith("Save in which group?")
    assert amount.startswith("How much for Kopera Twisungane?")


def test_a_wrong_answer_takes_no_right_one_with_it(tenant: UssdTenant, uwera: Texter) -> None:
    uwera.text("menu")
    wrong, groups, menu = post(uwera, "what?", "1", "menu")
    assert wrong.startswith("Choose a number shown.")
    assert groups.startswith("Save in which group?")
    assert menu.startswith(MAIN)


def test_stop_stop_is_one_and_start_start_are_two(uwera: Texter) -> None:
    [stopped] = post(uwera, "STOP", "stop", "Stop")
    assert stopped.startswith("You get no more news")
    [started, menu] = post(uwera, "START", "start")
    assert started == "You get our news again."
    assert menu.startswith(MAIN)


def test_more_than_a_burst_takes_another_reply(uwera: Texter) -> None:
    assert len(post(uwera, *["hi"] * 45)) == 3  # 20 at a time


def test_a_pin_sent_three_times_is_warned_of_once(uwera: Texter) -> None:
    for text in ("menu", "1", "1", "500", "1"):
        uwera.text(text)
    [warning] = post(uwera, "2749", "2749", "2749")
    assert warning.startswith("Never send your PIN.")
