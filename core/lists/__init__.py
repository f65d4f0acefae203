"""Lists of what a tenant has, as its domains bring them: read page by page, by a key."""
