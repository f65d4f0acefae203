"""What keeps a command from working."""


class OperatorError(Exception):
    """One sentence for whoever typed the command: what is wrong, what to do; no secret in it."""
