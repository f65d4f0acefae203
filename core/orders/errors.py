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


class OrderError(BusinessError):
    """An order cannot take this step. Nothing was taken or changed."""

    code = "order_refused"


class NoWarehouse(OrderError):
    code = "no_warehouse"
    sentence = N_("Nothing can be delivered here yet.")


class OutOfStock(OrderError):
    """`left` units of the product are free."""

    code = "out_of_stock"
    sentence = N_("{product}: only {left} left now. Nothing was ordered.")
    ends = False


class UnknownProduct(OrderError):
    code = "unknown_product"
    sentence = N_("There is no product {product} here.")


class StockChanged(OrderError):
    """Said to staff who counted."""

    code = "stock_changed"
    sentence = N_("This stock changed since it was counted, or more is promised. Count again.")


class OrderUnknown(OrderError):
    code = "order_unknown"
    sentence = N_("There is no such order.")


class OrderGone(OrderError):
    """The order is past this step: it was cancelled, or has expired, or went on."""

    code = "order_gone"
    sentence = N_("This order is past that step. Nothing was changed.")


class TooLateToCancel(OrderError):
    code = "too_late_to_cancel"
    sentence = N_("It is on its way: too late to cancel. Call {office}.")


class MoreThanOrdered(OrderError):
    """Said to staff who deliver."""

    code = "more_than_ordered"
    sentence = N_("That is more than was ordered, or no line of this order.")


class MoreThanOwed(OrderError):
    """`owed_minor` is what is still to pay."""

    code = "more_than_invoiced"
    sentence = N_("Only {owed} is to pay.")


class NotSold(OrderError):
    """Nothing here has that code or name."""

    code = "not_sold"
    sentence = N_("{product} is not sold here.")
    ends = False


class NotSoldLike(OrderError):
    """Nothing has that code; `near` is one that is like it."""

    code = "not_sold_like"
    sentence = N_("{product} is not sold here. Did you mean {near}?")
    ends = False


class TooManyFound(OrderError):
    code = "too_many_found"
    sentence = N_("Many products fit. Type more of the name.")
    ends = False


class NotWholeUnits(OrderError):
    """A quantity of 0, of a part of a unit, or in words."""

    code = "not_whole_units"
    sentence = N_("{product}: type how many in whole numbers, from 1.")
    ends = False


class TooManyUnits(OrderError):
    """`most` is what is ordered at once."""

    code = "too_many_units"
    sentence = N_("{product}: at most {most} at once.")
    ends = False


class NothingToRepeat(OrderError):
    code = "nothing_to_repeat"
    sentence = N_("You have no order to repeat yet.")
    ends = False
