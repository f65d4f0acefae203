"""The processes of a running Piga, one command each. `piga run` starts them all."""

from functools import partial
from typing import TYPE_CHECKING

import click

from app import logs
from app.local.embedded import ensure
from app.local.ports import require_free
from app.metrics.serving import watched
from app.settings import Settings

if TYPE_CHECKING:
    from prometheus_client.registry import Collector

PORT_WITHIN_S = 3.0


@click.command()
def web() -> None:
    """Serve webhooks, the phone page and health checks over HTTP.

    HOST and PORT say where (127.0.0.1:8000), WEB_WORKERS and WEB_THREADS how wide (2 × 4).
    WEB_LOOP=0 serves callbacks by threads, and not by a loop.
    """
    with ensure(Settings.load()) as settings:
        # Those of a web server that was killed are given up a moment later.
        require_free(settings.host, settings.port, PORT_WITHIN_S)
        settings.export()
        logs.set_up(demo=settings.demo)
        with watched(settings):
            from app.web.serve import serve

            serve(settings)


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    help="Where to listen; PIGA_LIVE_PORT unless given, and without that PORT + 1.",
)
def live(port: int | None) -> None:
    """Push what happens to whoever looks on: rates, at /ws/rates/ and /sse/rates/.

    `piga run` starts it where rates are served: in a demo, and where PIGA_RATES_TENANT is set. It
    needs a DATABASE_URL that leads to Postgres itself, not to a pooler of transactions.
    """
    with ensure(Settings.load()) as settings:
        where = port or settings.listens_live_at
        require_free(settings.host, where, PORT_WITHIN_S, setting="PIGA_LIVE_PORT")
        settings.export()
        logs.set_up(demo=settings.demo)
        from app.live.serve import serve

        serve(settings, where)


@click.command()
@click.argument("queue")
def worker(queue: str) -> None:
    """Work off the jobs of QUEUE: send, bulk, chat or default.

    PIGA_ACCOUNTS names the file of the accounts that texts are sent with; AT_USERNAME and
    AT_API_KEY are one at Africa's Talking without it.
    """
    with ensure(Settings.load()) as settings, watched(settings):
        logs.set_up(demo=settings.demo)
        from app import accounts, domains
        from core.alarms.recorder import record_alarms
        from workers.jobs.kinds import QUEUES
        from workers.queue.worker import work

        if queue not in QUEUES:
            known = ", ".join(QUEUES)
            raise click.BadParameter(f"there is no queue {queue}; there are: {known}.")
        record_alarms(settings.database_url)
        work(
            queue,
            database_url=settings.database_url,
            redis_url=settings.redis_url,
            key=settings.key_bytes,
            kinds=domains.load().jobs,
            messages=domains.load().messages,
            flows=domains.load().flows,
            purposes=domains.load().purposes,
            operations=domains.load().operations,
            listings=domains.load().listings,
            fakes_url=settings.fakes_url,
            accounts=accounts.load(settings),
            hooks_url=settings.public_url or settings.url,
        )


@click.command()
@click.argument("account")
def wire(account: str) -> None:
    """Hold the connection of ACCOUNT, of those in the file that PIGA_ACCOUNTS names.

    For providers whose wire is a connection that Piga makes: osmocom and smpp. `piga run` starts
    one for each such account.
    """
    with ensure(Settings.load()) as settings, watched(settings):
        logs.set_up(demo=settings.demo)
        from app import wires
        from core.alarms.recorder import record_alarms

        record_alarms(settings.database_url)
        wires.run(settings, account)


@click.command()
def relay() -> None:
    """Hand what the outbox holds to the workers, and write down the turns."""
    with ensure(Settings.load()) as settings, watched(settings):
        logs.set_up(demo=settings.demo)
        from app import domains
        from core.alarms.recorder import record_alarms
        from workers.queue.relay import run

        record_alarms(settings.require("relay_url"))
        run(
            database_url=settings.require("relay_url"),
            redis_url=settings.redis_url,
            kinds=domains.load().jobs,
        )


@click.command()
def cron() -> None:
    """Start what is due by the clock: expiries, partitions, retention.

    Where PIGA_METRICS names an address, /metrics there has the figures of the whole installation,
    too: what waits, what is unknown, what is owed.
    """
    with ensure(Settings.load()) as settings, watched(settings, partial(_facts, settings)):
        logs.set_up(demo=settings.demo)
        from app import domains
        from core.alarms.recorder import record_alarms
        from core.security.keyring import Keyring
        from workers.schedule.audit import sealing
        from workers.schedule.email import telling_of_alarms
        from workers.schedule.savings import voting
        from workers.schedule.tasks import TASKS, forgetting, run

        record_alarms(settings.database_url)
        ours = domains.load()
        keys = Keyring(settings.key_bytes)
        with_keys = (sealing(keys), telling_of_alarms(keys), voting(keys))
        run(
            (*ours.tasks, *TASKS, *with_keys, forgetting(ours.retention)),
            database_url=settings.database_url,
            relay_url=settings.require("relay_url"),
        )


def _facts(settings: Settings) -> "Collector":
    from app.metrics.facts import of_installation

    return of_installation(settings)


@click.command()
def fakes() -> None:
    """Stand in for the providers. Demo only, on loopback."""
    settings = Settings.load()
    if not settings.demo:
        raise click.ClickException("The fakes exist in a demo only (PIGA_DEMO=1).")
    settings.require("fakes_url")
    with ensure(settings) as settings:
        logs.set_up(demo=True)
        from app.demo.fakes import serve

        serve(settings)
