"""What `piga events` says of a refusal."""

import contextlib
from collections.abc import Iterator

from app.errors import OperatorError
from core.events.errors import EventError


@contextlib.contextmanager
def plainly() -> Iterator[None]:
    """Tell in one sentence why nothing was done."""
    try:
        yield
    except EventError as refused:
        raise OperatorError(str(refused)) from None
