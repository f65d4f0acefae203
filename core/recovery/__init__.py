"""A forgotten PIN is not a lost wallet: two officers let its person choose a new one."""
