"""A text as the person reads it who decides about its money: the words, and what speaks against it.

Numbers are hidden until somebody says why they need the whole of them: a payer's number is theirs.
"""

import re
import uuid
from dataclasses import dataclass, field
from typing import Final

import orjson

from core.db.database import Tx
from core.payments.evidence.networks import catalogue
from core.payments.evidence.parser import read
from core.payments.evidence.reading import Confirmation
from core.security.keyring import Keyring

SHOWN_DIGITS: Final = 3
# Seven digits in a row and more, and numbers that are written in groups.
_NUMBER = re.compile(r"\+?\d{7,}|(?<![\d-])[+0]\d{1,3}(?:[ -]\d{2,4}){2,4}(?!\d)")


@dataclass(frozen=True, slots=True)
class TextEvidence:
    """A text, and what is known of it. `against` are words: spoof (it asks for a PIN or for money
    back, or does not add up), unsure, other_network, device_held, device_blocked; beside those that
    were written down as it was worked."""

    device: str
    sender: str = field(repr=False)
    words: str = field(repr=False)
    against: tuple[str, ...]

    @property
    def hidden(self) -> str:
        """The words with their numbers hidden but for the last digits."""
        return with_numbers_hidden(self.words)


def of_text(tx: Tx, keys: Keyring, text_id: uuid.UUID) -> TextEvidence | None:
    """The text; None once it is forgotten."""
    row = tx.one(
        "SELECT t.body_sealed, t.flags, d.name, d.network, d.state FROM payment_text t"
        " JOIN text_device d ON d.tenant_id = t.tenant_id AND d.id = t.device_id"
        " WHERE t.tenant_id = current_tenant() AND t.id = %s",
        (text_id,),
    )
    if row is None:
        return None
    sealed, flags, device, network_name, state = row
    sender, words = orjson.loads(keys.open(sealed, text_id.bytes))
    network = next(one for one in catalogue().networks if one.name == network_name)
    said = read(Confirmation(sender, words, network=network.name, country=network.country.code))
    against = {
        "spoof": said.spoof,
        "unsure": not said.accept,
        "other_network": (said.parser or "").split("/")[0] not in ("", network.name),
        f"device_{state}": state != "on",
    }
    found = dict.fromkeys(flags) | {name: None for name, is_so in against.items() if is_so}
    return TextEvidence(device, sender, words, tuple(found))


def with_numbers_hidden(words: str) -> str:
    """Words whose telephone numbers and ids end in their last three digits, as "••• 321"."""
    return _NUMBER.sub(lambda found: f"••• {found[0][-SHOWN_DIGITS:]}", words)
