"""What money is for that arrives from outside: a domain brings a `Purpose` for each such thing.

What finds out whose money it is (a text, a statement, an officer) says the payee and the amount,
and knows nothing of the domain. The money is on the person's wallet first, and `book` takes it on
from there, in the same transaction: so the person's statement and receipt are those of any other
payment.
"""

import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from core.db.database import Tx
from core.money.ledger import Posted
from values.money import Money


@dataclass(frozen=True, slots=True)
class Payee:
    """A person, and what of theirs the money is for. `label` is for staff: a code and a name."""

    purpose: str
    subscriber_id: uuid.UUID
    subject_id: uuid.UUID
    label: str = ""


class Purpose(ABC):
    """A thing that people pay for from outside. All its functions work within the caller's
    transaction."""

    name: ClassVar[str]

    @abstractmethod
    def payees(self, tx: Tx, subscriber_id: uuid.UUID) -> list[Payee]:
        """What this person may pay for now; empty where there is nothing."""

    @abstractmethod
    def subject(self, tx: Tx, code: str) -> uuid.UUID | None:
        """The subject that staff call by this code."""

    @abstractmethod
    def book(self, tx: Tx, payee: Payee, amount: Money, *, key: str) -> Posted:
        """Take the amount from the person's wallet to what it is for, once for `key`, and write
        the receipt. No fee: nobody was shown one. Raises what `ledger.post` raises."""

    def payee(self, tx: Tx, subscriber_id: uuid.UUID, subject_id: uuid.UUID) -> Payee | None:
        """This one of the person's payees, where it still takes money."""
        found = self.payees(tx, subscriber_id)
        return next((one for one in found if one.subject_id == subject_id), None)
