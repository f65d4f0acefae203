"""A psql that reads one tenant's rows and changes nothing."""

import contextlib
import shutil
import uuid

from psycopg.conninfo import conninfo_to_dict

from app.errors import OperatorError
from app.local.postgres import packaged_binaries
from app.settings import Settings, bare_environment

# libpq reads these; so no secret stands on a command line.
_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}
STATEMENT_TIMEOUT_S = 60


def program(settings: Settings) -> str:
    """The psql to run: the one beside the embedded server where there is one, else the system's.

    Raises OperatorError when there is none.
    """
    with contextlib.suppress(OperatorError):
        beside = (settings.postgres_bin or packaged_binaries()) / "psql"
        if beside.is_file():
            return str(beside)
    found = shutil.which("psql")
    if found is None:
        raise OperatorError("There is no psql on this machine: install a Postgres client.")
    return found


def environment(database_url: str, tenant_id: uuid.UUID) -> dict[str, str]:
    """The environment of a psql that sees this tenant alone, as piga_app does, and only reads."""
    given = conninfo_to_dict(database_url)
    settings = {
        "piga.tenant": str(tenant_id),
        "default_transaction_read_only": "on",
        "statement_timeout": f"{STATEMENT_TIMEOUT_S}s",
    }
    options = [str(given.get("options") or "")]
    options += [f"-c {name}={value}" for name, value in settings.items()]
    variables = {
        variable: str(given[name]) for name, variable in _VARIABLES.items() if given.get(name)
    }
    more = {"PGOPTIONS": " ".join(options).strip(), "PGAPPNAME": "piga sql"}
    return bare_environment() | variables | more
