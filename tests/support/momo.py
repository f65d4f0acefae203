"""A tenant that asks for money and pays it out at a provider's fake, with a worker's context.

Jobs are done in this process, one after the other; time goes on where a test says so.
"""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.money import ledger
from core.money.operations import Quote, open_quote
from core.payments import beginning, wallets
from core.payments.payments import PURSUE
from core.payments.wallet_operations import DEPOSIT, WITHDRAW
from core.payments.wallets import PAYMENTS
from core.tenants import directory
from providers import registry
from providers.contracts.messages import Account
from providers.contracts.payments import PaymentHint
from providers.mobile_money.fake import Mode, PaymentFake
from providers.mtn_momo.fake import MomoFake
from providers.simulator.loopback import HttpPost, listen
from providers.simulator.timers import Later
from tests.support.callbacks import callbacks_of
from tests.support.domains import DOMAINS
from tests.support.payment_rig import Clock
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, insert_tenant
from values.ids import uuid7
from values.money import Money
from workers.jobs import context
from workers.payments.plan import Plan
from workers.payments.pursue import pursue_payment
from workers.sending.accounts import Installed

CODE = "KOPERA"
PLAN = Plan(submit_again_s=0.0, first_s=0.0, share=0.0)
OPTIONS = (
    ("environment", "mtnrwanda"),
    ("collection_key", "c"),
    ("disbursement_key", "d"),
)


class WalletTenant(Tenant):
    """One tenant with a wallet at a provider whose fake listens at `url`."""

    provider = "mtn_momo"
    fake: PaymentFake

    def __init__(self, urls: DatabaseUrls, account: Account, slug: str = "kopera") -> None:
        said = {"provider": self.provider, "code": CODE, "name": "MTN MoMo"}
        settings = json.dumps({"wallets": [said]})
        super().__init__(urls, insert_tenant(urls, slug, settings, self.currency), slug)
        self.service_id = uuid7()
        wallet_id = wallets.service_id(self.tenant_id, said)
        for id, provider, channel, code in (
            (self.service_id, "africastalking", "ussd", f"*384*{slug}#"),
            (wallet_id, self.provider, PAYMENTS, CODE),
        ):
            self.admin.execute(
                "INSERT INTO service (tenant_id, id, provider, channel, code, tree)"
                " VALUES (%s, %s, %s, %s, %s, '{}')",
                (self.tenant_id, id, provider, channel, code),
            )
            self.admin.execute(
                "INSERT INTO service_address VALUES (%s, %s, %s, %s, %s)",
                (provider, channel, code, self.tenant_id, id),
            )
        self.context = context.make(
            self.database,
            KEYS,
            DOMAINS.messages,
            operations=DOMAINS.operations,
            plan=PLAN,
            accounts=[Installed("wallet", self.provider, account)],
            hooks_url="http://127.0.0.1:9",
        )
        context.install(self.context)
        found = self.context.directory.by_id(wallet_id)
        assert found is not None
        self.hook = found
        self.callbacks = callbacks_of(self.database)
        self.business: directory.Tenant = found.tenant
        [self.momo] = wallets.of_tenant(self.business)

    # -- what people do ----------------------------------------------------------------------------

    def deposit(self, person: uuid.UUID, amount_minor: int) -> uuid.UUID:
        """They are asked to pay that much into their wallet. The payment's id."""
        quote = DEPOSIT.quote(self.business, self.momo, Money(amount_minor, self.currency))
        return self.begin(beginning.begin_collection, quote, person)

    def withdraw(self, person: uuid.UUID, amount_minor: int) -> uuid.UUID:
        quote = WITHDRAW.quote(self.business, self.momo, Money(amount_minor, self.currency))
        return self.begin(beginning.begin_payout, quote, person)

    def begin(self, how: Any, quote: Quote, person: uuid.UUID) -> uuid.UUID:
        with self.tx() as tx:
            opened = open_quote(
                tx,
                quote,
                subscriber_id=person,
                session=uuid7().hex,
                service_id=self.service_id,
            )
        with self.tx() as tx:
            how(
                tx,
                KEYS,
                tenant=self.business,
                wallet=self.momo,
                intent_id=opened.id,
                subscriber_id=person,
                address=self.number_of(person),
            )
        [id] = self.one("SELECT id FROM payment WHERE intent_id = %s", opened.id)
        return uuid.UUID(str(id))

    # -- time, and what happens in it --------------------------------------------------------------

    def work(self, times: int = 1) -> None:
        """Everything that waits is due, and its job is done; so many times."""
        for _ in range(times):
            rows = self.admin.execute(
                "UPDATE outbox SET available_at = now(), lease_until = NULL, state = 'waiting'"
                " WHERE kind = %s AND state IN ('waiting', 'queued', 'working') RETURNING id",
                (PURSUE,),
            ).fetchall()
            for (outbox_id,) in rows:
                pursue_payment(str(self.tenant_id), str(outbox_id))

    def later(self, seconds: float) -> None:
        """So much time goes by, for payments and for the fake."""
        self.admin.execute(
            "UPDATE payment SET created_at = created_at - make_interval(secs => %s),"
            " submitted_at = submitted_at - make_interval(secs => %s)",
            (seconds, seconds),
        )
        clock = self.fake.books.clock
        assert isinstance(clock, Clock)
        clock.now_s += seconds

    def options(self, **wanted: Any) -> None:
        self.fake.books.options = self.fake.books.options.changed(wanted)

    def trouble(self, mode: str, **more: Any) -> None:
        self.fake.script([Mode(mode, **more)])

    def call_back(self, body: bytes) -> None:
        """Our side of a callback."""
        kind = registry.find(self.provider).kind("payment")
        told = kind.parse(body, "application/json")
        assert isinstance(told, PaymentHint)
        self.callbacks.store(told, self.hook)

    # -- looking -----------------------------------------------------------------------------------

    def state(self, payment: uuid.UUID) -> tuple[str, str | None]:
        state, reason = self.one("SELECT state, reason FROM payment WHERE id = %s", payment)
        return str(state), reason

    def texts(self, person: uuid.UUID) -> list[str]:
        rows = self.admin.execute(
            "SELECT template FROM message WHERE subscriber_id = %s ORDER BY id", (person,)
        ).fetchall()
        return [str(name) for (name,) in rows]

    def wallet_of(self, person: uuid.UUID) -> uuid.UUID:
        return ledger.account_id(person, ledger.WALLET, self.currency)

    def has(self, person: uuid.UUID) -> tuple[int, int]:
        """What is in somebody's wallet, and what of it is held."""
        return self.balance(self.wallet_of(person))

    def suspense(self) -> int:
        return self.number(
            "SELECT coalesce(sum(amount_minor), 0) FROM posting WHERE account_id = %s",
            self.collecting("suspense"),
        )

    def at_the_provider(self) -> int:
        """What the ledger says came to our wallet in all, less what left it."""
        return -self.number(
            "SELECT coalesce(sum(p.amount_minor), 0) FROM posting p JOIN account a"
            " ON a.id = p.account_id WHERE a.kind = 'provider_wallet'"
        )


class MomoTenant(WalletTenant):
    """One with a wallet at MTN MoMo."""

    def __init__(self, urls: DatabaseUrls, fake: MomoFake, url: str, slug: str = "kopera") -> None:
        self.fake: MomoFake = fake
        account = Account("api-user", "api-k3y", url, read_timeout_s=2.0, options=OPTIONS)
        super().__init__(urls, account, slug)


@contextmanager
def new_momo_tenant(urls: DatabaseUrls) -> Iterator[MomoTenant]:
    """A tenant and a fake that calls back to nobody until it is told to."""
    later = Later()
    fake = MomoFake(later, HttpPost().send, environment="mtnrwanda", clock=Clock(), seed=7)
    server = listen("127.0.0.1", 0, fake)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    tenant = MomoTenant(urls, fake, f"http://127.0.0.1:{server.port}")
    fake.wallets.options = fake.wallets.options.changed({"callback": "off"})
    try:
        yield tenant
    finally:
        tenant.close()
        server.shutdown()
        server.server_close()
        thread.join()
