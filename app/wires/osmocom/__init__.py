"""A GSM core: hops that osmo-hlr hands to us over a connection of ours, and their screens."""
