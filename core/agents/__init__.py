"""Agents, their float and the sales they make."""
