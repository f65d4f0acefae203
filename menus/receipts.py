"""Texts that are sent on their own: receipts, codes, notices. One segment each in every language.

A text is stored as its name here and its values as JSON, and becomes words when it is sent: in the
language the person has by then, and with codes that are computed in that moment.

    {"amount": {"$money": [1500, "RWF"]}, "at": {"$at": "2026-11-20T14:05:00+00:00"},
     "code": {"$code": ["<approval id>", 1]}, "group": "Twisungane", "minutes": 30}

Keys that begin with `$` are about the text and not in it. What arrived of a top-up is not stored:
it is the amount less the fee.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any, Final

from menus.texts import N_, Money, Msg, Param, placeholders, say

TEMPLATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "contribution_receipt": N_(
            "Paid {amount} to {group}, {at}. Fee {fee}. Wallet {balance}. Ref {reference}."
        ),
        "topup_customer": N_(
            "You got {arrived} from {agent}, {at}. Pay {amount} cash, fee {fee} included."
            " Wallet {balance}. Ref {reference}."
        ),
        "topup_agent": N_(
            "{customer} got {arrived}, {at}. Cash {amount}, fee {fee}."
            " Float left {float}. Ref {reference}."
        ),
        # It begins with what it approves: who is talked into reading a code out reads that first.
        "approval_code": N_(
            "Top-up of {amount} by agent {agent}: code {code}."
            " Give it only if you agree. Valid 5 min."
        ),
        "approval_pending": N_(
            "Top-up of {amount} for {customer} waits for the customer until {until}."
            " Take the cash after the receipt."
        ),
        "sale_refused_agent": N_(
            "{customer} refused your top-up of {amount}. Your float is free again."
        ),
        "sale_cancelled_customer": N_(
            "Agent {agent} cancelled the top-up of {amount}. Do not pay for it."
        ),
        "sale_expired_agent": N_(
            "Your top-up of {amount} for {customer} was not approved in time."
            " Your float is free again."
        ),
        "sale_expired_customer": N_(
            "The top-up of {amount} by agent {agent} was not approved in time. Nothing was taken."
        ),
        "pin_locked": N_(
            "Too many wrong PINs: paying is locked for {minutes} min."
            " If it was not you, call {office}."
        ),
        "pin_changed": N_("Your PIN was changed, {at}. If it was not you, call {office} at once."),
        "welcome": N_("Welcome to {tenant}! Never tell anyone your PIN, not even our staff."),
        "float_low": N_("Your float is low: {float}. Request more in time."),
    }
)
# The same where no fee was taken: a fee of 0 would only raise a question.
WITHOUT_FEE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "contribution_receipt": N_(
            "Paid {amount} to {group}, {at}. No fee. Wallet {balance}. Ref {reference}."
        ),
        "topup_customer": N_(
            "You got {arrived} from {agent}, {at}. Pay {amount} cash, no fee."
            " Wallet {balance}. Ref {reference}."
        ),
        "topup_agent": N_(
            "{customer} got {arrived}, {at}. Cash {amount}, no fee."
            " Float left {float}. Ref {reference}."
        ),
    }
)


class Unspeakable(Exception):
    """No such text, or a value is missing or malformed. Says which name, never a value."""


CodeOf = Callable[[uuid.UUID, int], str]


def compose(
    template: str,
    params: Mapping[str, Any],
    language: str,
    time_zone: tzinfo,
    code_of: CodeOf,
    *,
    own: Mapping[str, Param] = MappingProxyType({}),
) -> str:
    """The words of a text. `code_of(approval_id, counter)` computes a one-time code; `own` is what
    the tenant says of itself by now, whatever is stored.

    Raises Unspeakable.
    """
    values = {
        name: _value(name, value, time_zone, code_of)
        for name, value in params.items()
        if not name.startswith("$")
    }
    return say(message_of(template, {**values, **own}), language)


def message_of(template: str, values: Mapping[str, Param]) -> Msg:
    """The sentence of a text with its values. Raises Unspeakable."""
    msgid = TEMPLATES.get(template)
    if msgid is None:
        raise Unspeakable("no such text")
    amount, fee = values.get("amount"), values.get("fee")
    if isinstance(fee, Money) and fee.amount_minor == 0:
        msgid = WITHOUT_FEE.get(template, msgid)
    if isinstance(amount, Money) and isinstance(fee, Money):
        arrived = Money(amount.amount_minor - fee.amount_minor, amount.currency)
        values = {**values, "arrived": arrived}
    missing = placeholders(msgid) - values.keys()
    if missing:
        raise Unspeakable(", ".join(sorted(missing)))
    return Msg(msgid, **{name: values[name] for name in placeholders(msgid)})


def _value(name: str, value: Any, time_zone: tzinfo, code_of: CodeOf) -> Param:
    try:
        match value:
            case str():
                return value
            case bool():
                pass
            case int():
                return value
            case {"$money": [int(amount_minor), str(currency)]}:
                return Money(amount_minor, currency)
            case {"$at": str(at)} if (moment := datetime.fromisoformat(at)).tzinfo:
                return moment.astimezone(time_zone)
            case {"$code": [str(approval_id), int(counter)]}:
                return code_of(uuid.UUID(approval_id), counter)
    except ValueError:
        pass
    raise Unspeakable(name)
