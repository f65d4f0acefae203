"""Samples of the people domain."""

from dataclasses import replace
from types import MappingProxyType

from checks import samples
from checks.samples import CALLER, CUSTOMER, OWN_NUMBER
from checks.scenario import (
    OTHER_LETTERS,
    Goal,
    Samples,
    Scenario,
    at_the_phone,
    several_people,
)
from core.people import call_backs, first_use, numbers, people, pin_proposals, pins
from menus.languages import SOURCE_LANGUAGE
from values import clock

_OTHER_LETTERS = replace(CALLER, name=f"{OTHER_LETTERS} ወልደ")

SAMPLES = Samples(
    answers=MappingProxyType(
        {
            call_backs.ask: samples.nothing,
            first_use.first_use_challenge: lambda _id: None,
            first_use.first_use_is_done: samples.nothing,
            people.birth_year: lambda _id: samples.BIRTH_YEAR,
            pin_proposals.forget_proposed_pin: samples.nothing,
            pin_proposals.mark_chosen: samples.nothing,
            people.get: lambda _keys, _id: samples.CALLER,
            people.identify: samples.at_number,
            numbers.note_registered_beside: samples.nothing,
            numbers.was_used: samples.nothing,
            numbers.pin_was_right_at: samples.nothing,
            people.lock_address: samples.nothing,
            pins.pin_was_right: samples.nothing,
            pin_proposals.propose_pin: samples.nothing,
            pins.pin_mark: lambda _id: "",
            pins.pin_hash_of: lambda _id: samples.RIGHT_PIN,
            pin_proposals.proposed_pin: lambda _session: samples.NEW_PIN,
            people.register: lambda *_, **__: samples.CALLER,
            people.set_language: samples.nothing,
            pins.set_first_pin: samples.nothing,
            pins.set_pin: samples.nothing,
            people.is_frozen: lambda _id: False,
        }
    ),
    scenarios=(
        Scenario("one language", {people.identify: at_the_phone()}, languages=(SOURCE_LANGUAGE,)),
        Scenario("a phone of two", {people.identify: at_the_phone(CALLER, *several_people(1))}),
        Scenario(
            "entered by staff", {people.identify: at_the_phone(replace(CALLER, has_pin=False))}
        ),
        *(
            Scenario(
                f"entered by staff, {name}",
                {
                    people.identify: at_the_phone(replace(CALLER, has_pin=False)),
                    first_use.first_use_challenge: asked,
                },
            )
            for name, asked in (
                ("code", lambda _id: "code"),
                ("birth year", lambda _id: "birth_year"),
            )
        ),
        Scenario("on hold", {people.identify: at_the_phone(replace(CALLER, frozen=True))}),
        Scenario("a shared phone", {people.identify: at_the_phone(CALLER, *several_people(8))}),
        Scenario(
            "waited for at a new number",
            {
                people.identify: at_the_phone(
                    replace(CALLER, waited_for=True, sim_changed_at=clock.now())
                )
            },
        ),
        Scenario("waited for", {people.identify: at_the_phone(replace(CALLER, waited_for=True))}),
        Scenario(
            "others on hold at the PIN",
            {
                people.identify: at_the_phone(replace(CALLER, waited_for=True)),
                people.is_frozen: lambda id: id != CALLER.id,
            },
        ),
        Scenario("others on hold at the payment", {people.is_frozen: lambda id: id != CALLER.id}),
        Scenario(
            "other letters",
            {
                people.identify: lambda _keys, address: [
                    _OTHER_LETTERS
                    if address == OWN_NUMBER
                    else replace(_OTHER_LETTERS, id=CUSTOMER.id)
                ],
            },
        ),
    ),
    goals=MappingProxyType(
        {
            "balances": Goal(messages=2, segments=3),
            # It ends with the home menu, in which every flow hangs here.
            "language": Goal(messages=5, segments=8),
            "someone_else": Goal(messages=5, segments=6),  # name, language, and yes
        }
    ),
)
