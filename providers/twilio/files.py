"""Files that people sent, by Twilio's API: behind the account's own key, and then at another host's
address, which is signed and gets no key."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from providers.contracts.files import FileError
from providers.contracts.messages import Account
from providers.download import Downloaded, download
from providers.transport import may_carry_secret
from providers.twilio.client import Credential

_PATH = re.compile(
    r"/2010-04-01/Accounts/[A-Za-z0-9_-]{1,64}/Messages/[SM]M[0-9a-f]{32}/Media/ME[0-9a-f]{32}"
)
API_HOST = "api.twilio.com"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
REDIRECTS_MAXIMUM = 3


class FileSource:
    """Fetches for one account. Raises Refused (bad_account) when its settings cannot be used."""

    def __init__(self, account: Account) -> None:
        self._credential = Credential.of(account)

    def fetch(self, reference: str, bytes_maximum: int) -> bytes:
        """A file by its address. Raises FileError."""
        answer = self._get(self._own_address(reference), bytes_maximum, with_key=True)
        for _ in range(REDIRECTS_MAXIMUM):
            if answer.status not in REDIRECTS:
                break
            answer = self._get(self._next(reference, answer), bytes_maximum, with_key=False)
        match answer.status:
            case 200 if answer.content:
                return answer.content
            case 401 | 403:
                raise FileError("credential", again=True)
            case 404 | 410:
                raise FileError("gone")
        raise FileError("unreachable", again=True)

    def _own_address(self, reference: str) -> str:
        """The path of a file at the account's own base: the key goes to no host that a webhook
        names. Raises FileError."""
        try:
            parts = urlsplit(reference)
        except ValueError:
            raise FileError("not_ours") from None
        if parts.scheme != "https" or parts.netloc != API_HOST or not _PATH.fullmatch(parts.path):
            raise FileError("not_ours")
        return f"{self._credential.base_url}{parts.path}"

    def _next(self, reference: str, answer: Downloaded) -> str:
        url = urljoin(self._own_address(reference), answer.location)
        if not answer.location or not may_carry_secret(url):  # what signs it is in it
            raise FileError("unreachable", again=True)
        return url

    def _get(self, url: str, bytes_maximum: int, *, with_key: bool) -> Downloaded:
        credential = self._credential
        return download(
            url,
            auth=(credential.user, credential.secret) if with_key else None,
            timeout_s=credential.timeout_s,
            bytes_maximum=bytes_maximum,
            trust_env=not credential.is_loopback,
        )
