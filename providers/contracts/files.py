"""Files that people send in a chat: had from their provider by what its webhook names."""

from __future__ import annotations

from typing import Protocol

from providers.contracts.errors import ProviderError


class FileError(ProviderError):
    """A file was not had. `code` is gone, too_large, damaged, not_ours, credential or unreachable;
    `again`: it may be had later."""

    def __init__(self, code: str, *, again: bool = False) -> None:
        super().__init__(code)
        self.again = again


class FileSource(Protocol):
    """Fetches a file; `reference` is `InboundMedia.reference`. Raises FileError."""

    def fetch(self, reference: str, bytes_maximum: int) -> bytes: ...
