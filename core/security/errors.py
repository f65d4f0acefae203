"""What is wrong with the keys."""


class SecretMismatch(Exception):
    """PIGA_KEY is not the key that this database was set up with."""
