"""Postgres: connections, transactions, deadlines."""
