"""A tenant that is reached over a bind: the fake message centre, and the process of the bind."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from app import accounts
from app.settings import CHECKOUT, Settings
from core.people.people import USSD
from providers.smpp.fake import Centre
from providers.smpp.hand_over import socket_path
from tests.support.domains import DOMAINS, FLOWS
from tests.support.tenants import KEY, KEYS
from tests.support.ussd import CODE, UssdTenant
from tests.support.waiting import until
from tests.support.workers import QUICK
from workers.jobs import context

NAME = "smpp"
SHORT_CODE = "8100"
ACCOUNT = """
[accounts.main]
provider = "smpp"
username = "piga"
secret = "pw"
base_url = "{url}"
response_s = 2
"""


class Bound:
    """The tenant's services over SMPP, its centre, and the process between them."""

    def __init__(
        self, tenant: UssdTenant, centre: Centre, home: Path, redis_url: str, own: str = ""
    ) -> None:
        self.tenant = tenant
        self.centre = centre
        self.home = home
        file = home / "accounts.toml"
        file.write_text(ACCOUNT.format(url=centre.url) + own)
        file.chmod(0o600)
        (home / "wires").mkdir(mode=0o700, exist_ok=True)
        self.environment = {
            "PIGA_HOME": str(home),
            "PIGA_DEMO": "0",
            "PIGA_KEY": KEY.hex(),
            "PIGA_ACCOUNTS": str(file),
            "DATABASE_URL": tenant.urls.database_url,
            "REDIS_URL": redis_url,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.log = home / "bind.log"
        _add_service(tenant, "ussd", CODE)
        _add_service(tenant, "sms", SHORT_CODE)

    def start(self) -> None:
        """Start the process; it is bound then."""
        binds = self.centre.binds
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "wire", "main"],
                cwd=CHECKOUT,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
            )
        assert self.centre.wait(lambda: self.centre.binds > binds, 30), self.log.read_text()
        time.sleep(0.05)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    @property
    def file(self) -> Path:
        return self.home / "wires" / "main.json"

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        path = socket_path(self.file)
        if path is not None:
            path.unlink(missing_ok=True)
            path.parent.rmdir()

    def worker(self) -> None:
        """A worker's context in this process, installed."""
        found = accounts.load(Settings.load(self.environment))
        context.install(
            context.make(
                self.tenant.database,
                KEYS,
                DOMAINS.messages,
                flows=FLOWS,
                limits=QUICK,
                accounts=found,
            )
        )

    # --- looking ----------------------------------------------------------------------------------

    def stored(self, number: str) -> list[str]:
        """What this number has written, as it is stored, oldest first."""
        rows = self.tenant.admin.execute(
            "SELECT m.id, m.content_sealed FROM inbound_message m JOIN conversation c"
            " ON c.id = m.conversation_id WHERE c.address_lookup = %s ORDER BY m.id",
            (KEYS.lookup(USSD, number),),
        ).fetchall()
        return [orjson.loads(KEYS.open(sealed, id.bytes)).get("text", "") for id, sealed in rows]

    def until_stored(self, number: str, *texts: str) -> None:
        until(lambda: self.stored(number) == list(texts))
        assert self.centre.wait(lambda: self.centre.undelivered == 0)
        assert self.stored(number) == list(texts)


def _add_service(tenant: UssdTenant, channel: str, code: str) -> None:
    id = uuid.uuid4()
    tenant.admin.execute(
        "INSERT INTO service (tenant_id, id, provider, channel, code, settings, tree)"
        ' SELECT tenant_id, %s, %s, %s, %s, \'{"account": "main"}\', tree FROM service'
        " WHERE code = %s AND provider = 'africastalking'",
        (id, NAME, channel, code, CODE),
    )
    tenant.admin.execute(
        "INSERT INTO service_address VALUES (%s, %s, %s, %s, %s)",
        (NAME, channel, code, tenant.tenant_id, id),
    )


@contextmanager
def bound(tenant: UssdTenant, home: Path, redis_url: str, own: str = "") -> Iterator[Bound]:
    """The tenant bound to a centre of its own; the process is not started yet."""
    with Centre(accounts={"piga": "pw"}) as centre:
        made = Bound(tenant, centre, home, redis_url, own)
        try:
            yield made
        finally:
            made.close()
