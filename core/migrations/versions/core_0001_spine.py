"""The spine: tenants, people, money, savings groups, agents, texts and the turn log."""

from pathlib import Path

from alembic import op

from core.migrations.files import run_file

revision = "core_0001"
down_revision = None
branch_labels = ("core",)
depends_on = None

SQL = Path(__file__).parents[1] / "sql" / revision
# Tables by domain, the functions over them, then who may do what.
UP = (
    "roles",
    "tenants",
    "people",
    "audit",
    "approvals",
    "staff",
    "money",
    "posting",
    "payments",
    "texts",
    "savings",
    "meetings",
    "share_outs",
    "reminders",
    "loans",
    "places",
    "rides",
    "fuel",
    "fuel_sales",
    "fuel_complaints",
    "fuel_stock",
    "clients",
    "agents",
    "outbox",
    "inbox",
    "messaging",
    "sign_in",
    "broadcasts",
    "rates",
    "orders",
    "analytics",
    "alarms",
    "events",
    "ordering",
    "trade_credit",
    "exports",
    "email",
    "live",
    "access",
    "fuel_scopes",
    "lookups",
    "partitions",
)


def upgrade() -> None:
    for name in UP:
        run_file(op.get_bind(), SQL / f"{name}.sql")


def downgrade() -> None:
    run_file(op.get_bind(), SQL / "down.sql")
