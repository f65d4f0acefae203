"""What a broadcast would take, counted over those whom it goes to; only the price is a guess."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from core.analytics.costs import MICRO
from core.broadcasts.errors import WrongWords
from core.broadcasts.recipients import Writer, all_waiting, sender_of
from core.broadcasts.words import SEGMENTS_MAXIMUM, Measure
from core.db.database import Tx

PRICED_TEXTS_MAXIMUM: Final = 1_000
PRICED_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class Price:
    """What a text cost on average lately. Receipts are of one segment, so it is a segment's."""

    amount: Decimal
    currency: str
    of_texts: int


@dataclass(slots=True)
class Estimate:
    """`texts` go out, one to each number (to each person where the words name them), as so many
    `segments`. `left_out` counts by reason those who get none, `by_language` the texts by the
    language of their words, `in_default` those whose own language has no words. `examples` is the
    longest text of each language."""

    people: int = 0
    texts: int = 0
    segments: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    by_language: Counter[str] = field(default_factory=Counter)
    in_default: int = 0
    examples: dict[str, str] = field(default_factory=dict, repr=False)
    price: Price | None = None

    @property
    def cost(self) -> tuple[Decimal, str] | None:
        """About what it costs; None where nothing was charged lately."""
        return (self.price.amount * self.segments, self.price.currency) if self.price else None


def estimate(tx: Tx, writer: Writer, measure: Measure, broadcast_id: uuid.UUID) -> Estimate:
    """Count what a draft takes. Raises WrongWords where a text would be longer than allowed."""
    found, words = Estimate(), writer.words
    numbers: set[bytes] = set()
    for one in all_waiting(tx, broadcast_id, sender_of(writer.service)):
        found.people += 1
        if one.why_not:
            found.left_out[one.why_not] += 1
            continue
        assert one.lookup is not None
        if not words.names_people:
            if one.lookup in numbers:
                continue
            numbers.add(one.lookup)
        language = words.language_of(one.language)
        text = measure.form(writer.text(one))
        segments = measure.segments(text)
        if segments > SEGMENTS_MAXIMUM:
            raise WrongWords(
                f"{language}: a text would take {segments} segments; at most {SEGMENTS_MAXIMUM}."
            )
        found.texts += 1
        found.segments += segments
        found.by_language[language] += 1
        found.in_default += bool(one.language) and language != one.language
        if len(text) > len(found.examples.get(language, "")):
            found.examples[language] = text
    found.price = recent_price(tx)
    return found


def recent_price(tx: Tx) -> Price | None:
    """What a segment cost on average lately; None where nothing was charged."""
    row = tx.one(
        "SELECT currency, sum(amount_micro), count(*) FROM (SELECT currency, amount_micro"
        "  FROM gateway_cost WHERE tenant_id = current_tenant() AND kind = 'text'"
        "  AND day > current_date - %s::integer"
        "  ORDER BY day DESC LIMIT %s) lately GROUP BY currency ORDER BY count(*) DESC LIMIT 1",
        (PRICED_DAYS, PRICED_TEXTS_MAXIMUM),
    )
    if row is None:
        return None
    currency, micro, count = row
    return Price(Decimal(micro) / MICRO / count, str(currency), int(count))
