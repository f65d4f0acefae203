"""A member applies for a loan: what may be had, what it costs, who is guarantor."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING

import orjson

from core.audit.trail import record
from core.db.database import Tx
from core.loans import committee, guarantors, loans, products
from core.loans.errors import (
    CommitteeTooSmall,
    GuarantorIsBorrower,
    GuarantorNotMember,
    GuarantorSavingsTooLow,
    GuarantorTwice,
    LoanOpen,
    NoLoanProducts,
    OverMultiple,
    SavingsTooLow,
)
from core.loans.lifecycle import IS_OPEN
from core.loans.loans import GroupMember, Loan
from core.loans.messages import GuarantorAsked
from core.loans.products import Product
from core.loans.terms import Plan, plan
from core.messaging.notices import write_notice
from core.money import ledger
from core.people import people
from core.savings import share_outs
from core.savings.errors import GroupFrozen
from core.savings.groups import is_frozen
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values import clock
from values.ids import uuid7


@dataclass(frozen=True, slots=True)
class Choice:
    """What a member may borrow of a product in a group, in minor units."""

    product_id: uuid.UUID
    name: str
    minimum_minor: int
    maximum_minor: int
    minimum_periods: int
    maximum_periods: int
    every: str
    guarantors: int


@dataclass(frozen=True, slots=True)
class Applied:
    """An application as written."""

    loan_id: uuid.UUID
    reference: str


def choices(tx: Tx, tenant: Tenant, *, borrower_id: uuid.UUID, group_id: uuid.UUID) -> list[Choice]:
    """The products of which the member may apply for something, by what is saved in the group.

    Raises GroupFrozen, ShareOutRuns, LoanOpen, NoLoanProducts, and SavingsTooLow (params:
    needed_minor) where none of them can be had.
    """
    if is_frozen(tx, group_id):
        raise GroupFrozen
    share_outs.require_none(tx, group_id)
    _require_none_open(tx, borrower_id, group_id)
    found = products.in_force(tx, clock.now())
    if not found:
        raise NoLoanProducts
    saved_minor = _saved_minor(tx, tenant.currency, group_id, borrower_id)
    possible = [choice for one in found if (choice := _choice(one, saved_minor)) is not None]
    if not possible:
        needed_minor = min(
            int((one.terms.minimum_minor / one.terms.savings_multiple).to_integral(ROUND_CEILING))
            for one in found
        )
        raise SavingsTooLow(needed_minor=needed_minor, currency=tenant.currency)
    return possible


def _choice(product: Product, saved_minor: int) -> Choice | None:
    terms = product.terms
    most_minor = min(terms.maximum_minor, int(saved_minor * terms.savings_multiple))
    if most_minor < terms.minimum_minor:
        return None
    return Choice(
        *(product.id, product.name, terms.minimum_minor, most_minor),
        *(terms.minimum_periods, terms.maximum_periods, terms.every.value, terms.guarantors),
    )


def offer(
    tx: Tx, *, product_id: uuid.UUID, principal_minor: int, periods: int, today: date
) -> Plan:
    """What a loan would cost that is paid out today. Raises NoLoanProducts where the product has
    ended since it was chosen."""
    return plan(_product(tx, product_id).terms, principal_minor, periods, from_on=today)


def _product(tx: Tx, product_id: uuid.UUID) -> Product:
    product = products.get(tx, product_id, clock.now())
    if product is None:
        raise NoLoanProducts
    return product


def guarantor_at(
    tx: Tx, keys: Keyring, *, number: str, group_id: uuid.UUID, borrower_id: uuid.UUID
) -> GroupMember:
    """The member of a group who has a number (E.164). Raises GuarantorIsBorrower and
    GuarantorNotMember."""
    found = people.identify(tx, keys, number)
    in_group = {
        row[0]
        for row in tx.all(
            "SELECT subscriber_id FROM membership WHERE tenant_id = current_tenant()"
            " AND group_id = %s AND left_at IS NULL AND subscriber_id = ANY (%s)",
            (group_id, [one.id for one in found]),
        )
    }
    members = [one for one in found if one.id in in_group and not one.frozen]
    others = [one for one in members if one.id != borrower_id]
    if not others:
        raise GuarantorIsBorrower if members else GuarantorNotMember
    return GroupMember(others[0].id, others[0].shown_name)


def require_guarantor(
    tx: Tx,
    tenant: Tenant,
    *,
    product_id: uuid.UUID,
    principal_minor: int,
    group_id: uuid.UUID,
    borrower_id: uuid.UUID,
    guarantor_id: uuid.UUID,
    chosen: Sequence[uuid.UUID],
) -> None:
    """Raises GuarantorIsBorrower, GuarantorTwice, and GuarantorSavingsTooLow where what the
    guarantor has saved in the group, and is not held, does not reach."""
    if guarantor_id == borrower_id:
        raise GuarantorIsBorrower
    if guarantor_id in chosen:
        raise GuarantorTwice
    account = ledger.savings_account_id(group_id, guarantor_id, tenant.currency)
    balance = ledger.balance(tx, account)
    pledge_minor = _product(tx, product_id).terms.pledge_of(principal_minor)
    if balance is None or balance.available_minor < pledge_minor:
        raise GuarantorSavingsTooLow


def apply(
    tx: Tx,
    keys: Keyring,
    *,
    tenant: Tenant,
    borrower_id: uuid.UUID,
    group_id: uuid.UUID,
    product_id: uuid.UUID,
    principal_minor: int,
    periods: int,
    guarantor_ids: Sequence[uuid.UUID],
    payout: str = loans.WALLET,
) -> Applied:
    """Write an application, and ask its guarantors; without any the committee is next. `payout`
    says where it is paid to: the wallet, or in cash from the group's box.

    Raises what `choices` and `require_guarantor` raise, OverMultiple (params: limit_minor), and
    CommitteeTooSmall (params: approvals).
    """
    _lock(tx, borrower_id, group_id)
    found = choices(tx, tenant, borrower_id=borrower_id, group_id=group_id)
    choice = next((one for one in found if one.product_id == product_id), None)
    if choice is None:
        raise NoLoanProducts
    terms = _product(tx, product_id).terms
    if not choice.minimum_minor <= principal_minor <= choice.maximum_minor:
        raise OverMultiple(limit_minor=choice.maximum_minor, currency=tenant.currency)
    assert terms.minimum_periods <= periods <= terms.maximum_periods, "asked within these"
    assert len(guarantor_ids) == terms.guarantors, "asked until there are as many"
    for number, guarantor_id in enumerate(guarantor_ids):
        require_guarantor(
            tx,
            tenant,
            product_id=product_id,
            principal_minor=principal_minor,
            group_id=group_id,
            borrower_id=borrower_id,
            guarantor_id=guarantor_id,
            chosen=guarantor_ids[:number],
        )
    officers = committee.in_office(tx, group_id, tenant.today()).keys()
    if len(officers - {borrower_id, *guarantor_ids}) < terms.approvals:
        raise CommitteeTooSmall(approvals=terms.approvals)
    loan_id = uuid7()
    tx.execute(
        "INSERT INTO loan (tenant_id, id, group_id, borrower_id, product_id, terms,"
        " principal_minor, currency, periods, payout, account_id)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(loan_id, group_id, borrower_id, product_id, orjson.dumps(terms.to_data()).decode()),
            *(principal_minor, tenant.currency, periods, payout),
            ledger.account_id(loan_id, loans.LOAN_ACCOUNT, tenant.currency),
        ),
    )
    record(tx, "subscriber", "apply for loan", loan_id, {"group": str(group_id)})
    loan = loans.locked(tx, loan_id)
    _ask(tx, keys, loan, guarantor_ids)
    guarantors.go_on(tx, keys, loan, tenant)
    return Applied(loan_id, loan.reference)


def _ask(
    tx: Tx,
    keys: Keyring,
    loan: Loan,
    guarantor_ids: Sequence[uuid.UUID],
) -> None:
    pledge_minor = loan.terms.pledge_of(loan.principal_minor)
    borrower = loans.name_of(tx, keys, loan.borrower_id)
    for guarantor_id in guarantor_ids:
        tx.execute(
            "INSERT INTO loan_guarantor (tenant_id, loan_id, subscriber_id, amount_minor)"
            " VALUES (current_tenant(), %s, %s, %s)",
            (loan.id, guarantor_id, pledge_minor),
        )
        asked = GuarantorAsked(
            member=borrower,
            amount=loan.principal,
            group=loan.group,
            pledge=loan.money(pledge_minor),
        )
        write_notice(tx, guarantor_id, asked)


def withdraw(tx: Tx, loan_id: uuid.UUID) -> bool:
    """The borrower takes an application back. False where it is decided by now."""
    return guarantors.end_application(tx, loans.locked(tx, loan_id), "withdraw", None)


def _lock(tx: Tx, borrower_id: uuid.UUID, group_id: uuid.UUID) -> None:
    """One application at a time: a second one waits, and then finds the first."""
    tx.execute(
        "SELECT 1 FROM membership WHERE tenant_id = current_tenant() AND subscriber_id = %s"
        " AND group_id = %s FOR NO KEY UPDATE",
        (borrower_id, group_id),
    )


def _require_none_open(tx: Tx, borrower_id: uuid.UUID, group_id: uuid.UUID) -> None:
    row = tx.one(
        "SELECT 1 FROM loan WHERE tenant_id = current_tenant() AND borrower_id = %s"
        f" AND group_id = %s AND {IS_OPEN} LIMIT 1",
        (borrower_id, group_id),
    )
    if row is not None:
        raise LoanOpen


def _saved_minor(tx: Tx, currency: str, group_id: uuid.UUID, subscriber_id: uuid.UUID) -> int:
    account = ledger.savings_account_id(group_id, subscriber_id, currency)
    found = ledger.balance(tx, account)
    return found.balance_minor if found else 0
