"""Menu trees: drawn, and looked at as each kind of phone shows them."""
