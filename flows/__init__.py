"""The conversations: one state machine a folder, and the kit that they all stand on."""
