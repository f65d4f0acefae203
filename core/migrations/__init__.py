"""The schema's history: Alembic revisions that run both ways on real data."""
