"""The tenant's own bookings: what two officers move between accounts."""
