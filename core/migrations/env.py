"""Alembic's entry: the connection is made by `run.py` and handed over."""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    on_version_apply=attributes["on_version_apply"],
    target_metadata=None,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
