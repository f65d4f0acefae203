"""A sale's customer, and its receipt."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from core.agents.errors import CustomerBlocked, CustomerUnknown, OwnNumber
from core.db.database import Tx
from core.money.intents import Intent
from core.people import numbers
from core.people.people import Person
from core.tenants.directory import Tenant
from values.ids import reference_of
from values.money import Money

USAGE_UNAPPROVED = "topup_unapproved"


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as their agent sees them: the name is the shown one."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class CustomerToday:
    """A customer before a sale: what they got today from agents without approving it, and from when
    a number of theirs may approve one; None where one may by now."""

    unapproved_minor: int
    agrees_from: datetime | None = None


def customers_among(found: Iterable[Person], agent_id: uuid.UUID) -> tuple[Customer, ...]:
    """Those of the people at a number to whom an agent may sell.

    Raises CustomerUnknown, OwnNumber, CustomerBlocked.
    """
    people = list(found)
    if not people:
        raise CustomerUnknown
    others = [person for person in people if person.id != agent_id]
    if not others:
        raise OwnNumber
    active = [person for person in others if not person.frozen]
    if not active:
        raise CustomerBlocked
    return tuple(Customer(person.id, person.shown_name) for person in active)


def customer_today(tx: Tx, customer_id: uuid.UUID, tenant: Tenant) -> CustomerToday:
    """How a customer stands before a sale."""
    row = tx.one(
        "SELECT coalesce((SELECT amount_minor FROM usage_day WHERE tenant_id = current_tenant()"
        "  AND subscriber_id = %(who)s AND operation = %(operation)s AND day = %(day)s), 0),"
        f" {numbers.SETTLES_AT}",
        {
            "who": customer_id,
            "operation": USAGE_UNAPPROVED,
            "day": tenant.today(),
            "new_sim_s": numbers.new_sim_s(tenant),
        },
    )
    assert row is not None
    return CustomerToday(int(row[0]), row[1])


def require_other_number(number: str, own_number: str) -> None:
    """Raises OwnNumber: nobody sells to their own phone, even one that others use."""
    if number == own_number:
        raise OwnNumber


@dataclass(frozen=True, slots=True)
class Sold:
    """The receipt of a sale that was posted; `agent` and `customer` are shown names."""

    agent: str
    customer: str
    amount: Money
    fee: Money
    reference: str

    @property
    def arrived(self) -> Money:
        """What the customer got: the fee is taken out of the amount."""
        return Money(self.amount.amount_minor - self.fee.amount_minor, self.amount.currency)

    @classmethod
    def of(cls, intent: Intent, entry_id: uuid.UUID) -> Self:
        return cls(
            agent=str(intent.quote["agent"]),
            customer=str(intent.quote["customer"]),
            amount=Money(intent.amount_minor, intent.currency),
            fee=Money(intent.fee_minor, intent.currency),
            reference=reference_of(entry_id),
        )
