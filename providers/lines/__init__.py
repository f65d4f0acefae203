"""Wires that are a TCP connection of ours: made, kept, and made again. No company is known here."""
