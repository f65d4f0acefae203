"""Why there is no export, or no file. Each text is a sentence for who asks."""

from core.approvals.errors import ApprovalError


class ExportError(ApprovalError):
    """Base of them all."""


class NoSuchExport(ExportError):
    """There is no such export. Files are kept for seven days."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NotReady(ExportError):
    """The file is not written yet."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class WrongExport(ExportError):
    """That cannot be exported so. The text says why."""


class TooManyExports(ExportError):
    """Too many exports of yours are being written. Wait for one of them."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)
