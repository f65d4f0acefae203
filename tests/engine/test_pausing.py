"""What is paused says so, in the caller's language, and scolds nobody."""

from menus import sentences
from menus.texts import say
from tests.support.phone import phone_of
from tests.support.stages import ibimina_is_paused, saving_is_paused
from tests.support.tenant import House


def test_a_paused_business_speaks_the_callers_language(house: House) -> None:
    house.speak("fr")
    waiting = phone_of(house, "uwera")
    waiting.dial()
    ibimina_is_paused(house)
    fresh = phone_of(house, "habimana")
    assert fresh.dial().ends
    assert fresh.shows == waiting.type("1").text
    house.speak("en")
    assert phone_of(house, "habimana").dial().text != fresh.shows


def test_digits_dialled_into_a_paused_flow_are_no_wrong_answer(house: House) -> None:
    saving_is_paused(house)
    phone = phone_of(house, "uwera")
    phone.dial("*384*10*1#")
    notice = phone.shows
    assert phone.dial("*384*10*1*1*500#").text == notice
    assert say(sentences.WRONG_OPTION, "en") not in notice
