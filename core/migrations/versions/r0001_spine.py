"""The spine: tenants, people, ledger, groups, agents, outbox, turn log."""

from alembic import op

from core.migrations.files import run_file

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UP = ("roles", "tenants", "people", "ledger", "posting", "groups", "agents", "outbox", "access")


def upgrade() -> None:
    for name in UP:
        run_file(op.get_bind(), revision, name)


def downgrade() -> None:
    run_file(op.get_bind(), revision, "down")
