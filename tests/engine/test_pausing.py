"""What is paused says so, in the caller's language, and scolds nobody."""

from menus import sentences
from menus.texts import say
from tests.support.phone import phone_of
from tests.support.stages import ibimina_is_paused, saving_is_paused
from tests.support.ussd import UssdTenant


def test_a_paused_business_speaks_the_callers_language(tenant: UssdTenant) -> None:
    tenant.speak("fr")
    waiting = phone_of(tenant, "uwera")
    waiting.dial()
    ibimina_is_paused(tenant)
    fresh = phone_of(tenant, "habimana")
    assert fresh.dial().ends
    assert fresh.shows == waiting.type("1").text
    tenant.speak("en")
    assert phone_of(tenant, "habimana").dial().text != fresh.shows


def test_digits_dialled_into_a_paused_flow_are_no_wrong_answer(tenant: UssdTenant) -> None:
    saving_is_paused(tenant)
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*1#")
    notice = phone.shows
    assert phone.dial("*384*10*1*1*500#").text == notice
    assert say(sentences.WRONG_OPTION, "en") not in notice
