"""What a customer approved or refused last is found at once."""

from alembic import op

from core.migrations.files import run_file

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_file(op.get_bind(), revision, "up")


def downgrade() -> None:
    run_file(op.get_bind(), revision, "down")
