"""A service is found with the codes that go on from its own, so that digits dialled after a code
(an amount, say) need not be looked up each time."""

from alembic import op

from core.migrations.files import run_file

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_file(op.get_bind(), revision, "up")


def downgrade() -> None:
    run_file(op.get_bind(), revision, "down")
