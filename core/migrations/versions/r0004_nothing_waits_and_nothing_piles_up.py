"""Housekeeping that no payment waits for, over indexes by age; and an end for old turns and for
intents that came to nothing."""

from alembic import op

from core.migrations.files import run_file

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_file(op.get_bind(), revision, "up")


def downgrade() -> None:
    run_file(op.get_bind(), revision, "down")
