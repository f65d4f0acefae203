"""The job that sends e-mail."""
