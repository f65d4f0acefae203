"""Backups by Postgres's own programs, and coming back from one."""
