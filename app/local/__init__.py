"""One machine's Piga: its own Postgres and Valkey, and the processes that serve."""
