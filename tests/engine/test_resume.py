"""Going on after a drop: only what this dial has shown is paid, and keys known by heart lead on."""

import msgspec
import pytest

from core.tenants import directory
from engine.flow import Flow
from engine.flow_map import FlowError
from engine.session import Session
from menus import sentences
from menus.screens import Ask, Confirm, End, Pin
from menus.texts import say
from menus.words import Words
from tests.support.phone import Phone, phone_of
from tests.support.situations import at_the_pin
from tests.support.ussd import CODE, UssdTenant

RESUMED = say(sentences.RESUMED_OR_HOME, "en")
CONFIRMS = f"{RESUMED}\nSave in Kopera Twisungane?\nAmount: 500 RWF\n"


def redialled(tenant: UssdTenant) -> Phone:
    """At the confirmation that a dial after a drop at the PIN shows."""
    phone = at_the_pin(tenant)
    assert phone.dial().text.startswith(CONFIRMS)
    assert phone.place == "contribute.confirm"
    return phone


def intents(tenant: UssdTenant, state: str) -> int:
    return tenant.number("SELECT count(*) FROM intent WHERE state = %s", state)


def test_the_pin_below_a_resumed_confirmation_pays_what_that_shows(tenant: UssdTenant) -> None:
    phone = redialled(tenant)
    assert (intents(tenant, "void"), intents(tenant, "open")) == (1, 1)
    assert phone.type("2748").text.startswith("Saved 500 RWF in Kopera Twisungane, fee 10 RWF.")
    assert tenant.entries() == 1
    assert (intents(tenant, "void"), intents(tenant, "done")) == (1, 1)
    # There is no way back behind it, and the next dial tells of it once more.
    assert phone.dial().text.startswith("Saved 500 RWF in Kopera Twisungane, fee 10 RWF.")


def test_a_resumed_confirmation_shows_the_fee_of_now(tenant: UssdTenant) -> None:
    phone = at_the_pin(tenant)
    tenant.admin.execute(
        "UPDATE tariff SET body = jsonb_set(body, '{bands}', '[{\"fee_minor\": 17}]')"
        " WHERE operation = 'contribute' AND kind = 'fee'"
    )
    tenant.change(directory.touch)
    assert "Fee: 17 RWF" in phone.dial().text
    assert "fee 17 RWF" in phone.type("2748").text


@pytest.mark.parametrize(
    ("typed", "place"),
    [("1", "contribute.group"), ("yes", "contribute.confirm"), ("500", "contribute.confirm")],
)
def test_nothing_but_the_pin_agrees(tenant: UssdTenant, typed: str, place: str) -> None:
    phone = redialled(tenant)
    phone.type(typed)
    assert phone.place == place
    assert (tenant.entries(), intents(tenant, "done")) == (0, 0)


def test_a_wrong_pin_at_a_resumed_confirmation_is_a_guess(tenant: UssdTenant) -> None:
    phone = redialled(tenant)
    assert phone.type("9999").text.startswith("Wrong PIN. Tries left: 2.\nSave in Kopera")
    assert phone.type("9999").text.startswith("Wrong PIN. Tries left: 1.")
    assert phone.place == "contribute.confirm"
    assert phone.type("9999").text.startswith("Too many wrong PINs.")
    assert tenant.entries() == 0
    assert intents(tenant, "done") == 0


def test_a_late_pin_of_the_dial_before_pays_nothing(tenant: UssdTenant) -> None:
    left = at_the_pin(tenant)
    phone = phone_of(tenant, "uwera")
    assert phone.dial().text.startswith(CONFIRMS)
    assert left.type("2748").text == say(sentences.SESSION_ENDED, "en")
    assert phone.type("2748").text.startswith("Saved 500 RWF")
    assert tenant.entries() == 1


def test_digits_are_never_fed_into_a_resumed_confirmation(tenant: UssdTenant) -> None:
    """Whoever dials with digits is not gone on with; and without its session, a PIN that was typed
    as the first answer is typed at the main menu."""
    phone = at_the_pin(tenant)
    phone.dial("*384*10*2748#")
    assert phone.place == "menu:"
    phone = redialled(tenant)
    tenant.redis.flushdb()
    assert phone.type("2748").text.startswith("Choose a number shown.\nIbimina")
    assert tenant.entries() == 0


def test_what_is_far_down_takes_no_pin_yet(tenant: UssdTenant) -> None:
    """All of a confirmation is shown before its PIN is taken."""
    tenant.admin.execute(
        "UPDATE service SET settings = jsonb_build_object('budget_septets', 90) WHERE code = %s",
        (CODE,),
    )
    tenant.change(directory.touch)
    phone = at_the_pin(tenant)
    assert phone.dial().text.startswith(RESUMED)
    assert phone.place == "contribute.confirm"
    assert "Agree?" not in phone.shows
    phone.type("2748")
    assert tenant.entries() == 0
    while "Agree?" not in phone.shows:
        phone.type("98")
    assert phone.type("2748").text.startswith("Saved 500 RWF")


def test_on_a_shared_phone_no_payment_is_gone_on_with(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*11*1*1*500#")
    phone.type("1")
    assert phone.dial("*384*11#").text.startswith("Ibimina\n1 ")


def test_a_session_of_the_release_before_is_no_resumed_one(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("1")
    stored = phone.stored
    assert stored is not None
    fields = msgspec.to_builtins(stored.session)
    assert msgspec.convert(fields[:-1], Session) == stored.session


def test_keys_known_by_heart_lead_from_the_main_menu(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*8*1#")
    assert phone.place == "change_pin.old"
    phone.dial()
    assert phone.place == "menu:account"
    phone.type("7")
    assert phone.place == "receipts.pin"
    phone.type("0")
    assert phone.place == "menu:"


def test_a_key_of_the_main_menu_is_none_where_nothing_was_gone_on_with(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*8#")
    phone.type("7")
    assert phone.place == "menu:account"
    assert phone.shows.startswith("Choose a number shown.")


def test_who_has_not_registered_is_told_of_no_main_menu(tenant: UssdTenant) -> None:
    phone = Phone(tenant, "+250788000099")
    phone.dial()
    phone.type("1")
    assert phone.dial().text.startswith("Continuing where you stopped.\nYour full name?")
    phone.type("8")
    assert phone.place == "register.full_name"


def test_a_confirmation_is_resumable_only_before_a_pin() -> None:
    with pytest.raises(FlowError, match="no PIN follows its Yes"):

        class Hasty(Flow):
            name = "hasty"
            initial = "what"
            resumable = frozenset({"sure"})
            transitions = [
                ["answer", "what", "sure"],
                {"trigger": "answer", "source": "sure", "dest": "done", "conditions": "yes"},
                ["answer", "sure", "what"],
            ]  # fmt: skip

            class Answers:
                what: str

            def what(self) -> Ask:
                return Ask("What?", Words())

            def sure(self) -> Confirm:
                return Confirm("Sure?")

            def done(self) -> End:
                return End("Done.")

    with pytest.raises(FlowError, match="asks for a PIN"):

        class Open(Flow):
            name = "open"
            initial = "pin"
            resumable = frozenset({"pin"})
            transitions = [["answer", "pin", "done"]]

            def pin(self) -> Pin:
                return Pin()

            def done(self) -> End:
                return End("Done.")
