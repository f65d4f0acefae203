"""Cards that somebody reported as lost."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from core.migrations.tables import tenant_table

revision = "lostcard_0001"
down_revision = None
branch_labels = ("lostcard",)
depends_on = "core_0001"


def upgrade() -> None:
    tenant_table(
        "lost_card",
        sa.Column("id", UUID(), nullable=False),
        sa.Column("subscriber_id", UUID(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "subscriber_id"], ["subscriber.tenant_id", "subscriber.id"]
        ),
    )


def downgrade() -> None:
    op.drop_table("lost_card")
