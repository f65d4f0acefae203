"""Airtel Money: collections, disbursements, refunds. Wire facts and sources: README.md."""

NAME = "airtel_money"
