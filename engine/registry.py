"""What the domains of an installation bring to conversations: flows, and words for entries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.money.ledger import StatementLine
from engine.flow import Flow
from menus.texts import Text


@dataclass(frozen=True, slots=True)
class EntryWords:
    """How a statement and a list of receipts speak of one kind of entry.

    - `what`: what it was for, from the line of an account that it moved: the group, who is at the
      other side.
    - `fee_is_in_amount`: the amount was cash, and the fee is taken from it before it arrives.
    """

    what: Callable[[StatementLine], Text]
    fee_is_in_amount: bool = False


class Registry(dict[str, type[Flow]]):
    """The flows of an installation by their names; `entries` has the words by kinds of entries."""

    __slots__ = ("entries",)

    def __init__(
        self,
        flows: Mapping[str, type[Flow]] = MappingProxyType({}),
        entries: Mapping[str, EntryWords] = MappingProxyType({}),
    ) -> None:
        super().__init__(flows)
        self.entries = entries

    def replaced(self, *flows: type[Flow]) -> "Registry":
        """With these flows in place of those of their names, or beside them."""
        return Registry({**self, **{flow.name: flow for flow in flows}}, self.entries)

    def words_of(self, line: StatementLine) -> EntryWords:
        """The words for a line; its reference where no domain brings words for its kind."""
        return self.entries.get(line.kind, _REFERENCE)


_REFERENCE = EntryWords(lambda line: line.reference)
