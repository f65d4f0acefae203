"""Revisions in plain SQL: a folder a revision, a file a topic."""

from pathlib import Path

from sqlalchemy import Connection

SQL = Path(__file__).parent / "sql"


def run_file(bind: Connection, revision: str, name: str) -> None:
    """Run `sql/<revision>/<name>.sql` as it stands, several statements and % signs included."""
    driver = bind.connection.driver_connection
    assert driver is not None
    driver.execute((SQL / revision / f"{name}.sql").read_text())
