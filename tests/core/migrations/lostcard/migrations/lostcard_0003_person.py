"""A report is found by its person."""

from alembic import op

from core.migrations.tables import index_beside_traffic

revision = "lostcard_0003"
down_revision = "lostcard_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    index_beside_traffic("lost_card_person", "lost_card", ["tenant_id", "subscriber_id"])


def downgrade() -> None:
    op.drop_index("lost_card_person", "lost_card")
