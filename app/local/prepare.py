"""What must be done before the processes start: migrations, the key, and a demo's tenants.

A process of its own, so that the supervisor stays small.
"""

import sys

from app.errors import OperatorError
from app.operations import migration
from app.operations.servers import opened
from app.settings import Settings


def prepare(settings: Settings) -> None:
    """Raises OperatorError."""
    if settings.owner_url:
        for line in migration.lines(migration.migrate(settings)):
            print(line)
    else:
        print("PIGA_OWNER_URL is not set: migrations are left to `piga migrate`.")
        with opened(settings):
            pass  # it is set up, and with this key
    if settings.demo:
        from app.demo.people import load

        load(settings)


if __name__ == "__main__":
    try:
        prepare(Settings.load())
    except OperatorError as error:
        sys.exit(f"Error: {error}")
