"""A bind with a message centre: what comes over it is worked here, what is sent goes out here."""
