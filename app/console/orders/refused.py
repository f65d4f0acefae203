"""Why an order cannot be changed, in the words of staff."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from core.orders import errors
from core.staff.errors import StaffError
from values.currencies import written
from values.refusals import BusinessError
from values.said import Said, said

_SAID: Final[dict[type[BusinessError], Said]] = {
    errors.OrderUnknown: said("There is no such order."),
    errors.OrderGone: said("This order is past that step: look at it again."),
    errors.MoreThanOrdered: said("That is more than was ordered, or no line of this order."),
    errors.StockChanged: said("This stock changed since it was counted, or more is promised."),
    errors.UnknownProduct: said("That product does not lie there."),
}


class OrderRefused(StaffError):
    """An order or a stock cannot be changed so. The text says why."""

    def __init__(self, why: Said) -> None:
        super().__init__()
        self.args = (why,)


@contextmanager
def refusals() -> Iterator[None]:
    """What the orders domain refuses is told to staff. Raises OrderRefused."""
    try:
        yield
    except errors.OutOfStock as gone:
        why = said("{product}: only {left} are free.", **gone.params)
        raise OrderRefused(why) from None
    except errors.MoreThanOwed as more:
        owed = written(int(more.params["owed_minor"]), str(more.params["currency"]))
        raise OrderRefused(said("Only {owed} is to pay.", owed=owed)) from None
    except tuple(_SAID) as refused:
        raise OrderRefused(_SAID[type(refused)]) from None
