"""A group's own money: the cash in its box, its loan fund and its social fund.

All of a group's accounts only collect. A positive amount on one is value given to the group, so
cash in hand, which the group gave, is below zero on its account. What the members have saved and
what the loan fund has earned (fines, what loans bring and cost, differences of cash) are together
what the loan fund is worth. Part of it is lent. The rest is cash in the box, or lies with the
tenant as e-money: a loan in cash comes from the box, one to a wallet from the e-money.
"""

import uuid
from dataclasses import dataclass
from typing import Final

from core.db.database import Tx
from core.money import ledger
from core.savings.errors import NoSuchGroup

GROUP_CASH: Final = "group_cash"
LOAN_FUND: Final = "loan_fund"
SOCIAL_FUND: Final = "social_fund"
# What loans bring to the loan fund and cost it, and what a share-out carried over.
LOAN_INTEREST: Final = "loan_interest"
LOAN_FEES: Final = "loan_fees"
LOAN_PENALTIES: Final = "loan_penalties"
LOAN_LOSSES: Final = "loan_losses"
CARRY_OVER: Final = "group_carry_over"
EARNING: Final = (LOAN_FUND, LOAN_INTEREST, LOAN_FEES, LOAN_PENALTIES, LOAN_LOSSES, CARRY_OVER)


@dataclass(frozen=True, slots=True)
class Book:
    """A group's accounts."""

    group_id: uuid.UUID
    cash: uuid.UUID
    loan_fund: uuid.UUID
    social_fund: uuid.UUID


@dataclass(frozen=True, slots=True)
class Funds:
    """What a group has, in minor units.

    `cash_minor` is in the box by the book; of it `social_minor` is the social fund. `saved_minor`
    is what members have saved, `earned_minor` what the loan fund has beside it; of both
    `lent_minor` is out in loans.
    """

    cash_minor: int
    social_minor: int
    saved_minor: int
    earned_minor: int
    lent_minor: int

    @property
    def loan_cash_minor(self) -> int:
        """What of the box is the loan fund's. Of a box that is short the social fund's cash goes
        last."""
        return max(0, self.cash_minor - self.social_minor)

    @property
    def social_cash_minor(self) -> int:
        """What of the box is the social fund's."""
        return self.cash_minor - self.loan_cash_minor

    @property
    def loan_fund_minor(self) -> int:
        """What the loan fund is worth, wherever it lies."""
        return self.saved_minor + self.earned_minor

    @property
    def with_tenant_minor(self) -> int:
        """What of both funds lies with the tenant."""
        return self.loan_fund_minor + self.social_minor - self.lent_minor - self.cash_minor

    @property
    def loan_e_money_minor(self) -> int:
        """What of the loan fund lies with the tenant, and is not lent. What a box is short of the
        social fund is owed to it first."""
        owed_minor = max(0, self.social_minor - self.social_cash_minor)
        return max(0, self.with_tenant_minor - owed_minor)

    @property
    def to_lend_minor(self) -> int:
        """What of the loan fund is not lent, wherever it lies."""
        return self.loan_fund_minor - self.lent_minor


def book_of(group_id: uuid.UUID, currency: str) -> Book:
    """The ids of a group's accounts, which derive from its own."""
    of = (
        ledger.account_id(group_id, kind, currency) for kind in (GROUP_CASH, LOAN_FUND, SOCIAL_FUND)
    )
    return Book(group_id, *of)


def lock(tx: Tx, group_id: uuid.UUID, currency: str) -> Book:
    """The group's book, opened where it has none. Until the end of the transaction nobody else
    changes what the group has. Raises NoSuchGroup."""
    book = book_of(group_id, currency)
    if not _locked(tx, group_id):
        for id, kind in (
            (book.cash, GROUP_CASH),
            (book.loan_fund, LOAN_FUND),
            (book.social_fund, SOCIAL_FUND),
        ):
            ledger.open_account(tx, id=id, kind=kind, currency=currency, owner_id=None)
        opened = tx.one(
            "INSERT INTO savings_book SELECT current_tenant(), g.id, %s, %s, %s"
            " FROM savings_group g WHERE g.tenant_id = current_tenant() AND g.id = %s"
            " ON CONFLICT (tenant_id, group_id) DO NOTHING RETURNING group_id",
            (book.cash, book.loan_fund, book.social_fund, group_id),
        )
        if opened is None and not _locked(tx, group_id):
            raise NoSuchGroup
    return book


def _locked(tx: Tx, group_id: uuid.UUID) -> bool:
    query = (
        "SELECT 1 FROM savings_book WHERE tenant_id = current_tenant() AND group_id = %s FOR UPDATE"
    )
    return tx.one(query, (group_id,)) is not None


def earning_accounts(group_id: uuid.UUID, currency: str) -> list[uuid.UUID]:
    """The accounts of what a loan fund has beside savings. Some may not be opened yet."""
    return [ledger.account_id(group_id, kind, currency) for kind in EARNING]


def of_group(tx: Tx, group_id: uuid.UUID, currency: str) -> Funds:
    """What a group has now."""
    book = book_of(group_id, currency)
    row = tx.one(
        "SELECT coalesce(-sum(amount_minor) FILTER (WHERE account_id = %(cash)s), 0)::bigint,"
        " coalesce(sum(amount_minor) FILTER (WHERE account_id = %(social)s), 0)::bigint,"
        " (SELECT coalesce(sum(a.balance_minor), 0)::bigint FROM membership m JOIN account a"
        "   ON a.tenant_id = m.tenant_id AND a.id = m.savings_account_id"
        "   WHERE m.tenant_id = current_tenant() AND m.group_id = %(group)s),"
        " coalesce(sum(amount_minor) FILTER (WHERE account_id = ANY (%(earning)s)), 0)::bigint,"
        " (SELECT coalesce(-sum(p.amount_minor), 0)::bigint FROM loan l JOIN posting p"
        "   ON p.tenant_id = l.tenant_id AND p.account_id = l.account_id"
        "   WHERE l.tenant_id = current_tenant() AND l.group_id = %(group)s)"
        " FROM posting WHERE tenant_id = current_tenant()"
        " AND account_id = ANY (%(earning)s || ARRAY[%(cash)s, %(social)s])",
        {
            "cash": book.cash,
            "social": book.social_fund,
            "group": group_id,
            "earning": earning_accounts(group_id, currency),
        },
    )
    assert row is not None
    return Funds(*row)
