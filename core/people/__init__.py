"""People as a tenant knows them, their addresses and their PINs."""
