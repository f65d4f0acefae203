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
    r"|(?:refund|return|reverse) (?:the |my |this )?(?:mistaken|wrong|erroneous)(?:ly)?"
    r"|(?:sent|paid|transferred|credited)[^.]{0,40} (?:wrongly|by mistake|in error|erroneously)"
    r"|(?:return|refund|reverse|send)[a-z ]{0,20} to \+?[0-9]{9}[0-9]*"
    r"|(?:call|text|whatsapp|contact) \+?[0-9][0-9 ]{7,}[^.]{0,40}"
    r" (?:pin|claim|redeem|prize|refund|return|confirmation)"
    r"|with your pin to (?:redeem|claim|collect|receive)"
    r"|kindly (?:refund|return|send back)"
    r"|(?:tuma|taja|ingiza) (?:namba ya siri|pin) yako|kwa makosa|rudisha (?:pesa|hela|kwa)"
    r"|(?:envoyez|donnez|confirmez) (?:moi )?votre (?:code|mot de passe)|par erreur"
    r"|(?:nyoherereza|ohereza|tanga) (?:umubare w'ibanga|pin)|ku bw'ikosa|mu makosa"
    r"|(?:click|visit|open)[a-z ]{0,20} to (?:claim|unlock|verify|reactivate)"
    r"|send [^.]{1,20} to (?:claim|receive|unlock|activate)"
    # Spellings of forged texts that went round in Ghana.
    r"|carent|bulance|balnce|avelabil|recieved"
    r")(?![a-z])"
)
# A text that asks has one of these: what has none costs no regular expression.
_SIGNS = (
    "verify your", "confirm your", "enter your", "update your", "provide your", "us your",
    "with your", "blocked", "suspended", "locked", " back", "mistake", "in error", "wrong",
    "erroneous", "kindly", "siri", "pin ", "makosa", "rudisha", "votre", "erreur", "ibanga",
    "ikosa", "claim", "unlock", "activate", "to receive", "carent", "bulance", "balnce", "avelabil",
    "recieved", "return", "refund", "reverse", "redeem", "call ", "text ", "whatsapp", "contact ",
)  # fmt: skip


def asks_for_secrets(low: str) -> bool:
    """Whether lower-case `low` asks for a PIN, money back or a visit, as no confirmation does."""
    return any(sign in low for sign in _SIGNS) and _ASKS.search(low) is not None


def broken_balance(reading: Reading) -> bool:
    """Whether the balance after an arrival is less than what arrived."""
    if reading.direction != "in" or reading.amount is None or reading.balance is None:
        return False
    return reading.balance < reading.amount - (reading.fee or 0)
