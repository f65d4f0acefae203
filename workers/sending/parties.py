"""How a person is known to us and to a provider: an address of ours, and a name on the wire."""

from typing import Final

from core.people.people import USSD
from providers.contracts.chat import Party

# A channel of addresses beside that of numbers: who has no number that we may see.
WHATSAPP: Final = "whatsapp"


def address_of(party: Party) -> tuple[str, str]:
    """The channel of addresses and the identifier by which a person is known to us: the number,
    which is the same person by USSD, or where the wire hides it the provider's id of them."""
    if party.phone:
        return USSD, party.phone
    return WHATSAPP, f"{party.portfolio}:{party.user_id}"


def party_of(channel: str, address: str) -> Party:
    """Whom an address of ours means on the wire: the other way round."""
    if channel == USSD:
        return Party(phone=address)
    portfolio, _, user_id = address.partition(":")
    return Party(user_id=user_id, portfolio=portfolio)
