"""Paystack: mobile-money charges, transfers, refunds. Wire facts and sources: README.md."""

NAME = "paystack"
