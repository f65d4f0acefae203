"""Run the migrations, up or down, as the owner of the schema."""

from collections.abc import Callable
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

HERE = Path(__file__).parent
# One migration at a time: two deploys may start together.
LOCK_KEY = 0x70696761


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Migrate up to `revision`. `owner_url` is a libpq URL of the role that owns the schema."""
    _run(owner_url, lambda config: command.upgrade(config, revision))


def downgrade(owner_url: str, revision: str) -> None:
    """Migrate down to `revision` ("base" drops everything Piga made)."""
    _run(owner_url, lambda config: command.downgrade(config, revision))


def _run(owner_url: str, step: Callable[[Config], None]) -> None:
    # libpq reads the URL, as everywhere else: SQLAlchemy knows fewer forms of it.
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(owner_url), poolclass=NullPool
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK_KEY})")
        connection.commit()
        config = Config()
        config.set_main_option("script_location", str(HERE))
        config.attributes["connection"] = connection
        step(config)
        connection.commit()
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({LOCK_KEY})")
        connection.commit()
    engine.dispose()
