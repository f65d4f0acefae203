"""Files that people sent, by the Graph API: an id leads to an address, which dies after five
minutes and wants the token as well."""

from __future__ import annotations

import hashlib
import hmac

import orjson

from providers.contracts.files import FileError
from providers.contracts.messages import Account
from providers.download import Downloaded, download
from providers.meta.send import Graph
from providers.transport import place_of

# Where Meta keeps files: the token goes nowhere else, whatever an address says.
HOSTS = ("fbsbx.com", "facebook.com", "whatsapp.net")
DESCRIPTION_BYTES_MAXIMUM = 64 * 1024
# By a library's own name Meta's store answers with a page in place of the file.
HEADERS = {"User-Agent": "piga/1"}
GONE = frozenset({400, 404, 410})


class FileSource:
    """Fetches for one account. Raises Refused (bad_account) when its settings cannot be used."""

    def __init__(self, account: Account) -> None:
        self._graph = Graph(account)

    def fetch(self, reference: str, bytes_maximum: int) -> bytes:
        """A file by its id, or where the webhook names none by its address. Raises FileError."""
        if not reference.isdigit():
            return self._downloaded(reference, "", bytes_maximum, is_last=True)
        for is_last in (False, True):  # an address may die between its answer and its use
            url, size, digest = self._described(reference)
            if size > bytes_maximum:
                raise FileError("too_large")
            content = self._downloaded(url, digest, bytes_maximum, is_last=is_last)
            if content:
                return content
        raise FileError("gone")

    def _described(self, id: str) -> tuple[str, int, str]:
        """Where a file is now, its size, and its SHA-256."""
        answer = self._get(f"{self._graph.url}/{id}", DESCRIPTION_BYTES_MAXIMUM)
        if answer.status != 200:
            raise _refusal(answer.status)
        try:
            found = orjson.loads(answer.content)
            return str(found["url"]), int(found.get("file_size") or 0), str(found.get("sha256", ""))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            raise FileError("unreachable", again=True) from None

    def _downloaded(self, url: str, digest: str, bytes_maximum: int, *, is_last: bool) -> bytes:
        """The bytes; none where the address has died and another may be asked for."""
        if not self._is_metas(url):
            raise FileError("not_ours")
        answer = self._get(url, bytes_maximum)
        if answer.status != 200:
            if answer.status in GONE and not is_last:
                return b""
            raise _refusal(answer.status)
        own = hashlib.sha256(answer.content).hexdigest()
        if not answer.content or (digest and not hmac.compare_digest(own, digest.lower())):
            raise FileError("damaged", again=True)
        return answer.content

    def _is_metas(self, url: str) -> bool:
        place, base = place_of(url), place_of(self._graph.url)
        if place is None or base is None:
            return False
        if (place.scheme, place.netloc) == (base.scheme, base.netloc):
            return True
        host = place.host or ""
        known = any(host == one or host.endswith(f".{one}") for one in HOSTS)
        return place.scheme == "https" and known

    def _get(self, url: str, bytes_maximum: int) -> Downloaded:
        return download(
            url,
            headers=self._graph.headers | HEADERS,
            timeout_s=self._graph.timeout_s,
            bytes_maximum=bytes_maximum,
            trust_env=self._graph.trust_env,
        )


def _refusal(status: int) -> FileError:
    """What a status proves. What an id led to is deleted after thirty days, or by its sender."""
    if status in (401, 403):
        return FileError("credential", again=True)
    return FileError("gone") if status in GONE else FileError("unreachable", again=True)
