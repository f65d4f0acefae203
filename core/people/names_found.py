"""Finding people by a word of their name: names are sealed, so that keyed hashes of their words
stand beside them. Only a whole word finds; case, accents and apostrophes do not matter."""

import re
import unicodedata
import uuid
from typing import Final

from core.db.database import Tx
from core.security.keyring import Keyring

WORDS_MAXIMUM: Final = 8
_CHANNEL: Final = "name"


def words_of(name: str) -> list[str]:
    """The words that a name is found by."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return list(dict.fromkeys(re.findall(r"\w+", re.sub("['’ʼ]", "", letters))))[:WORDS_MAXIMUM]


def note(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID, name: str) -> None:
    """Let a person be found by this name, and by no earlier one. With the COMMIT."""
    hashes = [keys.lookup(_CHANNEL, word) for word in words_of(name)]
    tx.defer(
        "WITH gone AS (DELETE FROM name_word WHERE tenant_id = current_tenant()"
        "  AND subscriber_id = %(who)s AND NOT word_lookup = ANY (%(words)s::bytea[]))"
        " INSERT INTO name_word (tenant_id, word_lookup, subscriber_id)"
        " SELECT current_tenant(), w, %(who)s FROM unnest(%(words)s::bytea[]) w"
        " ON CONFLICT DO NOTHING",
        {"who": subscriber_id, "words": hashes},
    )


def named(tx: Tx, keys: Keyring, typed: str, *, limit: int) -> list[uuid.UUID]:
    """Who has all of these words in their name, in no order that says anything; nobody for none."""
    hashes = [keys.lookup(_CHANNEL, word) for word in words_of(typed)]
    if not hashes:
        return []
    rows = tx.all(
        "SELECT subscriber_id FROM name_word WHERE tenant_id = current_tenant()"
        " AND word_lookup = ANY (%s::bytea[]) GROUP BY subscriber_id HAVING count(*) = %s"
        " ORDER BY subscriber_id LIMIT %s",
        (hashes, len(hashes), limit),
    )
    return [row[0] for row in rows]
