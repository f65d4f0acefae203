"""Why the savings domain refuses, in the words that phones have for it, and staff's language."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.console.page import Visit
from app.console.texts.templates import language
from core.staff.errors import StaffError
from engine.wording import refusal
from menus import sentences
from menus.answers import Amount, Number, WrongAnswer
from menus.texts import Msg, say
from values.refusals import BusinessError

AMOUNT_MAXIMUM_MINOR = 10**10


class Refused(StaffError):
    """It cannot be done so. The text says why."""

    def __init__(self, why: str) -> None:
        Exception.__init__(self, why)


@contextmanager
def refusals(about: str = "") -> Iterator[None]:
    """What the domain refuses, and what is typed wrong, is told to staff; before it `about`, such
    as whose line it is. Raises Refused."""
    try:
        yield
    except BusinessError as error:
        text = refusal(error)
        params = {"office": sentences.office(""), **text.params}
        raise Refused(_said(about, Msg(text.msgid, **params))) from None
    except WrongAnswer as error:
        raise Refused(_said(about, error.reason)) from None


def _said(about: str, text: Msg) -> str:
    sentence = say(text, language())
    return f"{about}: {sentence}" if about else sentence


def amount(visit: Visit, name: str) -> int:
    """An amount as the form has it, in minor units. Raises Refused."""
    currency = visit.business.currency
    with refusals():
        return Amount(currency, 0, AMOUNT_MAXIMUM_MINOR).parse(visit.form.get(name, ""))


def whole(visit: Visit, name: str, least: int, most: int) -> int:
    """A whole number as the form has it. Raises Refused."""
    with refusals():
        return Number(least, most).parse(visit.form.get(name, ""))
