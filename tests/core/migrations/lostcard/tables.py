"""The table of lost cards, as its revisions leave it."""

from sqlalchemy import Index, MetaData, PrimaryKeyConstraint, Table

from core.db.tables import id_of, of_tenant, refers, words


def add_to(metadata: MetaData) -> None:
    """On a MetaData of the test's own: other tests know of no such domain."""
    Table(
        "lost_card",
        metadata,
        of_tenant(),
        id_of("id"),
        id_of("subscriber_id"),
        words("words"),
        words("state", default="'open'"),
        PrimaryKeyConstraint("tenant_id", "id"),
        refers("subscriber_id", "subscriber"),
        Index("lost_card_person", "tenant_id", "subscriber_id"),
    )
