"""How a message may go out: as it is, by an approved template, by SMS instead, or not at all.

One pure function, over the dated table of prices and rules and the templates of a service. On a
channel with a window, what was written freely may go only within so many hours of the person's last
message; after that the provider takes nothing but wordings that it has approved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.messaging.prices import Category, PriceTable
from values.messages import Priority

# A message near the end of the window may get there after it.
MARGIN: Final = timedelta(minutes=2)
APPROVED: Final = "approved"
PAUSED: Final = "paused"


@dataclass(frozen=True, slots=True)
class Template:
    """A wording that the provider knows for a kind of message in a language. `state` is approved,
    paused, disabled, rejected or pending."""

    name: str
    language: str
    category: Category
    state: str = APPROVED


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be sent, and to whom. `kind` is the kind of message; a reply has none ("").
    `templates` are those of the kind, by language. `has_number`: the person is known by a phone
    number; `sms` is whether the tenant can text them there instead."""

    channel: str
    kind: str
    priority: Priority
    language: str
    at: datetime
    last_inbound_at: datetime | None
    templates: Mapping[str, Template]
    has_number: bool = True
    sms: bool = False


@dataclass(frozen=True, slots=True)
class Freely:
    """As it stands. `category` is what it is charged as."""

    category: Category


@dataclass(frozen=True, slots=True)
class ByTemplate:
    template: Template


@dataclass(frozen=True, slots=True)
class BySms:
    """By SMS to the person's number, because of `reason`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """It waits until somebody, or the provider, does something about `reason`."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoWay:
    """It cannot be sent: `reason` is the name of its end."""

    reason: str


Way = Freely | ByTemplate | BySms | Later | NoWay

REASONS: Final = {
    "window_closed": "The person has not written for a day, and no template says this.",
    "template_pending": "The provider has not approved the template yet.",
    "template_paused": "The provider has paused the template.",
    "template_disabled": "The provider has disabled the template.",
    "template_rejected": "The provider has rejected the template.",
    "code_needs_number": "A one-time code goes to a phone number only, and none is known.",
}


def is_open(
    table: PriceTable, channel: str, at: datetime, last_inbound_at: datetime | None
) -> bool:
    """Whether somebody may be written to freely at a moment."""
    window = table.rule(channel, at).window
    if window is None:
        return True
    return last_inbound_at is not None and at < last_inbound_at + window - MARGIN


def way_of(asked: Asked, table: PriceTable) -> Way:
    """How a message may go out. A channel without a window takes everything freely."""
    if asked.priority is Priority.CODE and not asked.has_number:
        return NoWay("code_needs_number")  # no channel delivers one to an id
    if is_open(table, asked.channel, asked.at, asked.last_inbound_at):
        return Freely(Category.SERVICE)
    template = asked.templates.get(asked.language)
    if template is None and len(asked.templates) == 1:
        [template] = asked.templates.values()  # better in another language than not at all
    if template is not None and template.state == APPROVED:
        return ByTemplate(template)
    reason = f"template_{template.state}" if template is not None else "window_closed"
    if reason not in REASONS:
        reason = "template_disabled"
    if asked.sms and asked.has_number and asked.priority <= Priority.RECEIPT:
        return BySms(reason)
    if template is not None and template.state == PAUSED:
        return Later(reason)
    return NoWay(reason)
