"""Exports: lists written into a file by a job, kept for some days, taken by who asked for them."""
