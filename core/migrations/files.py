"""Revisions in plain SQL: a folder a revision, a file a topic."""

from pathlib import Path

from sqlalchemy import Connection


def run_file(bind: Connection, path: Path) -> None:
    """Run a file of SQL as it stands, several statements and % signs included."""
    driver = bind.connection.driver_connection
    assert driver is not None
    driver.execute(path.read_text(encoding="utf-8"))
