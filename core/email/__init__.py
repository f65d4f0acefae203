"""E-mail out: written with the fact that causes it, sent by a job, bounces known."""
