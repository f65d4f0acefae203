"""`piga run`: everything on this machine, under one supervisor."""

import click

from app.settings import Settings


@click.command()
@click.option(
    "--reload",
    is_flag=True,
    help="Start the processes again when code, a catalogue or a demo tenant's folder changes.",
)
def run(reload: bool) -> None:
    """Start everything and keep it running until Ctrl-C.

    With nothing configured this is a demo with its own Postgres and Redis under .piga/.

    \b
    PORT, HOST       where to listen (8000, 127.0.0.1)
    DATABASE_URL     a Postgres (15 to 18) instead of the embedded one; then PIGA_KEY,
                     PIGA_RELAY_URL and, to migrate at the start, PIGA_OWNER_URL too
    REDIS_URL        a Redis instead of the embedded Valkey
    PIGA_DEMO        1 or 0: with demo tenants, phone and fake providers, or without; unset
                     it is 0 where DATABASE_URL or REDIS_URL is set
    PIGA_LIVE_PORT   where changes are pushed from; `piga live` is started in a demo, and where
                     this or PIGA_RATES_TENANT is set
                     (PORT + 1)
    PIGA_HOME        where data, key and logs are kept (.piga)
    """
    from app.local.supervise import run_everything

    run_everything(Settings.load(), reload=reload)
