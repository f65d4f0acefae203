"""Why an e-mail is not written. Each text is a sentence for staff."""

from core.staff.errors import StaffError


class EmailError(StaffError):
    """Base of them all."""


class NoEmailAddress(EmailError):
    """An e-mail address looks like name@example.org."""


class NoEmailAccount(EmailError):
    """This business sends no e-mail yet: `piga email account` says by which server."""


class EmailBounced(EmailError):
    """The last e-mail to that address came back. Another address is needed, or 30 days."""
