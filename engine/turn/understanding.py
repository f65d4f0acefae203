"""What people mean by what they write in a chat, given what their screen asks: the key or the words
that the screen takes. On a channel of keys nothing comes here."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from engine.context import TurnContext
from engine.kinds import kind_of
from engine.places import changed_since, is_missing
from engine.session import Session
from menus import chat_words, sentences
from menus.answers import Amount, Number, Phone, WrongAnswer
from menus.files import WITHOUT_KEY, File
from menus.free_text import Labelled, amount, chosen, with_zeros
from menus.keys import BACK, HOME, MORE, NO, YES, navigation, option_key
from menus.screens import Ask, Confirm, Menu, Screen
from menus.search import plain
from menus.texts import Text, say
from values.refusals import BusinessError


class Understood(NamedTuple):
    """What a text comes to: what a phone would have typed, and whether it surely answers the
    question. `tie` asks back where several options may be meant; nothing is typed then."""

    typed: str
    is_sure: bool = False
    tie: Text = ""


def pending_screen(context: TurnContext, session: Session) -> Screen | None:
    """The question that the conversation stands at, where it is a list or is answered in words;
    None where it is neither, or gone."""
    place = session.place
    if (
        session.shown.kind not in ("menu", "ask")
        or is_missing(context, session, place)
        or place.flow in context.tenant.paused_flows
    ):
        return None
    if not place.flow:
        return context.tree.screen(context.tree.node(place.node), session.caller.roles)
    if changed_since(context, session):
        return None
    try:
        shows = context.flows[place.flow](context, session).screen()
    except BusinessError:  # the step finds it, too, and says it
        context.undo()
        return None
    return shows if isinstance(shows, Menu | Ask) and kind_of(shows) != "code" else None


def understand(screen: Screen | None, session: Session, written: str) -> Understood:
    """What a text means at this screen (None: at one that is not looked at: what was shown last
    says whether it asks for a Yes)."""
    if session.shown.kind == "confirm" or isinstance(screen, Confirm):
        agreed = chat_words.agreed(written)
        if agreed is not None:
            return Understood(str(YES if agreed else NO), is_sure=True)
    match screen:
        case Menu() if navigation(written) is None:
            return _option(screen, session, written)
        case Ask(answer=answer):
            if isinstance(answer, Amount):
                written = amount(written, answer.currency)
            elif isinstance(answer, Number | Phone):
                written = with_zeros(written)
            elif isinstance(answer, File) and _goes_on_without(session.language, written):
                written = str(WITHOUT_KEY)
            if _is_taken(screen, written):
                return Understood(written, is_sure=True)
    return Understood(_key_in_words(session.language, written) or written)


def _goes_on_without(language: str, written: str) -> bool:
    """Whether a text says that there is no file."""
    label = plain(say(sentences.GO_ON_WITHOUT, language))
    return plain(written) == label or chat_words.agreed(written) is False


def _option(screen: Menu, session: Session, written: str) -> Understood:
    shown = session.shown.options
    keys = [each for each, _ in shown]
    key = option_key(written)
    agreed = chat_words.agreed(written) if keys == [YES, NO] else None
    if agreed is not None:
        return Understood(str(YES if agreed else NO), is_sure=True)
    if key is not None:
        return Understood(written, is_sure=key in keys)
    return _labelled(_labels(screen, shown, session.language), session.language, written)


def _labelled(labels: Sequence[Labelled], language: str, written: str) -> Understood:
    """The option that a text names; a name of Back, Home or More is one where no option has it."""
    words, sign = plain(written), written.strip()
    exact = [
        one
        for one in labels
        if (words and words in (plain(one.label), plain(one.code))) or (sign and sign == one.code)
    ]
    found = exact or ([] if _key_in_words(language, written) else chosen(written, labels))
    if len(found) > 1:
        return Understood("", tie=did_you_mean(found))
    if found:
        return Understood(str(found[0].key), is_sure=bool(exact))
    return Understood(_key_in_words(language, written) or written)


def did_you_mean(found: Sequence[Labelled]) -> Text:
    """Asks which of several options is meant, by their keys; of many, the first three."""
    *others, last = (f"{one.key} {one.label}" for one in found[:3])
    return sentences.did_you_mean(", ".join(others), last)


def _labels(screen: Menu, shown: Sequence[Sequence[Any]], language: str) -> list[Labelled]:
    """The options in words, as far as they are still what was shown."""
    values = {key: value for key, value, *_ in shown}
    return [
        Labelled(option.key, say(option.label, language), option.code)
        for option in screen.options
        if option.key in values
        and msgspec.to_builtins(option.value) == msgspec.to_builtins(values[option.key])
    ]


def _is_taken(screen: Ask, written: str) -> bool:
    try:
        screen.parse(written)
    except WrongAnswer:
        return False
    return True


def _key_in_words(language: str, written: str) -> str:
    """The key of ours that a text names as the screen does; "" where it names none."""
    words = plain(written)
    for key, said in ((BACK, sentences.BACK), (HOME, sentences.HOME), (MORE, sentences.MORE)):
        if words == plain(say(said, language)):
            return key
    return ""
