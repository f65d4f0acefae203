"""The mark by which an installation knows a tenant's folder again.

A folder says which tenant it is of by its slug alone, and a copy of a neighbour's says so too. So
the first apply leaves a file in the folder, `tenant.mark`, which only this installation's key can
make; and it holds for a folder of that name, so that a copy beside the original has no valid one.
It is no secret: it is kept with the folder, in version control too.
"""

import hmac
import uuid
from pathlib import Path

from core.security.keyring import Keyring

FILE = "tenant.mark"
_ABOUT = "# Written by `piga tenant apply`; it shows that this folder is that of {slug}. Keep it.\n"


def is_marked(folder: Path, keys: Keyring, tenant_id: uuid.UUID) -> bool:
    """Whether the folder carries this installation's mark of that tenant."""
    try:
        text = (folder / FILE).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    lines = [line.strip() for line in text.splitlines() if not line.startswith("#")]
    wanted = keys.folder_mark(tenant_id, folder.resolve().name)
    return any(hmac.compare_digest(line.encode(), wanted.encode()) for line in lines)


def write_mark(folder: Path, keys: Keyring, tenant_id: uuid.UUID, slug: str) -> None:
    """Leave the mark in the folder. Raises OSError where it cannot be written."""
    mark = keys.folder_mark(tenant_id, folder.resolve().name)
    (folder / FILE).write_text(f"{_ABOUT.format(slug=slug)}{mark}\n", "utf-8")
