"""Funnels: how many reach each question of a flow, and where they leave."""
