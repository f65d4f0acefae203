"""The job that writes exports."""
