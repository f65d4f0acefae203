"""Money into a wallet by mobile money, and out of it."""
