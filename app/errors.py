"""What keeps a command from working."""


class OperatorError(Exception):
    """One sentence for the person at the command line: what is wrong, what to do; no secret."""
