"""What a group lends: a loan of each kind of end, with penalties, fees and both histories."""

import uuid
from typing import Any

from core.approvals import requests
from core.approvals.requests import officer
from core.loans import deciding, loans, office, penalties, repaying
from core.loans.loans import Loan
from core.loans.repaying import REPAY_LOAN
from core.money import ledger
from core.money.operations import open_quote
from tests.support.loan_stages import (
    habimana_has_a_loan,
    habimana_has_asked_the_committee,
)
from tests.support.tenants import CURRENCY, KEYS
from tests.support.ussd import UssdTenant
from values.ids import uuid7

_KINDS = {kind.name: kind for kind in office.KINDS}


def what_a_group_lends(tenant: UssdTenant) -> None:
    """One that is refused, one that is repaid all at once, one that is written off."""
    _refused(tenant)
    tenant.admin.execute(
        'UPDATE loan_product SET terms = terms || \'{"fee_due": "first-instalment",'
        " \"fee_minor\": 300}', valid_to = '2099-01-01Z'"
    )
    habimana_has_a_loan(tenant)
    loan = _loan(tenant)
    standing = tenant.change(loans.standing, loan, tenant.service().tenant.today())
    _repay(tenant, loan, standing.settled_for_minor(loan.terms), settles=True)
    habimana_has_a_loan(tenant)
    loan = _loan(tenant)
    late(tenant, loan, 45)
    tenant.change(penalties.charge, loan.id, tenant.service().tenant.today())
    _repay(tenant, loan, 500)
    due_on = (
        tenant.change(loans.standing, loan, tenant.service().tenant.today()).instalments[0].due_on
    )
    _decide(tenant, "loan_payment_backdated", loan, amount_minor=3_000, paid_on=due_on.isoformat())
    _decide(tenant, "loan_guarantee_call", loan)
    _decide(tenant, "loan_write_off", loan)
    habimana_has_asked_the_committee(tenant)
    with tenant.tx() as tx:
        (last,) = loans.of_borrower(tx, tenant.id_of("habimana"))
    assert last.state == "guaranteed"


def _loan(tenant: UssdTenant) -> Loan:
    with tenant.tx() as tx:
        (found,) = loans.owed_by(tx, tenant.id_of("habimana"))
    return found


def _refused(tenant: UssdTenant) -> None:
    habimana_has_asked_the_committee(tenant)
    with tenant.tx() as tx:
        (found,) = loans.of_borrower(tx, tenant.id_of("habimana"))
    told = {"loan_id": found.id, "officer_id": tenant.id_of("uwera"), "reason": "amount"}
    tenant.change(deciding.refuse, tenant=tenant.service().tenant, **told)


def _repay(tenant: UssdTenant, loan: Loan, amount: int, *, settles: bool = False) -> None:
    person = tenant.id_of("habimana")
    tenant.fund(ledger.account_id(person, ledger.WALLET, CURRENCY), amount)
    opened = tenant.change(
        open_quote,
        repaying.quote(loan, loan.money(amount), settles=settles),
        subscriber_id=person,
        session=uuid7().hex,
        service_id=tenant.service().id,
    )
    served = tenant.service().tenant
    tenant.change(REPAY_LOAN.pay, tenant=served, intent_id=opened.id, subscriber_id=person)


def _decide(tenant: UssdTenant, name: str, loan: Loan, **params: Any) -> uuid.UUID:
    ann, bob = (officer(who, "test") for who in ("ann", "bob"))
    told = {"params": params, "reason": "agreed", "subject_id": loan.id}
    asked = tenant.change(requests.ask, KEYS, _KINDS[name], by=ann, **told)
    tenant.change(requests.approve, KEYS, _KINDS, asked.request.id, by=bob)
    found: uuid.UUID = asked.request.id
    return found


def late(tenant: UssdTenant, loan: Loan, days: int) -> None:
    """As if the loan had been paid out so many days earlier."""
    for table, column, key in (
        ("loan", "disbursed_on", "id"),
        ("loan_instalment", "due_on", "loan_id"),
    ):
        tenant.admin.execute(
            f"UPDATE {table} SET {column} = {column} - %s WHERE {key} = %s", (days, loan.id)
        )
