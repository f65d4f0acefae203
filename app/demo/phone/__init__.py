"""A feature phone for trying Piga, in the browser and in the terminal. Demo only."""
