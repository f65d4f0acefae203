"""One wallet's texts in the order of their arrival: ids that come again, balances that do not
continue."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from core.payments.evidence.reading import MOVEMENTS, Reading

Movement = tuple[str, str | None, Decimal | None]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A reading in its stream.

    `is_copy` says that this movement was seen before: count it once. `continues` says whether the
    balance is the one before, and this amount and fee; None where the texts do not tell.
    """

    reading: Reading
    is_copy: bool
    continues: bool | None


@dataclass(slots=True)
class WalletStream:
    """Follows one wallet. Keeps an entry an id; make one a wallet, not one for all."""

    _by_id: dict[str, Movement] = field(default_factory=dict)
    _twins: set[tuple[Decimal, str | None, Decimal]] = field(default_factory=set)
    _balance: Decimal | None = None

    def follow(self, readings: Iterable[Reading]) -> Iterator[Arrival]:
        """Each reading with what the ones before it say about it."""
        for reading in readings:
            yield self.take(reading)

    def take(self, reading: Reading) -> Arrival:
        """The next reading. An id that comes with another amount or direction is a spoof.

        A text that imitates one, or is one already read, does not move the balance on.
        """
        if reading.kind not in MOVEMENTS or reading.spoof:
            return Arrival(reading, is_copy=False, continues=None)
        movement = (reading.direction, reading.currency, reading.amount)
        told = self._by_id.get(reading.txid) if reading.txid else None
        if told is not None and told != movement:
            reasons = (*reading.reasons, "an id that came before with another amount")
            forged = replace(reading, accept=False, spoof=True, reasons=reasons)
            return Arrival(forged, is_copy=False, continues=None)
        if told is not None or self._is_twin(reading):
            reasons = (*reading.reasons, "told before")
            return Arrival(replace(reading, accept=False, reasons=reasons), True, None)
        if reading.txid:
            self._by_id[reading.txid] = movement
        continues = self._continues(reading)
        if reading.balance is not None:
            self._balance = reading.balance
        else:
            self._balance = (
                None  # a movement without a balance: nothing to compare the next text with
            )
        return Arrival(reading, is_copy=False, continues=continues)

    def _is_twin(self, reading: Reading) -> bool:
        """A second text of one movement, which carries an id where the other has none: the same
        amount, second and balance."""
        if reading.amount is None or reading.balance is None or reading.timestamp is None:
            return False
        key = (reading.amount, reading.timestamp, reading.balance)
        seen = key in self._twins
        self._twins.add(key)
        return seen

    def _continues(self, reading: Reading) -> bool | None:
        before, after, amount = self._balance, reading.balance, reading.amount
        if before is None or after is None or amount is None:
            return None
        moved = amount if reading.direction == "in" else -amount
        return after == before + moved - (reading.fee or 0)
