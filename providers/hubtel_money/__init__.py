"""Hubtel: receive and send mobile money in Ghana. Wire facts and sources: README.md."""

NAME = "hubtel_money"
CURRENCY = "GHS"
