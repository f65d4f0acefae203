"""A day of a wallet, three ways: our books, the provider's statement, the network's word."""
