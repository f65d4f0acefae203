"""The ledger, intents, holds, freezes, and the proof that the books are right."""
