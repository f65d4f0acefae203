"""Signing in: by passkey, or by password and a second thing; and a link's first use."""
