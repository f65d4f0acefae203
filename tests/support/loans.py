"""A savings group that lends: members with savings, a committee, a product; and a loan's steps."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from core.loans import applying, deciding, guarantors, loans, repaying
from core.loans.loans import Loan
from core.loans.repaying import REPAY_LOAN, Repaid
from core.loans.replay import Replayed
from core.loans.terms import Terms
from core.money import ledger
from core.money.operations import open_quote
from core.savings import groups
from core.savings.loan_schedule import Every, Method
from tests.support.tenants import CURRENCY, KEYS, Tenant
from values.ids import uuid7

TERMS = Terms(
    method=Method.FLAT,
    rate_percent=Decimal(2),
    every=Every.MONTH,
    minimum_periods=1,
    maximum_periods=24,
    minimum_minor=1_000,
    maximum_minor=1_000_000,
    guarantors=2,
    guaranteed_percent=Decimal(50),
    penalty_percent=Decimal(1),
    penalty_after_days=0,
    penalty_cap_percent=Decimal(10),
)


@dataclass
class Lending:
    """A group of a tenant: a borrower, two guarantors and three officers."""

    tenant: Tenant
    terms: Terms = TERMS
    group_id: uuid.UUID = field(default_factory=uuid7)
    product_id: uuid.UUID = field(default_factory=uuid7)
    service_id: uuid.UUID = field(default_factory=uuid7)
    organisation_id: uuid.UUID = field(default_factory=uuid7)

    def __post_init__(self) -> None:
        organisation = self.organisation_id
        with self.tenant.tx() as tx:
            tx.execute(
                "INSERT INTO organisation VALUES (current_tenant(), %s, 'U')", (organisation,)
            )
            tx.execute(
                "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name)"
                " VALUES (current_tenant(), %s, %s, %s, 'Kopera')",
                (self.group_id, organisation, f"K{self.group_id.int % 10**8}"),
            )
            tx.execute(
                "INSERT INTO loan_product (tenant_id, id, key, name, terms, valid_from,"
                " approved_by) VALUES (current_tenant(), %s, %s, 'Season', %s, '2020-01-01Z', '')",
                (
                    self.product_id,
                    str(self.product_id),
                    orjson.dumps(self.terms.to_data()).decode(),
                ),
            )
            tx.execute(
                "INSERT INTO service (tenant_id, id, provider, channel, code, tree)"
                " VALUES (current_tenant(), %s, 'africastalking', 'ussd', %s, '{}')",
                (self.service_id, f"*384*{self.service_id.int % 10**6}#"),
            )
        self.borrower = self.member(50_000)
        self.guarantors = [self.member(40_000), self.member(30_000)]
        self.officers = [self.member(20_000, role) for role in ("chair", "secretary", "treasurer")]

    @property
    def turn(self) -> Any:
        """The tenant as operations are given it."""
        return self.tenant.as_turns_have_it()

    @property
    def today(self) -> date:
        return self.turn.today()  # type: ignore[no-any-return]

    def member(self, saved: int, role: str = "") -> uuid.UUID:
        person = self.tenant.person()
        with self.tenant.tx() as tx:
            groups.join(tx, group_id=self.group_id, subscriber_id=person, currency=CURRENCY)
            if role:
                tx.execute(
                    "INSERT INTO savings_office (tenant_id, group_id, subscriber_id, role,"
                    " valid_from, valid_until) VALUES (current_tenant(), %s, %s, %s, '2020-01-01',"
                    " '2099-01-01')",
                    (self.group_id, person, role),
                )
        if saved:
            self.tenant.fund(self.savings_of(person), saved)
        return person

    def savings_of(self, person: uuid.UUID) -> uuid.UUID:
        return ledger.savings_account_id(self.group_id, person, CURRENCY)

    def wallet_of(self, person: uuid.UUID) -> uuid.UUID:
        return ledger.account_id(person, ledger.WALLET, CURRENCY)

    def apply(
        self, principal: int, periods: int = 6, guarantor_ids: Sequence[uuid.UUID] | None = None
    ) -> uuid.UUID:
        asked = self.guarantors[: self.terms.guarantors] if guarantor_ids is None else guarantor_ids
        with self.tenant.tx() as tx:
            return applying.apply(
                tx,
                KEYS,
                tenant=self.turn,
                borrower_id=self.borrower,
                group_id=self.group_id,
                product_id=self.product_id,
                principal_minor=principal,
                periods=periods,
                guarantor_ids=asked,
            ).loan_id

    def accept(self, loan_id: uuid.UUID, guarantor: uuid.UUID) -> None:
        with self.tenant.tx() as tx:
            guarantors.accept(tx, KEYS, tenant=self.turn, loan_id=loan_id, subscriber_id=guarantor)

    def approve(self, loan_id: uuid.UUID, officer: uuid.UUID) -> deciding.Agreed:
        with self.tenant.tx() as tx:
            return deciding.approve(tx, KEYS, tenant=self.turn, loan_id=loan_id, officer_id=officer)

    def lend(self, principal: int, periods: int = 6) -> uuid.UUID:
        """A loan that is paid out."""
        loan_id = self.apply(principal, periods)
        for guarantor in self.guarantors[: self.terms.guarantors]:
            self.accept(loan_id, guarantor)
        for officer in self.officers[: self.terms.approvals]:
            self.approve(loan_id, officer)
        return loan_id

    def repay(self, loan_id: uuid.UUID, amount: int, *, settles: bool = False) -> Repaid:
        loan = self.loan(loan_id)
        with self.tenant.tx() as tx:
            opened = open_quote(
                tx,
                repaying.quote(loan, loan.money(amount), settles=settles),
                subscriber_id=self.borrower,
                session=uuid7().hex,
                service_id=self.service_id,
            )
        with self.tenant.tx() as tx:
            return REPAY_LOAN.pay(
                tx, tenant=self.turn, intent_id=opened.id, subscriber_id=self.borrower
            )

    def loan(self, loan_id: uuid.UUID) -> Loan:
        with self.tenant.tx() as tx:
            found = loans.get(tx, loan_id)
        assert found is not None
        return found

    def standing(self, loan_id: uuid.UUID, today: date | None = None) -> Replayed:
        with self.tenant.tx() as tx:
            return loans.standing(tx, self.loan(loan_id), today or self.today)

    def back_by(self, loan_id: uuid.UUID, days: int) -> None:
        """As if the loan had been paid out so many days earlier."""
        by = f"{days} * interval '1 day'"
        self.tenant.as_superuser(
            f"UPDATE loan SET disbursed_on = disbursed_on - {by} WHERE id = %s", loan_id
        )
        self.tenant.as_superuser(
            f"UPDATE loan_instalment SET due_on = due_on - {by}, planned_on = planned_on - {by}"
            " WHERE loan_id = %s",
            loan_id,
        )
        self.tenant.as_superuser(
            f"UPDATE loan_payment SET paid_on = paid_on - {by} WHERE loan_id = %s", loan_id
        )
