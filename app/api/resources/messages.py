"""Messages: the business's own words to one person or number, and what became of any message."""

import uuid
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from app.api.call import Call, Endpoint
from app.api.problems import ProblemError
from core.broadcasts import single
from core.broadcasts.errors import BroadcastError, NoSuchPerson
from core.broadcasts.single import To
from core.messaging import listing
from core.tenants import directory
from values.messages import Priority
from workers.broadcasts.write import MEASURE

READ = "messages:read"
SEND = "messages:send"


class ToPerson(BaseModel, extra="forbid"):
    """To somebody of the business, at the number in use."""

    person_id: uuid.UUID


class ToNumber(BaseModel, extra="forbid"):
    """To a number, which may be nobody's here."""

    number: str = Field(description="In E.164.", pattern=r"^\+[1-9][0-9]{6,14}$")


class MessageToSend(BaseModel, extra="forbid"):
    """What is to be sent, and to whom. `words` are by language: the person's is taken, else the
    business's first; {tenant} and, of one known person, {name} stand for theirs. `bulk` is for what
    nobody waits for: opt-outs and quiet hours hold for it."""

    to: ToPerson | ToNumber
    words: dict[str, str] = Field(min_length=1, max_length=10)
    priority: Literal["prompt", "receipt", "bulk"] = "receipt"


class SentMessage(BaseModel):
    """A message that will be sent."""

    id: uuid.UUID


class MessageStatus(BaseModel):
    """A message, and what became of it by now."""

    id: uuid.UUID
    service_id: uuid.UUID
    person_id: uuid.UUID | None = Field(description="Null where it went to a number.")
    template: str = Field(description="The kind of message; `program` for words of a program.")
    state: str = Field(description="queued, sending, unknown, accepted, failed or delivered")
    reason: str | None = Field(description="One word, of a failure or of what is unknown.")
    segments: int | None
    entry_id: uuid.UUID | None = Field(description="Of the payment that it tells of.")
    written_at: datetime
    left_at: datetime | None
    taken_at: datetime | None = Field(description="When the provider took it.")
    ended_at: datetime | None = Field(description="When it was delivered, or failed.")


class MessagePath(BaseModel):
    """Which message."""

    message_id: uuid.UUID


def send_message(call: Call, body: MessageToSend) -> SentMessage:
    """Send words of the business by SMS to one person or number."""
    match body.to:
        case ToPerson():
            to = To(person_id=body.to.person_id)
        case ToNumber():
            to = To(number=body.to.number)
    try:
        message_id = single.write(
            *(call.tx, call.keys, directory.services_of(call.tx), to, body.words),
            measure=MEASURE,
            priority=Priority[body.priority.upper()],
        )
    except NoSuchPerson:
        raise ProblemError("not_found") from None
    except BroadcastError as refused:
        raise ProblemError("refused", str(refused)) from None
    return SentMessage(id=message_id)


def get_message(call: Call, path: MessagePath) -> MessageStatus:
    """One message: where it is by now, by its provider's reports. Never its words."""
    found = listing.follow(call.tx, path.message_id)
    if found is None:
        raise ProblemError("not_found")
    message = found.message
    return MessageStatus(
        id=message.id,
        service_id=found.service_id,
        person_id=message.subscriber_id,
        template=message.template,
        state=message.state,
        reason=message.reason,
        segments=message.segments,
        entry_id=message.entry_id,
        written_at=message.at,
        left_at=found.left_at,
        taken_at=found.taken_at,
        ended_at=found.ended_at,
    )


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/messages",
        view=send_message,
        scope=SEND,
        answer=SentMessage,
        body_model=MessageToSend,
        status=202,
        problems=("not_found", "refused"),
        tags=("messages",),
    ),
    Endpoint(
        method="GET",
        path="/messages/<message_id>",
        view=get_message,
        scope=READ,
        answer=MessageStatus,
        path_model=MessagePath,
        problems=("not_found",),
        tags=("messages",),
    ),
)
