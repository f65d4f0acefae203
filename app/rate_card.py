"""What messages cost this installation: the rows of the file that `PIGA_PRICES` names."""

from functools import cache

from app.errors import OperatorError
from app.settings import rate_card
from core.messaging import prices


@cache
def load() -> None:
    """Make the rate card known to this process. Raises OperatorError with what is wrong with it."""
    file = rate_card()
    if file is None:
        return
    try:
        prices.add_rate_card(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise OperatorError(f"PIGA_PRICES: {file} cannot be read.") from None
    except prices.BadPrices as fault:
        raise OperatorError(f"PIGA_PRICES: {fault}") from None
