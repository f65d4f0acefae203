"""A share-out worked out from the books: what there is, what is owed, what each one gets.

To look at it changes nothing. When it is frozen, the same is written down; and when it is paid, it
is worked out again and must still be the same.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from core.audit.trail import record
from core.db.database import Tx
from core.loans import loans
from core.loans.errors import GuarantorsFirst
from core.loans.loans import Loan
from core.people import people
from core.savings import (
    committee,
    constitution,
    funds,
    groups,
    meetings,
    share_out_plan,
    share_outs,
    votes,
)
from core.savings.committee import RECORDERS
from core.savings.constitution import Constitution
from core.savings.errors import (
    CycleNotOver,
    GroupFrozen,
    MeetingOpen,
    MemberOnHold,
    NoConstitution,
    NoShares,
    NothingToShare,
    ShareOutMoved,
    VoteNotCarried,
)
from core.savings.share_out_plan import Part, ShareOutPlan
from core.savings.share_outs import SHARE_OUT, ShareOutRow
from values.ids import uuid7

# So many days before its last day a cycle may be shared out: groups do it at their last meeting.
EARLY_DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class Preview:
    """What a share-out would come to on a day. `loans` are those that are owed, by borrower."""

    rules: Constitution
    plan: ShareOutPlan[uuid.UUID]
    loans: Mapping[uuid.UUID, Loan]


def rules_of(tx: Tx, group_id: uuid.UUID, today: date) -> Constitution:
    """The cycle that is shared out: the newest that is over or ends soon, and was not; or else the
    one that has begun. Raises NoConstitution."""
    row = tx.one(
        "SELECT valid_from, valid_until, body FROM savings_constitution"
        " WHERE tenant_id = current_tenant() AND group_id = %s AND valid_from <= %s"
        " AND NOT EXISTS (SELECT 1 FROM savings_share_out s WHERE s.tenant_id = current_tenant()"
        "  AND s.group_id = savings_constitution.group_id AND s.state IN ('paid', 'closed')"
        "  AND s.cycle_from = savings_constitution.valid_from)"
        " ORDER BY valid_until <= %s DESC, valid_from DESC LIMIT 1",
        (group_id, today, today + timedelta(EARLY_DAYS)),
    )
    if row is None:
        raise NoConstitution
    return constitution.from_body(*row)


def preview(
    tx: Tx,
    group_id: uuid.UUID,
    currency: str,
    today: date,
    *,
    with_social: bool | None = None,
    rules: Constitution | None = None,
) -> Preview:
    """What would be paid to whom today, by the rules of the cycle that is shared out; with the
    social fund, where it says so or the rules do. Changes nothing.

    Raises NoConstitution, NothingToShare.
    """
    rules = rules or rules_of(tx, group_id, today)
    social = rules.shares_out_social if with_social is None else with_social
    held = funds.of_group(tx, group_id, currency)
    savings, owed = _savings(tx, group_id), _owed(tx, group_id)
    debts = {
        who: loans.standing(tx, loan, today).settled_for_minor(loan.terms)
        for who, loan in owed.items()
    }
    try:
        made = share_out_plan.plan(
            savings,
            debts,
            cash_minor=held.cash_minor if social else held.loan_cash_minor,
            e_money_minor=held.with_tenant_minor if social else held.loan_e_money_minor,
            in_cash=_wants_cash(tx, group_id),
            coin_minor=rules.coin_minor,
        )
    except NoShares:
        raise NothingToShare from None
    return Preview(rules, made, owed)


def preview_of(tx: Tx, row: ShareOutRow, on: date) -> Preview:
    """What a share-out that is on comes to on a day. Raises NothingToShare."""
    rules = constitution.require(tx, row.group_id, row.cycle_from)
    social = row.with_social
    return preview(tx, row.group_id, row.currency, on, with_social=social, rules=rules)


def _savings(tx: Tx, group_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """What each has saved, also who has left; in the order of their ids."""
    rows = tx.all(
        "SELECT m.subscriber_id, a.balance_minor FROM membership m JOIN account a"
        " ON a.tenant_id = m.tenant_id AND a.id = m.savings_account_id"
        " WHERE m.tenant_id = current_tenant() AND m.group_id = %s"
        " AND (m.left_at IS NULL OR a.balance_minor > 0) ORDER BY m.subscriber_id",
        (group_id,),
    )
    return dict(rows)


def _owed(tx: Tx, group_id: uuid.UUID) -> dict[uuid.UUID, Loan]:
    found = loans.where(tx, "l.group_id = %s AND l.state IN ('disbursed', 'repaying')", (group_id,))
    return {loan.borrower_id: loan for loan in found}


def _wants_cash(tx: Tx, group_id: uuid.UUID) -> frozenset[uuid.UUID]:
    rows = tx.all(
        "SELECT l.subscriber_id FROM savings_share_out_line l JOIN savings_share_out s"
        " ON s.tenant_id = l.tenant_id AND s.id = l.share_out_id"
        " WHERE l.tenant_id = current_tenant() AND s.group_id = %s AND l.wants = 'cash'"
        " AND s.state IN ('proposed', 'frozen', 'paid')",
        (group_id,),
    )
    return frozenset(row[0] for row in rows)


# -- the steps before anything is paid -------------------------------------------------------------


def propose(
    tx: Tx,
    *,
    group_id: uuid.UUID,
    by: uuid.UUID,
    today: date,
    currency: str,
    with_social: bool | None = None,
) -> ShareOutRow:
    """Ask the group whether to share out; the social fund too, where it says so or its rules do.

    Raises NotInCommittee, NoConstitution, CycleNotOver, GroupFrozen, MeetingOpen,
    ShareOutRuns, NothingToShare.
    """
    rules = rules_of(tx, group_id, today)
    committee.require_since(tx, group_id, by, rules.valid_until, RECORDERS)
    if (rules.valid_until - today).days > EARLY_DAYS:
        raise CycleNotOver
    funds.lock(tx, group_id, currency)
    _require_quiet(tx, group_id)
    share_outs.require_none(tx, group_id)
    social = rules.shares_out_social if with_social is None else with_social
    preview(tx, group_id, currency, today, with_social=social)
    share_out_id = uuid7()
    vote_id = votes.open_share_out(tx, group_id=group_id, by=by, rules=rules, with_social=social)
    tx.execute(
        "INSERT INTO savings_share_out (tenant_id, id, group_id, vote_id, currency, cycle_from,"
        " cycle_until, with_social, proposed_by)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(share_out_id, group_id, vote_id, currency, rules.valid_from, rules.valid_until),
            *(social, by),
        ),
    )
    tx.execute(
        "INSERT INTO savings_share_out_line (tenant_id, share_out_id, subscriber_id)"
        " SELECT current_tenant(), %s, unnest(%s::uuid[])",
        (share_out_id, [*_savings(tx, group_id)]),
    )
    return share_outs.get(tx, share_out_id)


def _require_quiet(tx: Tx, group_id: uuid.UUID) -> None:
    """Raises GroupFrozen, MeetingOpen."""
    if groups.is_frozen(tx, group_id):
        raise GroupFrozen
    if meetings.find(tx, group_id) is not None:
        raise MeetingOpen


_FREEZE: Final = SHARE_OUT.advance(
    "freeze",
    sets="frozen_by = %s, frozen_on = %s, fund_minor = %s, carry_over_minor = %s",
    where="id = %s",
    returning="id",
)
_LINE: Final = (
    "INSERT INTO savings_share_out_line (tenant_id, share_out_id, subscriber_id, saved_minor,"
    " part_minor, loan_id, netted_minor, cash_minor, wallet_minor, rounded_minor)"
    " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (tenant_id, share_out_id, subscriber_id) DO UPDATE SET"
    " saved_minor = excluded.saved_minor, part_minor = excluded.part_minor,"
    " loan_id = excluded.loan_id, netted_minor = excluded.netted_minor,"
    " cash_minor = excluded.cash_minor, wallet_minor = excluded.wallet_minor,"
    " rounded_minor = excluded.rounded_minor"
)


def freeze(tx: Tx, *, group_id: uuid.UUID, by: uuid.UUID, today: date) -> Preview:
    """Write down what each one gets, and hold everything as it is until another one pays.

    Raises NotInCommittee, NoShareOut, ShareOutMoved, VoteNotCarried, GroupFrozen, MeetingOpen,
    NothingToShare, MemberOnHold, and GuarantorsFirst where a borrower's part does
    not reach and guarantors have pledged.
    """
    row = share_outs.require(tx, group_id)
    committee.require_since(tx, group_id, by, row.cycle_until, RECORDERS)
    funds.lock(tx, group_id, row.currency)
    if votes.get(tx, row.vote_id).state != "carried":
        raise VoteNotCarried
    _require_quiet(tx, group_id)
    made = preview_of(tx, row, today)
    for part in made.plan.parts:
        if part.saved_minor and people.is_frozen(tx, part.member):
            raise MemberOnHold
        if part.is_short:
            _require_no_pledges(tx, made.loans[part.member])
    figures = (made.plan.fund_minor, made.plan.carry_over_minor)
    if tx.one(_FREEZE, (by, today, *figures, row.id)) is None:
        raise ShareOutMoved
    for part in made.plan.parts:
        tx.execute(_LINE, (row.id, *line_of(part, made.loans)))
    actor = f"member {by}"
    groups.freeze(tx, group_id, frozen=True, actor=actor, reason="share-out")
    record(tx, actor, "freeze share-out", row.id, {"group": str(group_id), "fund": figures[0]})
    return made


def line_of(part: Part[uuid.UUID], owed: Mapping[uuid.UUID, Loan]) -> tuple[object, ...]:
    """A part as its line is written."""
    loan = owed.get(part.member) if part.netted_minor else None
    return (
        *(part.member, part.saved_minor, part.part_minor, loan.id if loan else None),
        *(part.netted_minor, part.cash_minor, part.wallet_minor, part.rounded_minor),
    )


def _require_no_pledges(tx: Tx, loan: Loan) -> None:
    row = tx.one(
        "SELECT 1 FROM loan_guarantor WHERE tenant_id = current_tenant() AND loan_id = %s"
        " AND state = 'accepted' LIMIT 1",
        (loan.id,),
    )
    if row is not None:
        raise GuarantorsFirst


_WANTS: Final = (
    "UPDATE savings_share_out_line SET wants = %s WHERE tenant_id = current_tenant()"
    " AND share_out_id = %s AND subscriber_id = %s RETURNING 1"
)


def choose_way(tx: Tx, group_id: uuid.UUID, member_id: uuid.UUID, way: str) -> None:
    """A member says before the freeze how to be paid: by "wallet" or "cash", as far as there is
    enough of it. Raises NoShareOut, ShareOutMoved."""
    row = share_outs.require(tx, group_id)
    funds.lock(tx, group_id, row.currency)
    if share_outs.get(tx, row.id).state != "proposed":
        raise ShareOutMoved
    if tx.one(_WANTS, (way, row.id, member_id)) is None:
        raise ShareOutMoved


_CANCEL: Final = SHARE_OUT.advance(
    "cancel", sets="ended_at = now()", where="id = %s", returning="vote_id"
)


def cancel(tx: Tx, *, group_id: uuid.UUID, by: uuid.UUID, reason: str) -> None:
    """Not now: nothing is paid, and what was held is free again. Raises NotInCommittee, NoShareOut,
    ShareOutMoved."""
    row = share_outs.require(tx, group_id)
    committee.require_since(tx, group_id, by, row.cycle_until, RECORDERS)
    funds.lock(tx, group_id, row.currency)
    was_frozen = share_outs.get(tx, row.id).state == "frozen"
    if tx.one(_CANCEL, (row.id,)) is None:
        raise ShareOutMoved
    votes.cancel(tx, row.vote_id)
    if was_frozen:
        groups.freeze(tx, group_id, frozen=False, actor=f"member {by}", reason="share-out")
    record(tx, f"member {by}", "cancel share-out", row.id, {"reason": reason})
