"""Services, their webhook addresses, and alarms."""
