"""Why money is in question, in sentences for the person who decides."""

from typing import Final

from values.said import said

REASONS: Final = {
    "no_owner": said("Nobody was found whose it is."),
    "refused": said("Its owner was found, and cannot take it: a frozen account, or a limit."),
    "cash_in": said("It is cash that was paid in at an agent's. The text does not say for whom."),
    "unsure": said("The text was read, but not for sure."),
    "broken_chain": said(
        "The balances in this phone's texts do not go on: one is missing or forged."
    ),
    "no_id": said(
        "The text has no transaction id. The provider's own list shows whether it is true."
    ),
    "no_balance": said("The text has no balance, and this network's texts have one."),
    "asked_for": said("It may be a payment that we asked for. The provider has not said so yet."),
    "other_amount": said("The provider says another amount than was asked for, or booked."),
    "other_party": said("Somebody else paid than was asked to."),
    "late_success": said("The provider said that it failed, and later that it was paid."),
    "on_hold": said("It is paid, and its owner cannot take it: a frozen account, or a limit."),
}
AGAINST: Final = {
    "spoof": said("It has signs of a forged text."),
    "unsure": said("The wording is not one that is known for sure."),
    "other_network": said("It is in the wording of another network."),
    "device_held": said("The phone that forwarded it is held: its balances do not go on."),
    "device_blocked": said("The phone that forwarded it is blocked."),
    "broken_chain": said("The balance does not follow from the text before."),
    "no_id": said("It has no transaction id."),
    "no_balance": said("It has no balance."),
}
WHY: Final = {
    "token": said("the text has their code"),
    "expected": said("they said that they would pay this"),
    "payer": said("the payer's number is theirs"),
    "payer_hidden": said("their number ends as the payer's does"),
    "merchant": said("this wallet is for it"),
    "name": said("the payer has their name"),
}


def reason(name: str) -> str:
    """Why it is in question."""
    return REASONS.get(name, f"{name.replace('_', ' ').capitalize()}.")


def against(name: str) -> str:
    """What speaks against a text; '' for a word that says nothing more than its reason."""
    return AGAINST.get(name, "")


def why(name: str) -> str:
    """Why somebody is suggested."""
    return WHY.get(name, name.replace("_", " "))
