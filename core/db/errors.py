"""What can keep a transaction from answering."""


class Unavailable(Exception):
    """Postgres did not answer within what was left of the deadline; nothing was changed."""


class ClockOff(Unavailable):
    """This host's clock is too far from the database's for money to move; nothing was changed."""


class OutcomeUnknown(Exception):
    """The COMMIT was sent and its answer was lost: it may or may not have happened."""
