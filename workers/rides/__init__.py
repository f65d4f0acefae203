"""What rides keep outside Postgres."""
