"""Why goods have no price, and why a promised price cannot be had."""

from values.refusals import N_, BusinessError


class NoPrices(BusinessError):
    """The tenant has published no prices."""

    code = "no_prices"
    sentence = N_("Nothing is sold here yet.")


class QuoteUnknown(BusinessError):
    code = "quote_unknown"
    sentence = N_("This price was never given. Please ask again.")


class QuoteExpired(BusinessError):
    code = "quote_expired"
    sentence = N_("This price was for a short time, and that is over. Please ask again.")
