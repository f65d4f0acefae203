"""What Meta says of our account, our numbers and our templates, and of people's wishes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from providers.contracts.chat import AccountNotice, ChatPreference, TemplateState
from providers.contracts.errors import BadPayload
from providers.meta import NAME, errors, reading
from providers.meta.inbound import Envelope
from providers.meta.reading import Object, part

Notice = AccountNotice | ChatPreference | TemplateState

# Fields that say nothing to us: other products on the same address, echoes of what we sent.
PASSED_OVER: Final = frozenset(
    (
        "account_settings_update",
        "automatic_events",
        "business_status_update",
        "business_username_update",
        "calls",
        "flows",
        "group_lifecycle_update",
        "group_participants_update",
        "group_settings_update",
        "group_status_update",
        "history",
        "message_echoes",
        "message_template_components_update",
        "messaging_handovers",
        "partner_solutions",
        "payment_configuration_update",
        "smb_app_state_sync",
        "smb_message_echoes",
        "standby",
        "tracking_events",
    )
)
# Of a number's quality and of an account: what is good news, or none.
_GOOD: Final = frozenset(
    ("unflagged", "onboarding", "upgrade", "throughput_upgrade", "verified_account")
)


def preference(value: Object, envelope: Envelope) -> ChatPreference:
    """Somebody wants no more of a category, or wants it again. Raises BadPayload."""
    wish = reading.word(value, "value")
    if wish not in ("stop", "resume"):
        raise BadPayload("unreadable", "value")
    number = reading.phone(value, "wa_id")
    own_id = reading.user_id(value, "user_id")
    contact: Object = {}
    if not number and not own_id and len(envelope.contacts) == 1:
        contact = envelope.contacts[0]
    return ChatPreference(
        provider=NAME,
        to=envelope.to,
        sender=reading.party(envelope.account, contact, phone=number, user_id=own_id),
        category=reading.word(value, "category"),
        wants=wish == "resume",
    )


def error_notices(value: Object, envelope: Envelope) -> Iterator[AccountNotice]:
    """Errors that belong to no message."""
    for error in reading.items(value, "errors"):
        number = error.get("code") if isinstance(error, dict) else None
        if isinstance(error, dict) and isinstance(number, int):
            detail = f"{number} {reading.note(error, 'title')}".strip()
            yield AccountNotice(NAME, envelope.account, errors.code_of(number), detail)


def template_state(value: Object, account: str, at: datetime | None) -> TemplateState:
    """What a template has become. Raises BadPayload: no state, or no name."""
    state = reading.word(value, "event")
    if not state:
        raise BadPayload("missing", "event")
    reason = reading.word(value, "reason")
    return TemplateState(
        provider=NAME,
        account=account,
        name=reading.required(value, "message_template_name"),
        language=reading.identifier(value, "message_template_language"),
        state=state,
        reason="" if reason == "none" else reason,
        at=at,
    )


def _template_quality(value: Object, account: str) -> AccountNotice | None:
    score = reading.word(value, "new_quality_score")
    if score not in ("red", "yellow"):
        return None
    name = reading.identifier(value, "message_template_name")
    return AccountNotice(NAME, account, "template_quality", f"{name} {score}".strip())


def _template_category(value: Object, account: str) -> AccountNotice:
    """Another category is another price."""
    name = reading.identifier(value, "message_template_name")
    category = reading.word(value, "new_category") or reading.word(value, "correct_category")
    return AccountNotice(NAME, account, "template_category", f"{name} {category}".strip())


def _alert(value: Object, account: str) -> AccountNotice:
    info = part(value, "alert_info") or value
    kind = reading.word(info, "alert_type") or "alert"
    severity = reading.word(info, "alert_severity")
    detail = f"{severity} {reading.note(info, 'alert_description')}".strip()
    return AccountNotice(NAME, account, kind, detail)


def _quality(value: Object, account: str) -> AccountNotice | None:
    event = reading.word(value, "event")
    if event in _GOOD:
        return None
    number = reading.phone(value, "display_phone_number")
    limit = reading.word(value, "current_limit")
    # Of our own number the last digits say which one it is.
    return AccountNotice(NAME, account, "number_quality", f"…{number[-4:]} {event} {limit}".strip())


def _number_name(value: Object, account: str) -> AccountNotice | None:
    decision = reading.word(value, "decision")
    if decision == "approved":
        return None
    return AccountNotice(NAME, account, "number_name", decision)


def _account(value: Object, account: str) -> AccountNotice | None:
    event = reading.word(value, "event")
    if event in _GOOD:
        return None
    ban = reading.word(part(value, "ban_info"), "waba_ban_state")
    violation = reading.word(part(value, "violation_info"), "violation_type")
    detail = " ".join(word for word in (ban, violation) if word)
    return AccountNotice(NAME, account, event or "account_update", detail)


def _review(value: Object, account: str) -> AccountNotice | None:
    decision = reading.word(value, "decision")
    return None if decision == "approved" else AccountNotice(NAME, account, "review", decision)


def _capability(value: Object, account: str) -> AccountNotice:
    """How many people may be written to in a day, by the whole portfolio."""
    for name in ("max_daily_conversations_per_business", "max_daily_conversation_per_phone"):
        limit = reading.identifier(value, name)
        if limit:
            return AccountNotice(NAME, account, "messaging_limit", f"{limit} people a day")
    return AccountNotice(NAME, account, "messaging_limit", "changed")


def _security(value: Object, account: str) -> AccountNotice:
    """Somebody changed or asked to take away the number's PIN in the dashboard."""
    return AccountNotice(NAME, account, "security", reading.word(value, "event"))


FIELDS: Final[dict[str, Callable[[Object, str], Notice | None]]] = {
    "message_template_quality_update": _template_quality,
    "template_category_update": _template_category,
    "account_alerts": _alert,
    "account_update": _account,
    "account_review_update": _review,
    "phone_number_quality_update": _quality,
    "phone_number_name_update": _number_name,
    "business_capability_update": _capability,
    "security": _security,
}
