"""Functions that work as their owner look no name up where their caller can put one; and each lock
of a PIN lasts longer than the one before."""

from alembic import op

from core.migrations.files import run_file

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("names", "posting", "housekeeping"):
        run_file(op.get_bind(), revision, name)
    run_file(op.get_bind(), "0005", "ledger")  # hands them to the ledger's role
    run_file(op.get_bind(), revision, "pins_up")


def downgrade() -> None:
    run_file(op.get_bind(), revision, "pins_down")
    run_file(op.get_bind(), revision, "down")
    run_file(op.get_bind(), "0003", "posting")
    run_file(op.get_bind(), "0005", "posting")
    run_file(op.get_bind(), "0005", "ledger")
