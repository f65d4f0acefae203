"""Flutterwave's transfer rates. README.md says what is known of the wire."""

NAME = "flutterwave_rates"
