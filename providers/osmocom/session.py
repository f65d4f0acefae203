"""A USSD session by GSUP: what a message from osmo-hlr asks, and the message that answers it.

The first hop is the phone's Invoke; each screen that asks is an Invoke of ours, whose id says which
hop its answer is; the last screen is the Result of the phone's first Invoke.
"""

from dataclasses import dataclass, field
from typing import Final

from providers.contracts.errors import BadPayload
from providers.contracts.ussd import LastInput, UssdHop
from providers.osmocom import NAME, facility, gsup, strings
from providers.osmocom.gsup import Kind, Message, State

# osmo-hlr reads a component's length as one octet, of which BER uses the eighth bit otherwise.
COMPONENT_LENGTH_MAXIMUM: Final = 127
STRING_OCTETS_MAXIMUM: Final = facility.string_octets(COMPONENT_LENGTH_MAXIMUM)
SEPTETS_MAXIMUM: Final = STRING_OCTETS_MAXIMUM * 8 // 7

# Ids of our Invokes: 1 to 127, one more at each hop.
_INVOKE_IDS: Final = 127


@dataclass(frozen=True, slots=True)
class Ask:
    """What a phone asks. `dialled` is the string that was dialled, of a first hop; `text` what was
    typed, of another. `invoke_id` is the phone's of a first hop, else of our question."""

    message: Message
    is_first: bool
    invoke_id: int
    dialled: str = field(default="", repr=False)
    text: str = field(default="", repr=False)


class NotAsked(Exception):
    """The message asks nothing that is to be answered: the phone or the HLR has given up. `code` is
    a word for the log."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read(message: Message) -> Ask:
    """Raises NotAsked; BadPayload for what cannot be read, or is no USSD of ours."""
    if message.kind == Kind.ERROR:
        raise NotAsked(f"hlr_error_{message.cause}")
    if message.state == State.END:
        raise NotAsked("ended")
    told = facility.decode(message.facility)
    if told.tag in (facility.ERROR, facility.REJECT):
        raise NotAsked("phone_error" if told.tag == facility.ERROR else "phone_reject")
    first = message.state == State.BEGIN
    wanted = (facility.INVOKE, facility.DIAL) if first else (facility.RESULT, facility.ASK)
    # An empty answer has no parameters, and so no operation.
    if (told.tag, told.operation) != wanted and (first or told != _empty(told.invoke_id)):
        raise BadPayload("unexpected", "component")
    text = strings.decode(told.scheme, told.string)
    if not first:
        return Ask(message, False, told.invoke_id, text=text)
    # Seven spare bits that a phone has left at zero are read as one more character.
    dialled = text.removesuffix("@") if text.endswith("#@") else text
    return Ask(message, True, told.invoke_id, dialled=dialled)


def hop(ask: Ask, code: str, number: str, begun: str) -> UssdHop:
    """The hop, at the service of this code. `begun` tells a session from those before it of the
    same id."""
    message = ask.message
    last = LastInput(
        is_first=ask.is_first,
        dialled=ask.dialled,
        # osmo-hlr refuses a session that begins while one of its id lasts: a first hop is no copy.
        hop_id=begun if ask.is_first else str(ask.invoke_id),
        number_once=True,
    )
    session_id = f"{message.imsi}-{message.session_id:08x}"
    return UssdHop(NAME, code, session_id, number, ask.dialled or ask.text, "", last=last)


def question(ask: Ask, text: str) -> tuple[Message, bool]:
    """The message that shows a screen and asks, and whether the screen was cut to fit."""
    scheme, string = strings.encode(text, STRING_OCTETS_MAXIMUM)
    invoke_id = 1 if ask.is_first else ask.invoke_id % _INVOKE_IDS + 1
    component = facility.question(invoke_id, scheme, string)
    return _answer(ask, Kind.REQUEST, State.CONTINUE, component), _is_cut(text, scheme, string)


def ending(ask: Ask, text: str, invoke_id: int) -> tuple[Message, bool]:
    """The message that shows the last screen, and whether it was cut to fit. `invoke_id` is that of
    the phone's first hop."""
    scheme, string = strings.encode(text, STRING_OCTETS_MAXIMUM)
    component = facility.result(invoke_id, scheme, string)
    return _answer(ask, Kind.RESULT, State.END, component), _is_cut(text, scheme, string)


def refusal(message: Message) -> Message:
    """The answer to what cannot be read: the phone shows an error of its own."""
    component = facility.error(0, facility.FACILITY_NOT_SUPPORTED)
    return Message(Kind.RESULT, message.imsi, message.session_id, State.END, component)


def _empty(invoke_id: int) -> facility.Component:
    return facility.Component(facility.RESULT, invoke_id)


def _answer(ask: Ask, kind: Kind, state: State, component: bytes) -> gsup.Message:
    return Message(kind, ask.message.imsi, ask.message.session_id, state, component)


def _is_cut(text: str, scheme: int, string: bytes) -> bool:
    return (scheme, string) != strings.encode(text)
