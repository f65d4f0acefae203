"""E-mail out by a mail server."""
