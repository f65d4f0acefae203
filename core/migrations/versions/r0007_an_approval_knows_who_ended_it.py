"""An approval knows the session that ended it."""

from alembic import op

from core.migrations.files import run_file

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_file(op.get_bind(), revision, "up")


def downgrade() -> None:
    run_file(op.get_bind(), revision, "down")
