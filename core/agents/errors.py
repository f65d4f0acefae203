"""Why an agent's sale is refused."""

from values.refusals import N_, BusinessError


class FloatTooLow(BusinessError):
    code = "float_too_low"
    sentence = N_("Your float is too low: {available}. Nothing was taken.")


class AgentBlocked(BusinessError):
    """The float that a customer was to get money from is frozen."""

    code = "agent_blocked"
    sentence = N_("This agent cannot deposit money now. Nothing was taken.")


class AgentLimitReached(BusinessError):
    """`LimitReached`, as their customer reads it."""

    code = "agent_limit_reached"
    sentence = N_("This agent has reached today's limit. Nothing was taken.")


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


class CustomerNumberIsNew(BusinessError):
    """A sale that they would have to agree to: no number of theirs can, until then."""

    code = "customer_number_is_new"
    sentence = N_("Their number is new here: they can agree from {until}.")


class NotYourAgent(BusinessError):
    """Nobody at that number works for the agent who wants to sell them float."""

    code = "not_your_agent"
    sentence = N_("No agent of yours has that number.")
    ends = False


class NoSuchAgent(BusinessError):
    """Nobody at that number is an agent from whom the customer could take cash."""

    code = "no_such_agent"
    sentence = N_("No agent has that number.")
    ends = False


class AgentGivesNoCash(BusinessError):
    """The float that a customer's money was to go to is frozen."""

    code = "agent_gives_no_cash"
    sentence = N_("This agent cannot give cash now. Nothing was taken.")


class CashNumberIsNew(BusinessError):
    """Another SIM may have come to the number from which cash is asked for. Params: until."""

    code = "cash_number_is_new"
    sentence = N_("This number is new: cash is possible from {until}. Nothing was taken.")


class NobodyAbove(BusinessError):
    code = "nobody_above"
    sentence = N_("You work for no other agent. Call {office} about your float.")


class AgentOnHold(BusinessError):
    """The agent who was to get float is frozen."""

    code = "agent_on_hold"
    sentence = N_("That agent cannot receive float now. Nothing was taken.")


class OfferGone(BusinessError):
    """Float that waited was taken, declined or recalled, or its time is over."""

    code = "offer_gone"
    sentence = N_("That float is no longer waiting.")


class FloatNotGiven(BusinessError):
    """The float out of which it was to come is frozen."""

    code = "float_not_given"
    sentence = N_("That agent cannot give float now. Nothing was taken.")


class AskGone(BusinessError):
    """What was asked for was given or refused, or its time is over."""

    code = "ask_gone"
    sentence = N_("That request is no longer waiting. Nothing was taken.")


class AskedBefore(BusinessError):
    """One request waits at a time. Params: amount_minor, of the one that does."""

    code = "asked_before"
    sentence = N_("You asked for {amount} before: it still waits.")


class ReversalOver(BusinessError):
    """A reversal that was decided, or contested, before."""

    code = "reversal_over"
    sentence = N_("That was decided, or answered, before.")


class OwnNumber(BusinessError):
    code = "own_number"
    sentence = N_("You cannot deposit to your own number.")
    ends = False


class TooManyLookups(BusinessError):
    code = "too_many_lookups"
    sentence = N_("Too many searches without a deposit. Try again later.")


class NotAnAgent(BusinessError):
    code = "not_an_agent"
    sentence = N_("You are not an agent here.")


class SaleDone(BusinessError):
    code = "sale_done"
    sentence = N_("This deposit is already done. Ref {reference}.")


class CodeExpired(BusinessError):
    code = "code_expired"
    sentence = N_("This code has expired. The customer can agree on their own phone.")
    ends = False


class WrongCode(BusinessError):
    code = "wrong_code"
    sentence = N_("Wrong code. Tries left: {tries}.")
    ends = False


class CodeSpent(BusinessError):
    code = "code_spent"
    sentence = N_("Too many wrong codes. The deposit is cancelled; nothing was taken.")
