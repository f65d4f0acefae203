"""Servers of a module's own, that are killed, with a tenant whose processes are killed, too."""

import os
import random
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from app.local import process_table
from app.settings import Settings
from core.migrations.run import upgrade
from tests.support.chaos.kills import kill
from tests.support.servers import started, urls_of
from tests.support.waiting import until
from tests.support.workers import MessagingTenant
from workers.queue.worker import connect

STOPPED_WITHIN_S = 15.0


@contextmanager
def own_servers(home: Path) -> Iterator[Settings]:
    """A Postgres and a Valkey, safe against a kill, with the tables of Piga in the one."""
    with started(home, safe=True) as running:
        upgrade(running.owner_url)
        yield running


@contextmanager
def own_tenant(
    servers: Settings, fakes_url: str, tenants: list[MessagingTenant]
) -> Iterator[MessagingTenant]:
    """The only tenant there, and nothing of a test before; it is added to those that fakes find."""
    urls = urls_of(servers)
    with psycopg.connect(urls.admin_url, autocommit=True) as connection:
        connection.execute("TRUNCATE tenant CASCADE")
        connection.execute("TRUNCATE outbox, message, message_receipt, early_report, event")
        connection.execute("TRUNCATE entry, posting, service_address")
    made = MessagingTenant(urls, servers.redis_url, fakes_url)
    tenants.append(made)
    yield made
    made.close()
    with connect(servers.redis_url) as redis:
        redis.flushall()


def kill_server(servers: Settings, name: str, program: str) -> None:
    """kill -9; its supervisor starts it again."""
    [*pids] = process_table.working_in(servers.home / name, program)
    main = min(pids)
    os.kill(main, signal.SIGKILL)
    until(lambda: not process_table.is_alive(main))


class Roles:
    """Processes of a tenant, one for each role, of which one or the other is killed."""

    def __init__(self, tenant: MessagingTenant, roles: Sequence[str]) -> None:
        self._tenant = tenant
        self._running: dict[str, subprocess.Popen[bytes]] = {
            role: tenant.start(role) for role in roles
        }

    def kill_one(self, chance: random.Random, *roles: str) -> None:
        """kill -9 one of these, or of all, and start it again; named twice it is hit twice as
        often."""
        role = chance.choice(roles or tuple(self._running))
        kill(self._running[role])
        self._running[role] = self._tenant.start(role)

    def stop(self) -> None:
        for process in self._running.values():
            process.terminate()
            process.wait(STOPPED_WITHIN_S)


@contextmanager
def running_roles(tenant: MessagingTenant, *roles: str) -> Iterator[Roles]:
    made = Roles(tenant, roles)
    try:
        yield made
    finally:
        made.stop()
