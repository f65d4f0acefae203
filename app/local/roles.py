"""One URL of a superuser instead of four: each process still works as its own role.

Who configures every URL gets them as they are. Where one is missing and the login is a superuser,
it is filled in with that login and the startup option `role`, so that row-level security holds.
"""

from dataclasses import replace
from urllib.parse import quote

import psycopg

from app.settings import Settings

CONNECT_TIMEOUT_S = 5
APP, RELAY, VERIFY = "piga_app", "piga_relay", "piga_verify"


def with_roles(settings: Settings) -> Settings:
    """The settings of an external Postgres, completed as far as its logins allow."""
    url = settings.database_url
    if all((settings.owner_url, settings.relay_url, settings.verify_url)) or _has_options(url):
        return settings
    admin_url = settings.owner_url or url
    if _has_options(admin_url) or not _is_superuser(admin_url):
        return settings
    return replace(
        settings,
        owner_url=admin_url,
        relay_url=settings.relay_url or _as(admin_url, RELAY),
        verify_url=settings.verify_url or _as(admin_url, VERIFY),
        database_url=_as(url, APP) if url == admin_url or _is_superuser(url) else url,
    )


def _is_superuser(url: str) -> bool:
    """False also where nobody answers: the command that needs the server says so better."""
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT_S) as connection:
            row = connection.execute("SHOW is_superuser").fetchone()
    except psycopg.Error:
        return False
    return row == ("on",)


def _has_options(url: str) -> bool:
    return "options=" in url


def _as(url: str, role: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}options={quote(f'-c role={role}')}"
