"""The tenant's wallets at providers of mobile money.

`settings.wallets` in tenant.yaml names them. Each is a service of the channel `payments`, too: that
is what its provider calls back to, and what finds the account by which it is reached.
"""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from core.db.database import Tx
from core.manifest.ids import id_of
from core.tenants.directory import Tenant
from values.currencies import minor_digits
from values.money import Money

PAYMENTS: Final = "payments"  # the channel


@dataclass(frozen=True, slots=True)
class Wallet:
    """A wallet as people are asked to pay into it. `name` is what they call its provider; `dial`
    what they dial to pay into it by the network's menu, with AMOUNT in it, or nothing."""

    service_id: uuid.UUID
    provider: str
    code: str
    name: str
    dial: str = ""

    def dialled(self, amount: Money) -> str:
        """What is dialled to pay this amount; nothing where there is no such menu, or no key for
        the amount: a menu takes whole units."""
        units, rest = divmod(amount.amount_minor, 10 ** minor_digits(amount.currency))
        return "" if rest else self.dial.replace("AMOUNT", str(units))


def of_tenant(tenant: Tenant) -> tuple[Wallet, ...]:
    """The tenant's wallets, in the order in which people choose."""
    return tuple(
        Wallet(
            service_id(tenant.id, one),
            *(one["provider"], one["code"], one["name"]),
            dial=one.get("dial", "").replace("CODE", one.get("merchant_code", "")),
        )
        for one in tenant.settings.get("wallets", ())
    )


def named(tenant: Tenant, code: str) -> str:
    """What people call the provider of a wallet."""
    found = (wallet.name for wallet in of_tenant(tenant) if wallet.code == code)
    return next(found, code)


def away(tx: Tx, kind: str) -> frozenset[uuid.UUID]:
    """The wallets whose providers take nothing of this kind at the moment."""
    rows = tx.all(
        "SELECT wallet_service_id FROM wallet_outage"
        " WHERE tenant_id = current_tenant() AND kind = %s AND until > now()",
        (kind,),
    )
    return frozenset(id for (id,) in rows)


def say_away(tx: Tx, service_id: uuid.UUID, kind: str, for_s: float) -> None:
    """A provider takes nothing of this kind; for so long nobody is to be asked. With the COMMIT."""
    tx.defer(
        "INSERT INTO wallet_outage (tenant_id, wallet_service_id, kind, until)"
        " VALUES (current_tenant(), %s, %s, now() + make_interval(secs => %s))"
        " ON CONFLICT (tenant_id, wallet_service_id, kind) DO UPDATE SET until = excluded.until",
        (service_id, kind, for_s),
    )


def say_back(tx: Tx, service_id: uuid.UUID, kind: str) -> None:
    """It takes again. With the COMMIT."""
    tx.defer(
        "DELETE FROM wallet_outage WHERE tenant_id = current_tenant()"
        " AND wallet_service_id = %s AND kind = %s",
        (service_id, kind),
    )


def service_id(tenant_id: uuid.UUID, said: dict[str, Any]) -> uuid.UUID:
    return id_of(tenant_id, "service", said["provider"], PAYMENTS, said["code"])
