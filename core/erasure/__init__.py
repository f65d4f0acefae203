"""Somebody's data is erased: what is said of them goes, and the books stay whole."""
