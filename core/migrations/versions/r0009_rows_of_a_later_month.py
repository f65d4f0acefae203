"""Rows of a later month make no obstacle to its partition."""

from alembic import op

from core.migrations.files import run_file

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_file(op.get_bind(), revision, "up")


def downgrade() -> None:
    run_file(op.get_bind(), revision, "down")
