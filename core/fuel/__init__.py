"""Fuel: what an oil-marketing company and its stations do."""
