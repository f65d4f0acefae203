"""Guarantors are called on: what is overdue is paid from the savings that they pledged."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.db.database import Tx
from core.loans import loans, repaying
from core.loans.lifecycle import GUARANTOR
from core.loans.loans import Loan
from core.loans.messages import GuarantorCalled, GuarantorPaid
from core.loans.replay import Paid
from core.messaging.notices import write_notice
from core.money import ledger
from core.security.keyring import Keyring
from values.ids import uuid7


@dataclass(frozen=True, slots=True)
class Share:
    """What one guarantor pays of what is overdue, and what is then left of the pledge."""

    guarantor_id: uuid.UUID
    hold_id: uuid.UUID
    amount_minor: int
    left_minor: int


def shares(tx: Tx, loan_id: uuid.UUID, overdue_minor: int) -> list[Share]:
    """An overdue amount over the guarantors, in equal parts as far as their pledges reach; the
    remainder of the division from the first ones."""
    rows = tx.all(
        "SELECT subscriber_id, hold_id, amount_minor - called_minor FROM loan_guarantor"
        " WHERE tenant_id = current_tenant() AND loan_id = %s AND state = 'accepted'"
        " AND amount_minor > called_minor ORDER BY amount_minor - called_minor, subscriber_id",
        (loan_id,),
    )
    found, left_minor = [], overdue_minor
    for number, (guarantor_id, hold_id, pledge_minor) in enumerate(rows):
        # The smallest pledges come first, so that the others take what these do not reach for.
        amount_minor = min(pledge_minor, -(-left_minor // (len(rows) - number)))
        left_minor -= amount_minor
        if amount_minor:
            found.append(Share(guarantor_id, hold_id, amount_minor, pledge_minor - amount_minor))
    return found


_CALLED = (
    "UPDATE loan_guarantor SET called_minor = called_minor + %s, changed_at = now()"
    " WHERE tenant_id = current_tenant() AND loan_id = %s AND subscriber_id = %s"
)
_SPENT = GUARANTOR.advance("call", where="loan_id = %s AND subscriber_id = %s")
_HELD = (
    "UPDATE loan_guarantor SET hold_id = %s WHERE tenant_id = current_tenant() AND loan_id = %s"
    " AND subscriber_id = %s"
)


def call(
    tx: Tx,
    keys: Keyring,
    loan: Loan,
    called: Sequence[Share],
    *,
    today: date,
    request_id: uuid.UUID,
) -> None:
    """Take each share from the savings it was held on, as a payment of the locked loan; what is
    left of a pledge is held again. Raises FrozenAccount."""
    borrower = loans.name_of(tx, keys, loan.borrower_id)
    for share in called:
        who = (loan.id, share.guarantor_id)
        tx.execute(_CALLED, (share.amount_minor, *who))
        if not share.left_minor:
            tx.execute(_SPENT, who)
        entry_id = uuid7()
        booked = repaying.book(
            tx,
            loan,
            Paid(entry_id, today, share.amount_minor),
            today=today,
            payer_id=share.guarantor_id,
            source=repaying.GUARANTOR,
            key=f"loan_guarantee_call:{request_id}:{share.guarantor_id}",
            hold_id=share.hold_id,
        )
        if share.left_minor and booked.after.owed_minor:
            hold_id = uuid7()
            tx.execute(_HELD, (hold_id, *who))
            ledger.place_hold(
                tx,
                hold_id=hold_id,
                account_id=ledger.savings_account_id(
                    loan.group_id, share.guarantor_id, loan.currency
                ),
                amount_minor=share.left_minor,
                currency=loan.currency,
                expires_at=None,
            )
        amount, reference = loan.money(share.amount_minor), booked.posted.reference
        told = GuarantorCalled(
            amount=amount, group=loan.group, member=borrower, reference=reference
        )
        write_notice(tx, share.guarantor_id, told, entry_id=entry_id)
        paid = GuarantorPaid(
            member=loans.name_of(tx, keys, share.guarantor_id),
            amount=amount,
            group=loan.group,
            owed=loan.money(booked.after.owed_minor),
            reference=reference,
        )
        write_notice(tx, loan.borrower_id, paid)
