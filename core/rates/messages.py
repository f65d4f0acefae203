"""What people are texted of rates. Rates come as words, as screens show them."""

from dataclasses import dataclass

from values.messages import Message, TimeOfDay
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class RateAbove(Message):
    name = "rate_above"
    sentence = N_("1 {source} = {rate} {destination} as at {at}, above your {level}. Indicative.")

    source: str
    destination: str
    rate: str
    level: str
    at: TimeOfDay


@dataclass(frozen=True, slots=True)
class RateBelow(Message):
    name = "rate_below"
    sentence = N_("1 {source} = {rate} {destination} as at {at}, below your {level}. Indicative.")

    source: str
    destination: str
    rate: str
    level: str
    at: TimeOfDay


@dataclass(frozen=True, slots=True)
class RateOfTheDay(Message):
    """`change` is since the day before, in percent with its sign."""

    name = "rate_of_the_day"
    sentence = N_(
        "1 {source} = {rate} {destination} as at {at}, {change} since yesterday. Indicative."
    )

    source: str
    destination: str
    rate: str
    change: str
    at: TimeOfDay


@dataclass(frozen=True, slots=True)
class RateCorrected(Message):
    name = "rate_corrected"
    sentence = N_(
        "Correction: 1 {source} = {rate} {destination} as at {at}. We told you {wrong}: that was"
        " wrong. Indicative."
    )

    source: str
    destination: str
    rate: str
    wrong: str
    at: TimeOfDay


MESSAGES: tuple[type[Message], ...] = (RateAbove, RateBelow, RateOfTheDay, RateCorrected)
