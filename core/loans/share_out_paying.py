"""A share-out is paid, all of it in one transaction, by another one than who froze it; then the
cycle is closed, and the next one opened.

    per member   savings -> for the loan, in cash, to the wallet; what is more or less: loan fund
    before       what loans brought and cost -> loan fund; the social fund, where the group said so
    after        what rounding left: loan fund -> carry-over
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.audit.trail import record
from core.db.database import Tx
from core.loans import loans, repaying, sharing
from core.loans.loans import Loan
from core.loans.replay import Paid
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.errors import FrozenAccount, InsufficientFunds
from core.money.ledger import Line
from core.savings import committee, constitution, cycles, funds, groups, share_outs
from core.savings.committee import RECORDERS
from core.savings.errors import MemberOnHold, PaidBySame, ShareOutMoved
from core.savings.funds import Book
from core.savings.messages import ShareOutPaid
from core.savings.share_out_plan import Part
from core.savings.share_outs import SHARE_OUT, ShareOutRow
from values.ids import reference_of, uuid7
from values.money import Money

ENTRY: Final = "share_out"
EARNINGS_ENTRY: Final = "share_out_earnings"
SOCIAL_ENTRY: Final = "share_out_social"
CARRY_OVER_ENTRY: Final = "share_out_carry_over"


@dataclass(frozen=True, slots=True)
class PaidOut:
    """What a share-out came to."""

    group: str
    fund: Money
    cash: Money
    wallets: Money
    carry_over: Money


_PAY: Final = SHARE_OUT.advance("pay", sets="paid_by = %s", where="id = %s", returning="frozen_on")


def pay(tx: Tx, *, group_id: uuid.UUID, by: uuid.UUID) -> PaidOut:
    """Pay what was frozen, and text everybody their own line.

    Raises NotInCommittee, NoShareOut, PaidBySame, MemberOnHold, and ShareOutMoved where it is not
    frozen, or the books are not what they were; after any of them the transaction can only be
    rolled back.
    """
    row = share_outs.require(tx, group_id)
    committee.require_since(tx, group_id, by, row.cycle_until, RECORDERS)
    book = funds.lock(tx, group_id, row.currency)
    row = share_outs.get(tx, row.id)
    if row.frozen_by == by:
        raise PaidBySame
    found = tx.one(_PAY, (by, row.id)) if row.state == "frozen" else None
    if found is None:
        raise ShareOutMoved
    frozen_on: date = found[0]
    groups.freeze(tx, group_id, frozen=False, actor=f"member {by}", reason="share-out")
    made = sharing.preview_of(tx, row, frozen_on)
    owed = {who: loans.locked(tx, loan.id) for who, loan in _in_order(made.loans)}
    _require_as_frozen(tx, row, made, owed)
    _lock_accounts(tx, row, [part.member for part in made.plan.parts])
    posting = _Posting(tx, row, book, by, frozen_on)
    try:
        posting.net(made.plan.parts, owed)
        posting.sweep()
        posting.pay(made.plan.parts)
    except (FrozenAccount, InsufficientFunds):
        raise MemberOnHold from None
    posting.carry_over(made.plan.carry_over_minor)
    record(tx, f"member {by}", "pay share-out", row.id, {"group": str(group_id)})
    return paid_out(tx, row.id)


def _in_order(owed: Mapping[uuid.UUID, Loan]) -> list[tuple[uuid.UUID, Loan]]:
    return sorted(owed.items(), key=lambda one: one[1].id)


def _require_as_frozen(
    tx: Tx, row: ShareOutRow, made: sharing.Preview, owed: Mapping[uuid.UUID, Loan]
) -> None:
    written = set(
        tx.all(
            "SELECT subscriber_id, saved_minor, part_minor, loan_id, netted_minor, cash_minor,"
            " wallet_minor, rounded_minor FROM savings_share_out_line"
            " WHERE tenant_id = current_tenant() AND share_out_id = %s"
            " AND (saved_minor > 0 OR part_minor > 0)",
            (row.id,),
        )
    )
    plan = made.plan
    now = {
        sharing.line_of(part, owed) for part in plan.parts if part.saved_minor or part.part_minor
    }
    figures = (plan.fund_minor, plan.carry_over_minor)
    if written != now or figures != (row.fund_minor, row.carry_over_minor):
        raise ShareOutMoved


def _lock_accounts(tx: Tx, row: ShareOutRow, members: Sequence[uuid.UUID]) -> None:
    """Savings and wallets, in the order in which a posting has them."""
    for member in members:
        ledger.open_account(
            tx,
            id=ledger.account_id(member, ledger.WALLET, row.currency),
            kind=ledger.WALLET,
            currency=row.currency,
            owner_id=member,
        )
    ids = [
        *(ledger.account_id(one, ledger.WALLET, row.currency) for one in members),
        *(ledger.savings_account_id(row.group_id, one, row.currency) for one in members),
    ]
    tx.all(
        "SELECT 1 FROM account WHERE tenant_id = current_tenant() AND id = ANY (%s)"
        " ORDER BY id FOR NO KEY UPDATE",
        (ids,),
    )


@dataclass(frozen=True, slots=True)
class _Posting:
    """The entries of one share-out."""

    tx: Tx
    row: ShareOutRow
    book: Book
    by: uuid.UUID
    on: date

    def _post(self, kind: str, key: str, lines: Sequence[Line]) -> uuid.UUID:
        posted = ledger.post(
            self.tx,
            key=f"share_out:{self.row.id}:{key}",
            kind=kind,
            lines=[line for line in lines if line.amount_minor],
            currency=self.row.currency,
            actor_id=self.by,
            detail={"name": self.row.group, "share_out": str(self.row.id)},
            entry_id=uuid7(),
        )
        return posted.entry_id

    def _group(self, kind: str) -> uuid.UUID:
        """One of the group's accounts, opened where it was not."""
        id = ledger.account_id(self.row.group_id, kind, self.row.currency)
        ledger.open_account(
            self.tx, id=id, kind=kind, currency=self.row.currency, owner_id=self.row.group_id
        )
        return id

    def net(self, parts: Sequence[Part[uuid.UUID]], owed: Mapping[uuid.UUID, Loan]) -> None:
        """Loans are repaid from parts; those that end let their guarantors go."""
        self._group(share_outs.ACCOUNT)
        for part in parts:
            if not part.netted_minor:
                continue
            loan = owed[part.member]
            entry_id = uuid7()
            booked = repaying.book(
                self.tx,
                loan,
                Paid(entry_id, self.on, part.netted_minor, settles=not part.is_short),
                today=self.on,
                payer_id=part.member,
                source=repaying.SHARE_OUT,
                key=f"share_out:{self.row.id}:loan:{loan.id}",
                actor_id=self.by,
            )
            told = repaying.netted_receipt_of(loan, part.netted_minor, booked)
            write_notice(self.tx, part.member, told, entry_id=entry_id)

    def sweep(self) -> None:
        """What the loan fund has on other accounts comes to its own; the social fund where the
        group said so."""
        others = [self._group(kind) for kind in funds.EARNING if kind != funds.LOAN_FUND]
        held: dict[uuid.UUID, int] = dict(
            self.tx.all(
                "SELECT account_id, sum(amount_minor)::bigint FROM posting"
                " WHERE tenant_id = current_tenant() AND account_id = ANY (%s) GROUP BY 1",
                ([*others, self.book.social_fund],),
            )
        )
        earned = [Line(id, -held[id]) for id in others if held.get(id)]
        total_minor = -sum(line.amount_minor for line in earned)
        if earned:
            lines = [*earned, Line(self.book.loan_fund, total_minor)]
            self._post(EARNINGS_ENTRY, "earnings", lines)
        social_minor = held.get(self.book.social_fund, 0)
        if self.row.with_social and social_minor:
            lines = [
                Line(self.book.social_fund, -social_minor),
                Line(self.book.loan_fund, social_minor),
            ]
            self._post(SOCIAL_ENTRY, "social", lines)

    def pay(self, parts: Sequence[Part[uuid.UUID]]) -> None:
        """An entry a member, and their own line by text."""
        netted = self._group(share_outs.ACCOUNT)
        for part in parts:
            if not (part.saved_minor or part.part_minor):
                continue
            member, currency = part.member, self.row.currency
            given_minor = part.netted_minor + part.cash_minor + part.wallet_minor
            entry_id = self._post(
                ENTRY,
                str(member),
                [
                    Line(
                        ledger.savings_account_id(self.row.group_id, member, currency),
                        -part.saved_minor,
                    ),
                    Line(netted, part.netted_minor),
                    Line(self.book.cash, part.cash_minor),
                    Line(ledger.account_id(member, ledger.WALLET, currency), part.wallet_minor),
                    Line(self.book.loan_fund, part.saved_minor - given_minor),
                ],
            )
            self.tx.execute(
                "UPDATE savings_share_out_line SET entry_id = %s WHERE tenant_id = current_tenant()"
                " AND share_out_id = %s AND subscriber_id = %s",
                (entry_id, self.row.id, member),
            )
            told = ShareOutPaid(
                group=self.row.group,
                part=Money(part.part_minor - part.rounded_minor, currency),
                netted=Money(part.netted_minor, currency),
                cash=Money(part.cash_minor, currency),
                wallet=Money(part.wallet_minor, currency),
                reference=reference_of(entry_id),
            )
            write_notice(self.tx, member, told, entry_id=entry_id)

    def carry_over(self, amount_minor: int) -> None:
        if amount_minor:
            carried = self._group(funds.CARRY_OVER)
            lines = [Line(self.book.loan_fund, -amount_minor), Line(carried, amount_minor)]
            self._post(CARRY_OVER_ENTRY, "carry_over", lines)


def paid_out(tx: Tx, share_out_id: uuid.UUID) -> PaidOut:
    """What a share-out came to, from its lines."""
    row = share_outs.get(tx, share_out_id)
    sums = tx.one(
        "SELECT coalesce(sum(cash_minor), 0)::bigint, coalesce(sum(wallet_minor), 0)::bigint"
        " FROM savings_share_out_line WHERE tenant_id = current_tenant() AND share_out_id = %s",
        (share_out_id,),
    )
    assert sums is not None
    figures = (row.fund_minor or 0, *sums, row.carry_over_minor or 0)
    return PaidOut(row.group, *(Money(minor, row.currency) for minor in figures))


_CLOSE: Final = SHARE_OUT.advance(
    "close", sets="closed_by = %s, ended_at = now()", where="id = %s", returning="id"
)


def close(tx: Tx, *, group_id: uuid.UUID, by: uuid.UUID, today: date) -> constitution.Constitution:
    """Everybody has theirs: the cycle is over, and the next one is open, with the rules of this one
    where it has none of its own. Raises NotInCommittee, NoShareOut, ShareOutMoved."""
    row = share_outs.require(tx, group_id)
    committee.require_since(tx, group_id, by, row.cycle_until, RECORDERS)
    funds.lock(tx, group_id, row.currency)
    if tx.one(_CLOSE, (by, row.id)) is None:
        raise ShareOutMoved
    opened = cycles.open_next(tx, group_id, row.cycle_from, today)
    detail = {"group": str(group_id), "next_from": opened.valid_from.isoformat()}
    record(tx, f"member {by}", "close share-out", row.id, detail)
    return opened
