"""Days of wallets beside their providers' statements: compared, closed, and opened again by two."""
