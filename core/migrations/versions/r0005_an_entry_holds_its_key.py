"""An entry holds its idempotency key itself, and an account has one line in it."""

from alembic import op

from core.migrations.files import run_file

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("entry", "lines", "posting", "access", "ledger"):
        run_file(op.get_bind(), revision, name)


def downgrade() -> None:
    run_file(op.get_bind(), revision, "down")
    run_file(op.get_bind(), "0003", "posting")
    run_file(op.get_bind(), revision, "ledger")
