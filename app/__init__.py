"""What stands in front: webhooks, the phone page, the command line."""
