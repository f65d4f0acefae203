"""Signs that a text is not what it claims to be, as far as the text alone can show them."""

import re

from core.payments.evidence.reading import Reading

_ASKS = re.compile(
    r"(?<![a-z])(?:"
    r"(?:verify|confirm|enter|update|provide|send us|give us|reply with) your (?:[a-z]+ ){0,3}"
    r"(?:pin|password|code|account|wallet)"
    r"|(?:wallet|account|sim|number) (?:is|has been|will be|was) (?:blocked|suspended|locked)"
    r"|(?:send|return|refund|transfer) (?:the |my |this )?(?:money|cash|amount|it) back"
    r"|(?:sent|transferred|paid) (?:to you )?(?:by mistake|in error|wrongly)"
    r"|(?:click|visit|open)[a-z ]{0,20} to (?:claim|unlock|verify|reactivate)"
    r"|send [^.]{1,20} to (?:claim|receive|unlock|activate)"
    # Spellings of forged texts that went round in Ghana.
    r"|carent|bulance|avelabil|recieved"
    r")(?![a-z])"
)


def asks_for_secrets(low: str) -> bool:
    """Whether lower-case `low` asks for a PIN, money back or a visit, as no confirmation does."""
    return _ASKS.search(low) is not None


def broken_balance(reading: Reading) -> bool:
    """Whether the balance after an arrival is less than what arrived."""
    if reading.direction != "in" or reading.amount is None or reading.balance is None:
        return False
    return reading.balance < reading.amount - (reading.fee or 0)
