"""The way in of callbacks: one loop a process, which serves all of them in one thread."""
