"""A report is open or closed."""

import sqlalchemy as sa
from alembic import op

from core.migrations.tables import rows_of_all_tenants

revision = "lostcard_0002"
down_revision = "lostcard_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lost_card", sa.Column("state", sa.Text(), nullable=False, server_default="open"))
    with rows_of_all_tenants("lost_card"):
        op.execute("UPDATE lost_card SET state = 'closed' WHERE words = 'found again'")
    op.execute("GRANT UPDATE (state) ON lost_card TO piga_app")


def downgrade() -> None:
    op.drop_column("lost_card", "state")
