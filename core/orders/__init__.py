"""Goods for shops: what is sold, what it costs, and prices that are promised."""
