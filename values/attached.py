"""A file that somebody sent, as an answer names it: in a text as a URN (RFC 9562), whose id nobody
can guess and no phone is shown."""

import re
import uuid
from dataclasses import dataclass
from typing import Final

_URN: Final = re.compile(r"urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """`id` is that of `core/inbox/files.py`. Its bytes may still be on their way, or refused."""

    id: uuid.UUID


def file_urn(id: uuid.UUID) -> str:
    """A file as a text."""
    return id.urn


def from_file_urn(text: str) -> AttachedFile | None:
    """The file that a text names; None where it is no such text."""
    found = _URN.fullmatch(text)
    return AttachedFile(uuid.UUID(found[1])) if found else None
