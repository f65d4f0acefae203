"""Whose money arrived: by a token, by what was expected, by the merchant's code and the
payer. What none of these settles is suggested, with its reasons, and a person decides.

Nothing is matched by amount and time alone: an expected payment is met only by a payer who is known
to be the person who said so.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.db.database import Tx
from core.money.purposes import Payee, Purpose
from core.payments import expected, tokens
from core.people.people import PEOPLE_A_PHONE_MAXIMUM, USSD
from core.security.keyring import Keyring
from values.money import Money

SUGGESTIONS_MAXIMUM = 10
SHOWN_DIGITS_MINIMUM = 3  # of a masked number, at its end

Purposes = Mapping[str, Purpose]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody whose the money may be. `reasons` are words: token, expected, payer, merchant,
    payer_hidden, name."""

    payee: Payee
    reasons: tuple[str, ...]

    def to_data(self) -> dict[str, object]:
        """As an exception keeps it: ids and reasons, no name."""
        payee = self.payee
        return {
            "purpose": payee.purpose,
            "subscriber": str(payee.subscriber_id),
            "subject": str(payee.subject_id),
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class Match:
    """Whose it is, if that is sure (`payee`), and by which rule; else whose it may be."""

    payee: Payee | None
    rule: str
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money that came to a wallet, as a text or its provider tells of it. `reference` is what the
    payer wrote; `payer` their number (E.164), or as much of it as is shown, or ''; `is_for` the
    purpose and subject that the wallet is for, where it is for one alone."""

    wallet: str
    amount: Money
    happened_at: datetime
    reference: str = field(default="", repr=False)
    payer: str = field(default="", repr=False)
    is_for: tuple[str | None, uuid.UUID | None] = (None, None)


@dataclass(frozen=True, slots=True)
class _Sought:
    """What the rules look things up with."""

    tx: Tx
    keys: Keyring
    purposes: Purposes
    arrival: Arrival

    def payee(self, purpose: str, subscriber_id: uuid.UUID, subject_id: uuid.UUID) -> Payee | None:
        known = self.purposes.get(purpose)
        return known.payee(self.tx, subscriber_id, subject_id) if known else None

    def people_of_payer(self) -> list[uuid.UUID]:
        """Who has the payer's number, where the text shows all of it."""
        if not self.arrival.payer.startswith("+"):
            return []
        rows = self.tx.all(
            "SELECT subscriber_id FROM address WHERE tenant_id = current_tenant() AND channel = %s"
            " AND lookup = %s AND detached_at IS NULL ORDER BY created_at"
            f" LIMIT {PEOPLE_A_PHONE_MAXIMUM}",
            (USSD, self.keys.lookup(USSD, self.arrival.payer)),
        )
        return [row[0] for row in rows]

    def numbers_of(self, subscriber_id: uuid.UUID) -> Iterator[str]:
        rows = self.tx.all(
            "SELECT identifier_sealed FROM address WHERE tenant_id = current_tenant()"
            " AND channel = %s AND subscriber_id = %s AND detached_at IS NULL",
            (USSD, subscriber_id),
        )
        for (sealed,) in rows:
            yield self.keys.open(sealed, subscriber_id.bytes)


def match(tx: Tx, keys: Keyring, purposes: Purposes, arrival: Arrival) -> Match:
    """Whose money it is, by the first rule that is sure."""
    sought = _Sought(tx, keys, purposes, arrival)
    by_token = _by_token(sought)
    if len(by_token) == 1:
        return Match(by_token[0].payee, "token")
    awaited = _expected(sought)
    sure = [one for one in awaited if "payer" in one.reasons]
    if not by_token and len(sure) == 1:
        return Match(sure[0].payee, "expected")
    payers = _of_payer(sought)
    of_merchant = [one for one in payers if "merchant" in one.reasons]
    if not by_token and not sure and len(of_merchant) == 1:
        return Match(of_merchant[0].payee, "merchant")
    return Match(None, "", _merged([*by_token, *awaited, *payers]))


def _by_token(sought: _Sought) -> list[Suggestion]:
    found = []
    for token in tokens.tokens_in(sought.arrival.reference):
        owner = tokens.owner_of(sought.tx, token)
        payee = sought.payee(*owner) if owner else None
        if payee is not None:
            found.append(Suggestion(payee, ("token",)))
    return list({(one.payee.subscriber_id, one.payee.subject_id): one for one in found}.values())


def _expected(sought: _Sought) -> list[Suggestion]:
    arrival = sought.arrival
    open_ones = expected.fitting(
        sought.tx, wallet=arrival.wallet, amount=arrival.amount, at=arrival.happened_at
    )
    found = []
    for one in open_ones:
        payee = sought.payee(one.purpose, one.subscriber_id, one.subject_id)
        if payee is not None:
            found.append(Suggestion(payee, ("expected", *_fits_payer(sought, one.subscriber_id))))
    hidden = [one for one in found if "payer_hidden" in one.reasons]
    if len(hidden) == 1 and not any("payer" in one.reasons for one in found):
        # Of all who said they would pay this, one alone has a number that ends so.
        found = [
            replace(one, reasons=(*one.reasons, "payer")) if one is hidden[0] else one
            for one in found
        ]
    return found


def _fits_payer(sought: _Sought, subscriber_id: uuid.UUID) -> tuple[str, ...]:
    """`payer` where the text shows a number of this person's, `payer_hidden` where one of theirs
    ends as what is shown of it does."""
    msisdn = sought.arrival.payer
    if msisdn.startswith("+"):
        return ("payer",) if msisdn in set(sought.numbers_of(subscriber_id)) else ()
    shown = msisdn[len(msisdn.rstrip("0123456789")) :]
    if len(shown) < SHOWN_DIGITS_MINIMUM:
        return ()
    fits = any(number.endswith(shown) for number in sought.numbers_of(subscriber_id))
    return ("payer_hidden",) if fits else ()


def _of_payer(sought: _Sought) -> list[Suggestion]:
    """What those who have the payer's number may pay for; `merchant` where the wallet is for it."""
    found = []
    for subscriber_id in sought.people_of_payer():
        for purpose in sought.purposes.values():
            for payee in purpose.payees(sought.tx, subscriber_id):
                is_here = (payee.purpose, payee.subject_id) == sought.arrival.is_for
                found.append(Suggestion(payee, ("payer", "merchant") if is_here else ("payer",)))
    return found


def _merged(found: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
    """Each payee once, with all its reasons; who has most reasons first."""
    merged: dict[tuple[uuid.UUID, uuid.UUID], Suggestion] = {}
    for one in found:
        key = (one.payee.subscriber_id, one.payee.subject_id)
        before = merged.get(key)
        reasons = (*before.reasons, *one.reasons) if before else one.reasons
        merged[key] = Suggestion(one.payee, tuple(dict.fromkeys(reasons)))
    ordered = sorted(merged.values(), key=lambda one: -len(one.reasons))
    return tuple(ordered[:SUGGESTIONS_MAXIMUM])
