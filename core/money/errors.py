"""Why money does not move."""

from values.refusals import N_, BusinessError


class InsufficientFunds(BusinessError):
    code = "insufficient_funds"
    sentence = N_("Not enough money: you have {available}. Nothing was taken.")


class Frozen(BusinessError):
    """A frozen person dials: nothing was asked for yet."""

    code = "frozen"
    sentence = N_("This account is on hold. Please call {office}.")


class FrozenAccount(Frozen):
    """Money was to move from or to an account that is frozen."""

    code = "frozen_account"
    sentence = N_("This account is on hold. Nothing was taken. Please call {office}.")


class LimitReached(BusinessError):
    code = "limit_reached"
    sentence = N_("The limit is {limit} a day. Nothing was taken.")


class SpendingLimited(LimitReached):
    """For some time after a new PIN less may be paid than otherwise."""

    code = "spending_limited"
    sentence = N_(
        "Your PIN is new. On its first day you can pay {limit} in all. Nothing was taken."
    )


class IntentExpired(BusinessError):
    code = "intent_expired"
    sentence = N_("That took too long. Nothing was taken. Please start again.")


class IntentVoid(BusinessError):
    code = "intent_void"
    sentence = N_("This was cancelled. Nothing was taken. Please start again.")


class StillWaiting(BusinessError):
    """It was asked for by mobile money, and has no outcome yet."""

    code = "still_waiting"
    sentence = N_("This still waits for your approval on your phone. We will text you.")


class SessionSpent(BusinessError):
    """The session has paid before, or is an old one: whatever comes in its name is a copy of it."""

    code = "session_spent"
    sentence = N_("This session has ended. Please dial again.")


class HoldGone(BusinessError):
    code = "hold_gone"
    sentence = N_("This deposit is no longer waiting. Nothing was taken.")


class IdempotencyConflict(Exception):
    """The same key came with other inputs: a fault of ours, never another one's data."""
