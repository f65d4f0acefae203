"""Reference tokens: what a payer writes into a transfer, so that it is known whose it is.

A token has five letters or digits and a sixth that checks them. None looks like another when it is
written by hand or read aloud; a wrong one, or two that changed places, is no token.
"""

import re
import secrets
import uuid
from dataclasses import dataclass
from typing import Final

from core.db.database import Tx
from core.money.purposes import Payee

# Neither 0 O D Q, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V W nor Y. A prime number of them, so that the check
# finds every single slip and every swap of neighbours.
ALPHABET: Final = "3479ACEFHJKMNPRTX"
LENGTH: Final = 6
_WEIGHTS: Final = (2, 3, 4, 5, 6)
_WORD = re.compile(r"[A-Z0-9]+")
_TRIES_MAXIMUM: Final = 20


def check_of(body: str) -> str:
    """The sixth character to five."""
    places = [ALPHABET.index(character) for character in body]
    total = sum(weight * place for weight, place in zip(_WEIGHTS, places, strict=True))
    return ALPHABET[total % len(ALPHABET)]


def is_token(word: str) -> bool:
    """Whether `word` is written as a token is, and checks."""
    return (
        len(word) == LENGTH
        and all(character in ALPHABET for character in word)
        and check_of(word[:-1]) == word[-1]
    )


def tokens_in(words: str) -> list[str]:
    """The tokens that stand in a payer's own words, in any case; also with gaps or dashes in
    them, as `K7M 4PX` has."""
    upper = words.upper()
    found = [word for word in _WORD.findall(upper) if is_token(word)]
    pieces = re.split(r"[^A-Z0-9 -]+", upper)
    whole = [re.sub(r"[ -]", "", piece) for piece in pieces]
    found += [piece for piece in whole if is_token(piece)]
    return list(dict.fromkeys(found))


def token_of(tx: Tx, payee: Payee) -> str:
    """The payee's token, the same for life; made at the first call."""
    for _ in range(_TRIES_MAXIMUM):
        body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
        row = tx.one(
            "WITH made AS (INSERT INTO payment_token (tenant_id, token, purpose, subscriber_id,"
            " subject_id) VALUES (current_tenant(), %(token)s, %(purpose)s, %(person)s,"
            " %(subject)s) ON CONFLICT DO NOTHING RETURNING token)"
            " SELECT token FROM made UNION ALL SELECT token FROM payment_token"
            " WHERE tenant_id = current_tenant() AND purpose = %(purpose)s"
            " AND subscriber_id = %(person)s AND subject_id = %(subject)s LIMIT 1",
            {
                "token": body + check_of(body),
                "purpose": payee.purpose,
                "person": payee.subscriber_id,
                "subject": payee.subject_id,
            },
        )
        if row is not None:
            return str(row[0])
    raise AssertionError("twenty of 1.4 million tokens were taken")


@dataclass(frozen=True, slots=True)
class Token:
    """A token that somebody has, and what they pay for by it."""

    token: str
    purpose: str
    subject_id: uuid.UUID


def of_person(tx: Tx, subscriber_id: uuid.UUID) -> list[Token]:
    """The tokens that a person was given."""
    rows = tx.all(
        "SELECT token, purpose, subject_id FROM payment_token"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s ORDER BY purpose, token",
        (subscriber_id,),
    )
    return [Token(*row) for row in rows]


def owner_of(tx: Tx, token: str) -> tuple[str, uuid.UUID, uuid.UUID] | None:
    """Purpose, person and subject of a token; None where nobody has it."""
    row = tx.one(
        "SELECT purpose, subscriber_id, subject_id FROM payment_token"
        " WHERE tenant_id = current_tenant() AND token = %s",
        (token,),
    )
    return (row[0], row[1], row[2]) if row else None
