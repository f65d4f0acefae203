"""The console: what staff see and decide, in a browser. See docs/howto/add-a-page.md."""
