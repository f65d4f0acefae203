"""How one signs in oneself, and where."""
