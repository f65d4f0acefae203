"""Devices that forward texts, and a wallet whose texts continue one another."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from core.money.purposes import Purpose
from core.payments import crediting, devices, text_inbox
from core.payments.crediting import Worked
from core.payments.devices import Added, Wallet
from core.payments.text_inbox import Forwarded
from core.savings import groups
from core.savings.arrivals import ARRIVED_CONTRIBUTION
from tests.support.tenants import CURRENCY, KEYS, Tenant
from values import clock
from values.ids import uuid7

PURPOSES: Mapping[str, Purpose] = {ARRIVED_CONTRIBUTION.name: ARRIVED_CONTRIBUTION}


def group(tenant: Tenant, code: str) -> uuid.UUID:
    """A savings group without members."""
    organisation, id = uuid7(), uuid7()
    with tenant.tx() as tx:
        tx.execute(
            "INSERT INTO organisation (tenant_id, id, name) VALUES (current_tenant(), %s, 'Koop')",
            (organisation,),
        )
        tx.execute(
            "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name)"
            " VALUES (current_tenant(), %s, %s, %s, %s)",
            (id, organisation, code, f"Group {code}"),
        )
    return id


def join(tenant: Tenant, group_id: uuid.UUID, *people: uuid.UUID) -> None:
    with tenant.tx() as tx:
        for person in people:
            groups.join(tx, group_id=group_id, subscriber_id=person, currency=CURRENCY)


@dataclass
class Till:
    """A device of MTN Rwanda's, and what is on its wallet. Each text is of a minute of its own."""

    tenant: Tenant
    name: str = "till"
    wallet: str = "MTN"
    is_polled: bool = False
    group_id: uuid.UUID | None = None
    balance: int = 100_000
    began: datetime = field(default_factory=lambda: clock.now() - timedelta(hours=5))
    texts: int = 0
    added: Added = field(init=False)

    def __post_init__(self) -> None:
        purpose = ARRIVED_CONTRIBUTION.name if self.group_id else None
        of = Wallet(self.wallet, "mtn-rw", CURRENCY, self.is_polled, purpose, self.group_id)
        with self.tenant.tx() as tx:
            self.added = devices.add(
                tx, KEYS, self.tenant.tenant_id, self.name, of, actor="operator test"
            )

    def received(
        self,
        amount: int,
        payer: str = "Divine UWASE (*********321)",
        note: str = "",
        txid: str | None = "",
        balance: int | None = None,
    ) -> Forwarded:
        """A text that so much came. `txid` None: it has no id."""
        self.texts += 1
        self.balance = self.balance + amount if balance is None else balance
        at = self.began + timedelta(minutes=self.texts)
        local = at.astimezone(UTC) + timedelta(hours=2)
        id = f"27100{self.texts:06}" if txid == "" else txid
        of_id = f" Financial Transaction Id: {id}." if id else ""
        words = (
            f"You have received {amount} RWF from {payer} on your mobile money account at"
            f" {local:%Y-%m-%d %H:%M:%S}. Message from sender: {note}."
            f" Your new balance:{self.balance} RWF.{of_id}"
        )
        return Forwarded("M-Money", words, at.replace(microsecond=0) + timedelta(seconds=9))

    def store(self, *texts: Forwarded) -> list[bool]:
        with self.tenant.tx() as tx:
            device = devices.lock(tx, self.added.id)
            return text_inbox.store(tx, KEYS, device, texts)

    def work(self) -> list[Worked]:
        """Work all that is stored, as the job does."""
        done: list[Worked] = []
        while True:
            with self.tenant.tx() as tx:
                worked = crediting.work_next(
                    tx, KEYS, PURPOSES, self.tenant.tenant_id, self.added.id
                )
            if worked is None:
                return done
            done.append(worked)
            if worked.state == "waiting":
                return done

    def take(self, *texts: Forwarded) -> list[Worked]:
        self.store(*texts)
        return self.work()

    @property
    def state(self) -> str:
        with self.tenant.tx() as tx:
            return devices.lock(tx, self.added.id).state
