"""Flutterwave v3: mobile-money charges, transfers, refunds. Wire facts and sources: README.md."""

NAME = "flutterwave"
