"""Why the business says no: one class, one stable code and one sentence a reason.

The sentence is English here and translated where it is shown; `params` are its values: an amount
under a key that ends in `_minor`, with `currency` beside it. {office} is whom to call; whatever
shows the sentence knows it.
"""

from typing import Any, ClassVar


def N_(sentence: str) -> str:
    """Mark a sentence for the catalogues without translating it here."""
    return sentence


class BusinessError(Exception):
    """A refusal a person may be told. `ends` says that asking again cannot help."""

    code: ClassVar[str] = "refused"
    sentence: ClassVar[str] = N_("This cannot be done now. Nothing was taken.")
    ends: ClassVar[bool] = True

    def __init__(self, **params: Any) -> None:
        # Only the code reaches an exception's text: params may name people and amounts.
        super().__init__(self.code)
        self.params = params


class InsufficientFunds(BusinessError):
    code = "insufficient_funds"
    sentence = N_("Not enough money: you have {available}. Nothing was taken.")


class FloatTooLow(BusinessError):
    code = "float_too_low"
    sentence = N_("Your float is too low: {available}. Nothing was taken.")


class Frozen(BusinessError):
    """Whoever is frozen dials: nothing was asked for yet."""

    code = "frozen"
    sentence = N_("This account is on hold. Please call {office}.")


class FrozenAccount(Frozen):
    """Money was to move from or to an account that is frozen."""

    code = "frozen_account"
    sentence = N_("This account is on hold. Nothing was taken. Please call {office}.")


class AgentBlocked(BusinessError):
    """The float that a customer was to get money from is frozen."""

    code = "agent_blocked"
    sentence = N_("This agent cannot top up now. Nothing was taken.")


class LimitReached(BusinessError):
    code = "limit_reached"
    sentence = N_("This is over the limit: {limit} a day. Nothing was taken.")


class AgentLimitReached(BusinessError):
    """`LimitReached`, as their customer is told it."""

    code = "agent_limit_reached"
    sentence = N_("This agent may not top up that much today. Nothing was taken.")


class GroupFrozen(BusinessError):
    code = "group_frozen"
    sentence = N_("This group is on hold. Choose another, or call {office}.")
    ends = False


class GroupClosed(BusinessError):
    """The group was frozen after it was chosen."""

    code = "group_closed"
    sentence = N_("This group is on hold. Nothing was taken. Please call {office}.")


class CustomerUnknown(BusinessError):
    code = "customer_unknown"
    sentence = N_("Nobody is registered with that number.")
    ends = False


class CustomerBlocked(BusinessError):
    code = "customer_blocked"
    sentence = N_("That customer cannot receive money now.")
    ends = False


class CustomerOnHold(BusinessError):
    """The customer was frozen after the amount was typed."""

    code = "customer_on_hold"
    sentence = N_("That customer cannot receive money now. Nothing was taken.")


class OwnNumber(BusinessError):
    code = "own_number"
    sentence = N_("You cannot serve your own number.")
    ends = False


class TooManyLookups(BusinessError):
    code = "too_many_lookups"
    sentence = N_("Too many look-ups without a top-up. Try again later.")


class NotAnAgent(BusinessError):
    code = "not_an_agent"
    sentence = N_("You are not an agent here.")


class IntentExpired(BusinessError):
    code = "intent_expired"
    sentence = N_("That took too long. Nothing was taken. Please start again.")


class IntentVoid(BusinessError):
    code = "intent_void"
    sentence = N_("This was cancelled. Nothing was taken. Please start again.")


class HoldGone(BusinessError):
    code = "hold_gone"
    sentence = N_("This top-up is no longer waiting. Nothing was taken.")


class SaleDone(BusinessError):
    code = "sale_done"
    sentence = N_("This top-up is done already. Ref {reference}.")


class CodeExpired(BusinessError):
    code = "code_expired"
    sentence = N_("This code is too old. The customer can approve by dialling.")
    ends = False


class WrongCode(BusinessError):
    code = "wrong_code"
    sentence = N_("Wrong code. Tries left: {tries}.")
    ends = False


class CodeSpent(BusinessError):
    code = "code_spent"
    sentence = N_("Too many wrong codes. The top-up was cancelled; nothing was taken.")


class PinLocked(BusinessError):
    code = "pin_locked"
    sentence = N_("Too many wrong PINs. Try again in {minutes} min.")


class PinsPaused(BusinessError):
    """Too many PINs of the whole tenant were wrong. Whoever guesses is not told that it is that."""

    code = "pins_paused"


class NoPin(BusinessError):
    code = "no_pin"
    sentence = N_("You have no PIN yet. Please register first.")


class AlreadyRegistered(BusinessError):
    code = "already_registered"
    sentence = N_("This number is registered already.")


class IdempotencyConflict(Exception):
    """The same key came with other inputs: a fault of ours, never another one's data."""


class Unavailable(Exception):
    """Postgres did not answer within what was left of the deadline; nothing was changed."""


class OutcomeUnknown(Exception):
    """The COMMIT was sent and its answer was lost: it may or may not have happened."""


class SecretMismatch(Exception):
    """PIGA_KEY is not the key that this database was set up with."""
