"""Conversations about oneself: register, balances, receipts, PIN, language."""
