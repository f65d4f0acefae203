"""Texts that devices forward become money."""
