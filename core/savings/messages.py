"""What members of savings groups are texted."""

from dataclasses import dataclass
from datetime import datetime

from values.messages import Message
from values.money import Money
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class ContributionReceipt(Message):
    name = "contribution_receipt"
    sentence = N_("Saved {amount} in {group}, {at}. Fee {fee}. Wallet {balance}. Ref {reference}.")
    sentence_without_fee = N_(
        "Saved {amount} in {group}, {at}. No fee. Wallet {balance}. Ref {reference}."
    )

    amount: Money
    fee: Money
    group: str
    reference: str
    balance: Money
    at: datetime


MESSAGES: tuple[type[Message], ...] = (ContributionReceipt,)
