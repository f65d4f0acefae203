"""The front door: webhooks in and replies out, the phone page, the command line."""
