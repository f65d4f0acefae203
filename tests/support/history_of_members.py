"""What a union's members have done, in a database with a history."""

from datetime import date

from core.savings import areas, groups
from tests.support.ussd import UssdTenant


def what_members_did(tenant: UssdTenant) -> None:
    """One joined a second group, long before this installation; and it is known where that is."""
    group_id = tenant.one("SELECT id FROM savings_group WHERE code = 'KOP8'")[0]
    tenant.change(
        groups.join,
        group_id=group_id,
        subscriber_id=tenant.id_of("habimana"),
        currency="RWF",
        member_since=date(2024, 3, 1),
    )
    where = (("district", "cell", "group"), ("Gasabo", "Kamatamu", "KOP8"))
    tenant.change(areas.load, where, by="test")
