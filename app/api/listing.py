"""Lists: so many at a time, and a cursor that leads on. A cursor is opaque; it has no meaning but
where the next page begins."""

import base64
import uuid
from collections.abc import Sequence
from typing import Generic, TypeVar

from pydantic import BaseModel, Field

LIMIT_MAXIMUM = 200
T = TypeVar("T", bound=BaseModel)


class Paging(BaseModel, extra="forbid"):
    """Where a list goes on, and how many of it are wanted."""

    cursor: str | None = Field(
        None, description="next_cursor of the page before.", pattern="^[A-Za-z0-9_-]{22}==$"
    )
    limit: int = Field(50, ge=1, le=LIMIT_MAXIMUM)

    @property
    def after(self) -> uuid.UUID | None:
        """The id that the page begins behind."""
        if self.cursor is None:
            return None
        return uuid.UUID(bytes=base64.urlsafe_b64decode(self.cursor))


class Page(BaseModel, Generic[T]):
    """One page of a list. `next_cursor` is null at its end."""

    items: list[T]
    next_cursor: str | None


def cursor_of(ids: Sequence[uuid.UUID], limit: int) -> str | None:
    """What leads on from a page that has these ids; None where it was the last."""
    if len(ids) < limit:
        return None
    return base64.urlsafe_b64encode(ids[-1].bytes).decode()
