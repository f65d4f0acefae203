"""Conversations about rides: of customers, and of drivers, whom the phone calls riders."""
