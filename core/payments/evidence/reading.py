"""A confirmation text, and what it says: the shapes that the reader takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

Kind = Literal[
    "received",  # a person or business paid us
    "payment",  # we paid a business or a bill
    "sent",  # we sent money to a person
    "deposit",  # cash in at an agent
    "withdrawal",  # cash out at an agent
    "bank",  # between this wallet and a bank, or a bank's own alert
    "airtime",  # airtime or a bundle
    "reversal",  # a movement was undone
    "failed",  # a movement did not happen
    "other",  # a balance, a loan, interest, a notice: no movement that counts
    "promo",
    "otp",
    "unknown",  # it quotes money in a wording that nobody described: kept for staff
]
Direction = Literal["in", "out", "none"]

KINDS: frozenset[str] = frozenset(get_args(Kind))
DIRECTIONS: frozenset[str] = frozenset(get_args(Direction))
MOVEMENTS: frozenset[str] = frozenset(
    {"received", "payment", "sent", "deposit", "withdrawal", "bank", "airtime", "reversal"}
)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A text as a phone got it. `network` and `country` narrow the search where they are known.

    `received_at` is ISO 8601, when the phone got it; kept for the caller, never read for a time.
    """

    sender: str
    text: str
    network: str | None = None
    country: str | None = None
    received_at: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says. None is "not in the text", never zero.

    Amounts are in major units of `currency` (ISO 4217), as printed. `timestamp` is the wall clock
    of `timezone`, ISO 8601, as fine as printed. `counterparty_msisdn` is in E.164 where the text
    has the whole number, else as printed (`*********013`). `accept` says that the sender is the
    network's and the text tells of one finished movement; it is evidence, not yet a posting.
    `parser` names the format that read it, and `reasons` why it was not accepted.
    """

    kind: Kind
    direction: Direction = "none"
    accept: bool = False
    spoof: bool = False
    amount: Decimal | None = None
    currency: str | None = None
    fee: Decimal | None = None
    balance: Decimal | None = None
    counterparty_name: str | None = None
    counterparty_msisdn: str | None = None
    txid: str | None = None
    reference: str | None = None
    timestamp: str | None = None
    timezone: str | None = None
    network: str | None = None
    country: str | None = None
    parser: str | None = None
    reasons: tuple[str, ...] = ()

    def to_data(self) -> Mapping[str, object]:
        """Ready for JSON: amounts are decimal strings such as "1337.16"."""
        return {
            "kind": self.kind,
            "direction": self.direction,
            "accept": self.accept,
            "spoof": self.spoof,
            "amount": plain(self.amount),
            "currency": self.currency,
            "fee": plain(self.fee),
            "balance": plain(self.balance),
            "counterparty_name": self.counterparty_name,
            "counterparty_msisdn": self.counterparty_msisdn,
            "txid": self.txid,
            "reference": self.reference,
            "timestamp": self.timestamp,
            "timezone": self.timezone,
            "network": self.network,
            "country": self.country,
            "parser": self.parser,
            "reasons": list(self.reasons),
        }


def plain(amount: Decimal | None) -> str | None:
    """`1337.16`, `20` for 20.00; no exponent."""
    if amount is None:
        return None
    return format(amount.normalize(), "f")
