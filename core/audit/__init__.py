"""Who changed what, as rows."""
