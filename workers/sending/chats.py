"""Sending into a chat: a reply with what can be tapped, or as text where the provider does not take
that."""

import logging
import uuid

from core.people.people import USSD
from engine.turn.replies import Reply
from providers.contracts.chat import ChatMessage, ChatSender, Option, OutboundMedia
from providers.contracts.messages import Refused, Scope, Sent
from values.alarms import raise_alarm
from workers.sending.parties import WHATSAPP, party_of

log = logging.getLogger(__name__)

# What may be wrong with a message's form, and nothing with the person or the account: the same in
# words may be taken.
OF_FORM = frozenset(
    {
        "bad_request",
        "unsupported_message",
        "too_many_options",
        "title_too_long",
        "same_options",
        "header_too_long",
        "footer_too_long",
        "text_too_long",
        "media_failed",
        "media_too_large",
        "unsupported_media",
    }
)
# A provider that takes no such file is nobody's mistake, and the words say all.
WITHOUT_ALARM = frozenset({"unsupported_media"})
# Why a text was sent in place of what can be tapped: kept with the message.
AS_TEXT = "as_text"


def send_reply(
    sender: ChatSender,
    to: str,
    reply: Reply,
    *,
    own: str,
    id: str,
    tenant_id: uuid.UUID,
    report_url: str = "",
) -> tuple[Sent, str | None]:
    """Send a reply from our address `own` to a number, or to an id of the provider's; `id` is our
    own of the message. Answers also why it went out otherwise than it was meant, or None.

    A refusal for its form is answered with the same as text, once: nothing of the first is on its
    way. Raises NotSent, Refused or OutcomeUnknown.
    """
    message = message_of(to, reply, own=own, id=id, report_url=report_url)
    try:
        return sender.send_chat(message), None
    except Refused as refused:
        asks = reply.asks_number or reply.asks_location
        has_form = bool(reply.taps or reply.attachment or asks or reply.answers_id)
        if not has_form or refused.scope is not Scope.TEXT or refused.code not in OF_FORM:
            raise
        code = refused.code
    if code not in WITHOUT_ALARM:
        raise_alarm(
            log,
            "chat_as_text",
            code,
            f"A message with buttons, a list, a file or a quote was refused ({code}) and sent as"
            " text.",
            tenant_id=tenant_id,
        )
    in_words = message_of(to, reply.in_words(), own=own, id=id, report_url=report_url)
    return sender.send_chat(in_words), AS_TEXT


def message_of(to: str, reply: Reply, *, own: str, id: str, report_url: str = "") -> ChatMessage:
    """A reply as a provider's adapter takes it."""
    file = reply.attachment
    return ChatMessage(
        to=party_of(USSD if to.startswith("+") else WHATSAPP, to),
        text=reply.text,
        sender=own,
        options=tuple(Option(tap.id, tap.title, tap.description) for tap in reply.taps),
        button=reply.button,
        header=reply.header,
        footer=reply.footer,
        media=OutboundMedia(file.kind, file.mime_type, file.name, file.url, file.content)
        if file
        else None,
        asks_location=reply.asks_location,
        asks_contact=reply.asks_number,
        answers_id=reply.answers_id,
        reference=id,
        plain=reply.plain,
        report_url=report_url,
    )
