"""A message through Twilio's own client, once, and what its answer proves.

The client is given a connection of ours: its own one waits for ever where no time-out is named, has
one time-out for connecting and reading, keeps connections alive (on one that the other side has
just closed nobody can tell whether the message left), and writes addresses into the log.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.response import Response

from providers.contracts.messages import Account, OutcomeUnknown, Refused, SendError, Sent
from providers.limits import ANSWER_MAX_BYTES, CONNECT_TIMEOUT_S, READ_TIMEOUT_S
from providers.simulator.loopback import is_loopback_host
from providers.transport import failure, may_carry_secret, session
from providers.twilio.errors import refusal
from providers.twilio.statuses import REFERENCE

if TYPE_CHECKING:
    from twilio.rest import Client

BASE_URL: Final = "https://api.twilio.com"
# Where reports go, and again, for whoever could not take one.
AGAIN: Final = "#rc=5&rp=all"
_ACCOUNT_SID = re.compile(r"AC[0-9a-f]{32}")
_ANY_SID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # the fakes know accounts by other names
_API_KEY = re.compile(r"SK[0-9a-f]{32}")
_SERVICE_SID = re.compile(r"MG[0-9a-f]{32}")
_SECRET = re.compile(r"[\x21-\x7e]{1,256}")
_MESSAGE_SID = re.compile(r"[SM]M[0-9a-f]{32}")
_WORD = re.compile(r"[a-z_]{1,40}")


class Connection:
    """What the package asks of its connection: one for each request, with a time-out for both its
    halves. No answer is endless."""

    def __init__(self, connect_s: float, read_s: float, *, through_proxy: bool) -> None:
        self._timeout_s = (connect_s, read_s)
        self._through_proxy = through_proxy

    def request(  # noqa: PLR0917 - as the package calls it
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Raises requests.RequestException."""
        request: dict[str, Any] = {"params": params, "data": data, "headers": headers, "auth": auth}
        with (
            session(trust_env=self._through_proxy) as client,
            client.request(
                method, uri, timeout=self._timeout_s, allow_redirects=False, stream=True, **request
            ) as response,
        ):
            body = b""
            for chunk in response.iter_content(16 * 1024):
                body += chunk
                if len(body) > ANSWER_MAX_BYTES:
                    break
            return Response(response.status_code, body.decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Credential:
    """Who we are at Twilio, and how it is reached. `user` and `secret` are what a request shows."""

    base_url: str
    account_sid: str
    user: str
    secret: str = field(repr=False)
    timeout_s: tuple[float, float]
    is_loopback: bool

    @classmethod
    def of(cls, account: Account) -> Credential:
        """Raises Refused (code bad_account) when the account's settings cannot be used."""
        base_url = (account.base_url or BASE_URL).rstrip("/")
        api_key = account.option("api_key")
        is_loopback = is_loopback_host(urlsplit(base_url).hostname or "")
        sid = _ANY_SID if is_loopback else _ACCOUNT_SID
        if (
            not sid.fullmatch(account.username)
            or not _SECRET.fullmatch(account.secret)
            or (api_key and not _API_KEY.fullmatch(api_key))
            or not may_carry_secret(base_url)
        ):
            raise Refused("bad_account", never_left=True, alarm=True)
        timeout_s = (
            account.connect_timeout_s or CONNECT_TIMEOUT_S,
            account.read_timeout_s or READ_TIMEOUT_S,
        )
        return cls(
            *(base_url, account.username, api_key or account.username, account.secret),
            timeout_s=timeout_s,
            is_loopback=is_loopback,
        )


def client_of(account: Account) -> Client:
    """Twilio's client for an account. Raises Refused (bad_account)."""
    return _client(Credential.of(account))


def _client(credential: Credential) -> Client:
    # Of a quarter of a second, so only where something is sent.
    from twilio.rest import Client

    made = Client(
        credential.user,
        credential.secret,
        credential.account_sid,
        http_client=Connection(*credential.timeout_s, through_proxy=not credential.is_loopback),
        # An empty environment: settings of another program of this machine are none of ours.
        environment={"PIGA": ""},
    )
    made.api.base_url = credential.base_url
    return made


class Messages:
    """Sends for one account. Holds no connection and no state: threads may share it.

    Raises Refused (code bad_account) when the account's settings cannot be used.
    """

    def __init__(self, account: Account) -> None:
        credential = Credential.of(account)
        self.is_loopback = credential.is_loopback
        self._service = account.option("messaging_service")
        if self._service and not _SERVICE_SID.fullmatch(self._service):
            raise Refused("bad_account", never_left=True, alarm=True)
        self._client = _client(credential)

    @property
    def has_pool(self) -> bool:
        """Whether Twilio chooses a sender where none is named."""
        return bool(self._service)

    def send(self, fields: dict[str, Any], *, report_url: str, reference: str) -> Sent:
        """One message, once. Raises NotSent, Refused or OutcomeUnknown.

        There is no key by which Twilio would know a request again. So our own id goes along in the
        address for reports: where the answer is lost, a report still says what became of it.
        """
        if self._service:
            fields = fields | {"messaging_service_sid": self._service}
        callback = self._callback(report_url, reference)
        if callback:
            fields = fields | {"status_callback": callback}
        failed: SendError
        try:
            made = self._client.messages.create(**fields)
        except requests.RequestException as error:
            failed = failure(error)
        except TwilioException as error:
            # Two sorts, neither of which is the other: both have a status and a code.
            failed = refused(getattr(error, "status", None), getattr(error, "code", None))
        except (ValueError, TypeError, KeyError, AttributeError):
            failed = OutcomeUnknown("unreadable_answer")
        else:
            found = sent(made.sid, made.status)
            if isinstance(found, Sent):
                return found
            failed = found
        # Raised out here, so that no error drags along a cause that quotes the number or the text.
        raise failed

    def _callback(self, report_url: str, reference: str) -> str:
        """Where reports go; '' where Twilio could not reach it, which would refuse the message."""
        try:
            host = urlsplit(report_url).hostname or ""
        except ValueError:
            return ""
        if not host or not reference or (is_loopback_host(host) and not self.is_loopback):
            return ""
        return f"{report_url}?{REFERENCE}={quote(reference, safe='-')}{AGAIN}"


def sent(sid: object, status: object) -> Sent | SendError:
    """An answer of success. One without an id, such as 204 with no body, says nothing."""
    if not isinstance(sid, str) or not _MESSAGE_SID.fullmatch(sid):
        return OutcomeUnknown("unreadable_answer")
    word = status if isinstance(status, str) and _WORD.fullmatch(status) else "accepted"
    return Sent(sid, None, word)


def refused(status: object, code: object) -> SendError:
    """An answer that is an error. Where it has no code, the client says the HTTP status again."""
    if not isinstance(status, int):
        return OutcomeUnknown("unreadable_answer")
    if isinstance(code, str) and code.isascii() and code.isdigit():
        code = int(code[:9])
    return refusal(status, code if isinstance(code, int) and code != status else None)
