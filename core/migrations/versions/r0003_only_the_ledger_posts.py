"""Only the ledger's functions write its books: they work as a role of their own, and the
application may no longer write an entry, a posting, a key, a hold or a balance by itself."""

from alembic import op

from core.migrations.files import run_file

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("role", "posting", "books", "access"):
        run_file(op.get_bind(), revision, name)


def downgrade() -> None:
    run_file(op.get_bind(), revision, "down")
    # As they were: the owner's, working with the caller's rights.
    run_file(op.get_bind(), "0001", "posting")
