"""What may happen to a loan in the middle of a conversation: group KOP1 lends to habimana."""

import uuid
from collections.abc import Callable

from core.loans import applying, deciding, guarantors, loans, products
from core.manifest.ids import id_of
from core.money import ledger
from core.savings import groups
from tests.support.tenants import CURRENCY, KEYS
from tests.support.ussd import UssdTenant
from values import clock

OFFICERS = ("uwera", "mukamana", "bizimana")
GUARANTORS = ("mutesi", "nkusi")


def group_of(tenant: UssdTenant) -> uuid.UUID:
    return id_of(tenant.tenant_id, "group", "KOP1")


def kop1_can_lend(tenant: UssdTenant) -> None:
    """Two more members have saved something, and a third officer is in the committee."""
    group_id = group_of(tenant)
    for key in GUARANTORS:
        told = {"group_id": group_id, "subscriber_id": tenant.id_of(key)}
        tenant.change(groups.join, **told, currency=CURRENCY)
        tenant.fund(ledger.savings_account_id(group_id, tenant.id_of(key), CURRENCY), 30_000)
    tenant.admin.execute(
        "INSERT INTO savings_office (tenant_id, group_id, role, subscriber_id, valid_from,"
        " valid_until) VALUES (%s, %s, 'secretary', %s, '2020-01-01', '2099-01-01')"
        " ON CONFLICT DO NOTHING",
        (tenant.tenant_id, group_id, tenant.id_of("bizimana")),
    )


def habimana_has_applied(tenant: UssdTenant) -> None:
    kop1_can_lend(tenant)
    with tenant.tx() as tx:
        found = {one.key: one.id for one in products.in_force(tx, clock.now())}
    tenant.change(
        applying.apply,
        KEYS,
        tenant=tenant.service().tenant,
        borrower_id=tenant.id_of("habimana"),
        group_id=group_of(tenant),
        product_id=found["season"],
        principal_minor=50_000,
        periods=6,
        guarantor_ids=[tenant.id_of(key) for key in GUARANTORS],
    )


def _loan_id(tenant: UssdTenant) -> uuid.UUID:
    with tenant.tx() as tx:
        (found,) = loans.of_borrower(tx, tenant.id_of("habimana"))
    return found.id


def _accept(*keys: str) -> Callable[[UssdTenant], None]:
    def accept(tenant: UssdTenant) -> None:
        loan_id, served = _loan_id(tenant), tenant.service().tenant
        for key in keys:
            told = {"loan_id": loan_id, "subscriber_id": tenant.id_of(key)}
            tenant.change(guarantors.accept, KEYS, tenant=served, **told)

    return accept


def _approve(*keys: str) -> Callable[[UssdTenant], None]:
    def approve(tenant: UssdTenant) -> None:
        loan_id, served = _loan_id(tenant), tenant.service().tenant
        for key in keys:
            told = {"loan_id": loan_id, "officer_id": tenant.id_of(key)}
            tenant.change(deciding.approve, KEYS, tenant=served, **told)

    return approve


def habimana_has_asked_the_committee(tenant: UssdTenant) -> None:
    habimana_has_applied(tenant)
    _accept(*GUARANTORS)(tenant)


def habimana_has_a_loan(tenant: UssdTenant) -> None:
    habimana_has_asked_the_committee(tenant)
    _approve(*OFFICERS)(tenant)


LOAN_STAGES: dict[str, Callable[[UssdTenant], None]] = {
    "KOP1 can lend": kop1_can_lend,
    "habimana has applied for a loan": habimana_has_applied,
    "mutesi is guarantor": _accept("mutesi"),
    "habimana has asked the committee": habimana_has_asked_the_committee,
    "uwera and mukamana have agreed": _approve("uwera", "mukamana"),
    "habimana has a loan": habimana_has_a_loan,
}
