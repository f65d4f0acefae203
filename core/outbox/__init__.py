"""What must happen after a transaction, as rows."""
