"""Whatever is typed: a short polite answer, never a fault of ours, never a changed ledger."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.flow import Flow
from engine.turn.ussd import UssdRequest
from menus.keys import navigation
from menus.screens import Ask
from tests.support.phone import Phone, phone_of
from tests.support.tenants import PROVIDER
from tests.support.ussd import UssdTenant

OFTEN = settings(
    max_examples=60,
    deadline=None,
    # One tenant for all examples: nothing that they do stays in the way of the next.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
TYPED = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789*# .+", max_size=12),
    st.sampled_from(["0", "00", "98", "1", "2", "500", "1*1", "*", "\x00", "😀", "٣", "１", "-5"]),
)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1" * 10_000, "That is too long."),
        ("x" * 183, "That is too long.\nIbimina"),
        ("\x00\x1b[31m", "Choose a number shown.\nIbimina"),
        ("😀" * 50, "Choose a number shown.\nIbimina"),
        ("\u202e1", "Choose a number shown.\nIbimina"),
        ("\ud800", "Choose a number shown.\nIbimina"),
        ("%s{0}", "Choose a number shown.\nIbimina"),
        ("٢", "Enter your PIN"),
        ("２", "Enter your PIN"),
        (" 2 ", "Enter your PIN"),
        ("2#", "Enter your PIN"),
    ],
)
def test_what_is_typed_is_read_or_refused(tenant: UssdTenant, typed: str, said: str) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    assert phone.type(typed).text.startswith(said)


# Three slips and what fits: at an amount, and at a list of two groups.
SLIPS = [
    ("*384*10*1*1#", ("5k", "five hundred", "a lot"), "500", "Amount: 500 RWF"),
    ("*384*10*1*1#", ("5k", "five hundred", "a lot"), "500 Frw", "Amount: 500 RWF"),
    ("*384*10*1#", ("5", "3", "4"), "1", "How much for Kopera Twisungane?"),
]


@pytest.mark.parametrize(("dialled", "slips", "fits", "said"), SLIPS)
def test_what_fits_is_taken_after_three_slips(
    tenant: UssdTenant, dialled: str, slips: tuple[str, ...], fits: str, said: str
) -> None:
    """The call is an offer beside the question, and never in its place."""
    phone = phone_of(tenant, "uwera")
    asked = phone.dial(dialled).text.partition("\n")[0]
    for count, slip in enumerate(slips, start=1):
        told = phone.type(slip)
        assert not told.ends
        assert asked in told.text
        assert ("000 Call me" in told.text) is (count == len(slips))
    assert said in phone.type(fits).text
    assert tenant.number("SELECT count(*) FROM call_back") == 0


def test_ten_thousand_characters_end_it_and_change_nothing(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("1", "1")
    before = phone.session
    assert phone.type("5" * 10_000).ends
    hop = phone.hop()
    cut = UssdRequest(PROVIDER, hop.service_code, hop.session_id, hop.address, hop.text[:100], True)
    assert tenant.turns.take(cut).text == "That is too long."
    assert phone.session == before


@OFTEN
@given(answers=st.lists(TYPED, max_size=8), who=st.sampled_from(["uwera", "bizimana", "ingabire"]))
def test_no_answers_break_a_conversation(tenant: UssdTenant, answers: list[str], who: str) -> None:
    """The phone looks at every reply: its budget, its words, its session."""
    phone = phone_of(tenant, who)
    phone.dial()
    phone.type(*answers)
    assert tenant.faults == []
    assert tenant.entries() == 0


@OFTEN
@given(dialled=st.text(alphabet="0123456789*#", max_size=30))
def test_no_dialled_string_breaks_anything(tenant: UssdTenant, dialled: str) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial(f"*384*10*{dialled}#")
    phone.dial(f"*384*10*{dialled}#", digits_in_code=True)
    phone.dial(f"*{dialled}#", digits_in_code=True)
    assert tenant.faults == []


@pytest.mark.parametrize("code", ["", "#", "*", "384", "*384#", "*384*99#", "*384*10", "x" * 500])
def test_an_unknown_code_is_told(tenant: UssdTenant, code: str) -> None:
    reply = tenant.turns.take(UssdRequest(PROVIDER, code, "ATUid_x", "+250788000001", ""))
    known = code == "*384*10"
    assert reply.text.startswith("Ibimina" if known else "This code is not in service.")


class Echo(Flow):
    """Takes anything, and remembers what it was given."""

    name = "contribute"
    initial = "said"
    transitions = [{"trigger": "answer", "source": "said", "dest": "said", "before": "remember_it"}]

    class Answers:
        everything: tuple[str, ...] = ()

    answers: Answers

    def said(self) -> Ask:
        return Ask("And?", Anything())

    def remember_it(self) -> None:
        self.answers.everything = (*self.answers.everything, self.given)


class Anything:
    takes_zero = False

    def parse(self, raw: str) -> str:
        return raw


@OFTEN
@given(answers=st.lists(st.text(alphabet="1*#a \u0661", max_size=6), min_size=1, max_size=10))
def test_the_answer_is_what_follows_the_text_of_the_turn_before(
    tenant: UssdTenant, answers: list[str]
) -> None:
    """Whatever stars are in it, and however many."""
    tenant.turns = tenant.deployed({**tenant.turns.flows, "contribute": Echo})
    phone = Phone(tenant, "+250788000001")
    phone.dial()
    phone.type("1")
    phone.type(*answers)
    session = phone.session
    assert session is not None
    said = [text for text in answers if navigation(text) is None]
    assert session.answers.get("everything", []) == said
