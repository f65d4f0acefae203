"""Why an agent's sale is refused."""

from values.refusals import N_, BusinessError


class FloatTooLow(BusinessError):
    code = "float_too_low"
    sentence = N_("Your float is too low: {available}. Nothing was taken.")


class AgentBlocked(BusinessError):
    """The float that a customer was to get money from is frozen."""

    code = "agent_blocked"
    sentence = N_("This agent cannot top up now. Nothing was taken.")


class AgentLimitReached(BusinessError):
    """`LimitReached`, as their customer is told it."""

    code = "agent_limit_reached"
    sentence = N_("This agent may not top up that much today. Nothing was taken.")


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
