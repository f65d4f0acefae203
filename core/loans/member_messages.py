"""What is told of who leaves a group: to them, to their next of kin, to committees."""

from dataclasses import dataclass

from values.messages import Message
from values.money import Money
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class SavingsMoved(Message):
    """To who changes groups."""

    name = "savings_moved"
    sentence = N_("You left {left} for {group}, with {amount} of savings. Ref {reference}.")

    left: str
    group: str
    amount: Money
    reference: str


@dataclass(frozen=True, slots=True)
class CashCarried(Message):
    """To both committees."""

    name = "cash_carried"
    sentence = N_(
        "{member} goes to {group}: carry {amount} there from the box of {left}. Ref {reference}."
    )

    member: str
    left: str
    group: str
    amount: Money
    reference: str


@dataclass(frozen=True, slots=True)
class SavingsOfDead(Message):
    """To the next of kin."""

    name = "savings_of_dead"
    sentence = N_(
        "{amount} that {member} saved in {group} is in your wallet: you are the next of kin."
        " Ref {reference}."
    )

    member: str
    amount: Money
    group: str
    reference: str


@dataclass(frozen=True, slots=True)
class SavingsOfDeadInCash(SavingsOfDead):
    """To the next of kin: what lies in the group's box."""

    name = "savings_of_dead_in_cash"
    sentence = N_(
        "{group} gives you {amount} in cash that {member} saved: you are the next of kin."
        " Ref {reference}."
    )


MESSAGES: tuple[type[Message], ...] = (
    SavingsMoved,
    CashCarried,
    SavingsOfDead,
    SavingsOfDeadInCash,
)
