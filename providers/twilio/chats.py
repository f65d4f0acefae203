"""A message into a chat on WhatsApp through Twilio.

Twilio has no buttons and no lists of the moment: whatever can be tapped is a content template that
one makes there before, with places for the words and the ids. An account names them by how many
options they have (`content_buttons_2`, `content_list_5`); where it names none, the options are in
the text, each with its number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import orjson

from providers.contracts.chat import ChatMessage, Option, Template
from providers.contracts.messages import Account, Refused, Scope, Sent
from providers.twilio.client import Messages
from providers.twilio.forms import E164, USER_ID, WHATSAPP
from providers.twilio.send import no

TEXT_CHARS_MAXIMUM: Final = 1_600
BODY_CHARS_MAXIMUM: Final = 1_024  # of a content template
BUTTONS_MAXIMUM: Final = 3
BUTTON_CHARS_MAXIMUM: Final = 20
BUTTON_ID_CHARS_MAXIMUM: Final = 200
ROWS_MAXIMUM: Final = 10
ROW_CHARS_MAXIMUM: Final = 24
ROW_ID_CHARS_MAXIMUM: Final = 200
DESCRIPTION_CHARS_MAXIMUM: Final = 72
VALUE_CHARS_MAXIMUM: Final = 1_024

_CONTENT_SID = re.compile(r"HX[0-9a-f]{32}")
_TEMPLATE = re.compile(r"[A-Za-z0-9_]{1,128}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_BROKEN_VALUE = re.compile(r"[\n\r\t]| {5}")

Fields = dict[str, Any]


class ChatSender:
    """Sends for one account, as `SmsSender` does; `content_…` of its options are content templates.

    Raises Refused (code bad_account) when the account's settings cannot be used.
    """

    def __init__(self, account: Account) -> None:
        self._messages = Messages(account)
        self._contents = {
            name.removeprefix("content_"): value
            for name, value in account.options
            if name.startswith("content_")
        }
        if not all(_CONTENT_SID.fullmatch(value) for value in self._contents.values()):
            raise Refused("bad_account", never_left=True, alarm=True)

    def send_chat(self, message: ChatMessage) -> Sent:
        """One message to one person, once. Raises NotSent, Refused or OutcomeUnknown."""
        if not E164.fullmatch(message.sender):
            raise Refused("invalid_sender", never_left=True, alarm=True, scope=Scope.SENDER)
        fields = {
            "to": WHATSAPP + _recipient(message),
            "from_": WHATSAPP + message.sender,
            **self._content(message),
        }
        return self._messages.send(
            fields, report_url=message.report_url, reference=message.reference
        )

    def _content(self, message: ChatMessage) -> Fields:
        if message.template is not None:
            if message.options or message.media is not None or message.asks_location:
                raise no("bad_request")
            return self._template(message.template)
        if message.media is not None:
            return self._file(message)
        # A place or a contact is asked for in words: there is no button for either here.
        _apart(message.options)
        return self._tapped(message) or {"body": in_words(message)}

    def _template(self, template: Template) -> Fields:
        """By its id at Twilio, or by the name and language that the account gives it."""
        if not _TEMPLATE.fullmatch(template.name) or not _LANGUAGE.fullmatch(template.language):
            raise no("bad_request")
        names = (f"{template.name}_{template.language}", template.name)
        sid = next((self._contents[name] for name in names if name in self._contents), "")
        if not sid and _CONTENT_SID.fullmatch(template.name):
            sid = template.name
        if not sid:
            raise no("template_unknown")
        if template.is_code and len(template.values) != 1:
            raise no("template_mismatch")
        for value in template.values:
            broken = not value.strip() or _BROKEN_VALUE.search(value)
            if broken or units(value) > VALUE_CHARS_MAXIMUM:
                raise no("template_mismatch")
        return _content_fields(sid, template.values)

    def _tapped(self, message: ChatMessage) -> Fields:
        """With the content template for so many options; nothing where there is none, or where the
        words are too long for one."""
        options, is_list = message.options, bool(message.button)
        most = ROWS_MAXIMUM if is_list else BUTTONS_MAXIMUM
        title, id = (
            (ROW_CHARS_MAXIMUM, ROW_ID_CHARS_MAXIMUM)
            if is_list
            else (BUTTON_CHARS_MAXIMUM, BUTTON_ID_CHARS_MAXIMUM)
        )
        if len(options) > most or units(message.button) > BUTTON_CHARS_MAXIMUM:
            raise no("too_many_options" if len(options) > most else "title_too_long")
        for option in options:
            if units(option.title) > title or len(option.id) > id or not option.title.strip():
                raise no("title_too_long")
            if units(option.description) > DESCRIPTION_CHARS_MAXIMUM:
                raise no("title_too_long")
        sid = self._contents.get(f"{'list' if is_list else 'buttons'}_{len(options)}", "")
        words = _around(message, message.text)
        if not options or not sid or units(words) > BODY_CHARS_MAXIMUM or not message.text.strip():
            return {}
        values = [words, *([message.button] if is_list else [])]
        for option in options:
            values += [option.title, option.id]
            if is_list:
                values.append(option.description or " ")  # an empty value is refused
        return _content_fields(sid, values)

    def _file(self, message: ChatMessage) -> Fields:
        """Twilio fetches it: there is no upload."""
        media = message.media
        assert media is not None
        if message.options or message.asks_location:
            raise no("bad_request")
        # The fake is on this machine, as is who serves it the file.
        schemes = ("https://", "http://") if self._messages.is_loopback else ("https://",)
        if not media.url.startswith(schemes):
            raise no("unsupported_media")
        fields: Fields = {"media_url": [media.url]}
        return fields | ({"body": in_words(message)} if message.text.strip() else {})


def _recipient(message: ChatMessage) -> str:
    """A number where there is one, else an id."""
    to = message.to
    if to.phone:
        if not E164.fullmatch(to.phone):
            raise no("invalid_number")
        return to.phone
    if not USER_ID.fullmatch(to.user_id):
        raise no("invalid_number")
    if message.template is not None and message.template.is_code:
        raise no("needs_number")
    return to.user_id


def _content_fields(sid: str, values: Sequence[str]) -> Fields:
    """JSON as a text of its own: the client would send an object as a name for each of its keys.

    An apostrophe is escaped, which JSON allows: there are reports of 21656 for a bare one.
    """
    fields: Fields = {"content_sid": sid}
    if values:
        numbered = {str(place): value for place, value in enumerate(values, start=1)}
        fields["content_variables"] = orjson.dumps(numbered).decode().replace("'", "\\u0027")
    return fields


def _apart(options: Sequence[Option]) -> None:
    """No two options may be taken for one another. Raises Refused."""
    if len({option.id for option in options}) < len(options):
        raise no("same_options")


def _around(message: ChatMessage, text: str) -> str:
    """With the line above and the line below: Twilio's buttons have a footer of their own, and
    nothing above."""
    return "\n\n".join(part for part in (message.header, text, message.footer) if part.strip())


def in_words(message: ChatMessage) -> str:
    """All of it as text: as whoever wrote it laid it out, or the options with their numbers."""
    text = message.plain
    if not text:
        rows = [
            f"{place}. {option.title}" + (f" - {option.description}" if option.description else "")
            for place, option in enumerate(message.options, start=1)
        ]
        text = _around(message, "\n".join([message.text, *rows]))
    if not text.strip():
        raise no("empty_text")
    if units(text) > TEXT_CHARS_MAXIMUM:
        raise no("text_too_long")
    return text.encode("utf-8", "replace").decode("utf-8")


def units(text: str) -> int:
    """Counted as UTF-16 counts, where an emoji is two: nobody says how Twilio counts one."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
