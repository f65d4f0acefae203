"""What was done, recovered from the books: where no session says it, or its end was lost."""

import uuid

from core.money import intents
from core.money.errors import HoldGone, IntentVoid
from core.money.intents import Intent
from core.people import people, pin_proposals
from core.people.people import Person
from engine import limits
from engine.context import TurnContext
from engine.session import NO_PAYMENT, Caller, Session, replace
from engine.store.sessions import Store
from engine.wording import done_text, refusal
from menus.texts import Text, _, say
from values.ids import reference_of
from values.money import Money


def identify(context: TurnContext) -> list[Person]:
    return context.single_read(people.identify, context.keys, context.address)


def identify_and_recall(store: Store, context: TurnContext) -> tuple[list[Person], Session | None]:
    """Who is calling; and, where no session says what they did last, the books do: as a session
    that has ended and left a receipt. Once, since a session that somebody remembers says it."""
    if context.service.settings.get("shared_phones"):
        return identify(context), None
    found, intent = context.single_read(
        people.identify_and_recall, context.keys, context.address, limits.RESUME_WITHIN_S
    )
    if intent is None or not store.first_to_tell(intent.session, context.session_hash):
        return found, None
    person = whose(intent, found)
    left = Session(language=person.language, caller=Caller(str(person.id)))
    return found, _with_receipt(left, receipt_of(intent, person.id), waits_of(intent))


def done_before(context: TurnContext, found: list[Person]) -> Intent | None:
    """What this very session has done, or set going, as far as the books know."""
    if not found:
        return None
    ids = [person.id for person in found]
    session = context.session_hash
    done = context.read(intents.of_session, ids, session)
    return done or context.read(intents.of_sale_ended_by, ids, session)


def leads_elsewhere(context: TurnContext, found: list[Person]) -> bool:
    """Whether a text that was typed before may lead to other screens than it did then: somebody who
    has a PIN by now is asked to choose none, and what was chosen would be taken for an amount."""
    if not found:
        return False
    ids = [person.id for person in found]
    if any(person.has_pin for person in found) and context.read(
        pin_proposals.has_chosen_pin, context.session_hash
    ):
        return True
    return bool(context.read(intents.was_waited_for, ids, limits.WALKED_AFTER_S))


def receipt_of(intent: Intent, seen_by: uuid.UUID) -> Text:
    """What became of an intent that was done, or held, as that side of it reads it."""
    if intent.state == "pending":
        amount = Money(intent.amount_minor, intent.currency)
        return _("Still waiting: {amount}. We will text you the outcome.", amount=amount)
    if intent.entry_id is None:
        return refusal(HoldGone())
    return done_text(intent, reference_of(intent.entry_id), seen_by)


def waits_of(intent: Intent) -> str:
    """The id of an intent that is pending, else ""."""
    return str(intent.id) if intent.state == "pending" else ""


def whose(intent: Intent, found: list[Person]) -> Person:
    """Who began it; of a held sale that was ended, it may be its customer who is here."""
    sides = (intent.subscriber_id, intent.payee_id)
    return next(person for side in sides for person in found if person.id == side)


def with_what_became(context: TurnContext, old: Session) -> Session:
    """A dropped session, with what became of what it was about to do: done, waiting or refused
    meanwhile is what it then leaves to be said; what it left open is void."""
    if not old.caller.id:
        return old
    caller_id, payment = uuid.UUID(old.caller.id), old.payment
    if old.receipt:
        return _after_waiting(context, old, caller_id)
    if payment.intent:
        return _after_confirmation(context, old, uuid.UUID(payment.intent), caller_id)
    if payment.approval and not old.has_shown_its_end:
        return _after_word(context, old, uuid.UUID(payment.approval), caller_id)
    return old


def _after_waiting(context: TurnContext, old: Session, caller_id: uuid.UUID) -> Session:
    """What was said to wait may be over."""
    if not old.waits:
        return old
    intent = context.read(intents.get, uuid.UUID(old.waits), caller_id)
    if intent is None:
        return old
    return _with_receipt(old, receipt_of(intent, caller_id), waits_of(intent))


def _after_confirmation(
    context: TurnContext, old: Session, intent_id: uuid.UUID, caller_id: uuid.UUID
) -> Session:
    is_unsaid = not old.has_shown_its_end
    intent = context.read(intents.get, intent_id, caller_id)
    if intent is not None and intent.state == "open":
        intent = context.write(intents.end, intent_id, caller_id)
        if intent is not None and intent.state == "void":
            if old.ended and is_unsaid:  # the phone said that this might be done
                return _with_receipt(old, refusal(IntentVoid()))
            return old
    if intent is None:
        return old
    if intent.state != "void" or (old.payment.approval and is_unsaid):
        # Committed, and then the server died, or its answer was lost; or somebody else ended it.
        return _with_receipt(old, receipt_of(intent, caller_id), waits_of(intent))
    return old


def _after_word(
    context: TurnContext, old: Session, approval_id: uuid.UUID, caller_id: uuid.UUID
) -> Session:
    """A held sale that was to be ended, by its customer or its agent. One that still waits is asked
    about again."""
    intent = context.read(intents.of_sale, approval_id, caller_id)
    if intent is None or intent.state == "pending":
        return old
    return _with_receipt(old, receipt_of(intent, caller_id))


def _with_receipt(old: Session, receipt: Text, waits: str = "") -> Session:
    return replace(
        old, ended=True, receipt=say(receipt, old.language), waits=waits, payment=NO_PAYMENT
    )
