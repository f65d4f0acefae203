"""A domain that is somebody else's: it brings a table."""

from pathlib import Path

from app.domains.domain import Domain

DOMAIN = Domain(name="lostcard", migrations=Path(__file__).parent / "migrations")
