"""A request to a company, once: what a failed one proves, and where a secret may travel."""

from __future__ import annotations

import ipaddress
import os
import ssl
from functools import cache
from typing import Any

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.util import Url, parse_url

from providers.contracts.messages import NotSent, OutcomeUnknown, Refused, SendError
from providers.exchange import Recorded
from providers.simulator.loopback import is_loopback_host


@cache
def _trusting(bundle: str) -> ssl.SSLContext:
    """Whom a file or a folder of authorities makes trusted. To read them takes 20 ms of a
    processor, as long as a dozen requests: once a process."""
    if os.path.isdir(bundle):
        return ssl.create_default_context(capath=bundle)
    return ssl.create_default_context(cafile=bundle)


class _HttpsAdapter(HTTPAdapter):
    """Trusts as requests does, and does not read the authorities for each connection anew."""

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: bool | str, cert: Any = None
    ) -> Any:
        found: Any = super().build_connection_pool_key_attributes(request, verify, cert)
        host, pool = found
        named = pool.pop("ca_certs", None) or pool.pop("ca_cert_dir", None)
        pool["ssl_context"] = _trusting(named or DEFAULT_CA_BUNDLE_PATH)
        return host, pool

    def cert_verify(self, conn: Any, url: str, verify: bool | str, cert: Any) -> None:
        conn.cert_reqs = "CERT_REQUIRED"  # by the context above, which has them


def session(*, trust_env: bool) -> requests.Session:
    """For one request, and a connection of its own. `trust_env`: by the proxy that the environment
    names, and trusting whom it names."""
    made = Recorded()
    made.trust_env = trust_env
    made.mount("https://", _HttpsAdapter())
    return made


def failure(error: requests.RequestException, message_id: str | None = None) -> SendError:
    """What a transport error proves: that nothing left, or nothing at all. `message_id` is what a
    report will call the message all the same, where that is known."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    cause = reason.args[0] if isinstance(reason, Exception) and reason.args else None
    unreachable = (
        (isinstance(error, requests.exceptions.ConnectTimeout), "connect_timeout"),
        # Only https goes through a proxy, and its tunnel stands before the first byte leaves.
        (isinstance(error, requests.exceptions.ProxyError), "proxy_unreachable"),
        (isinstance(reason, urllib3.exceptions.NameResolutionError), "no_such_host"),
        (isinstance(reason, urllib3.exceptions.NewConnectionError), "connection_refused"),
    )
    for proven, code in unreachable:
        if proven:
            return NotSent(code)
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader):
        return Refused("bad_account", never_left=True, alarm=True)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Refused("untrusted_certificate", never_left=True, alarm=True)
    timed_out = isinstance(error, requests.exceptions.Timeout)
    code = "answer_timeout" if timed_out else "connection_dropped"
    return OutcomeUnknown(code, message_id=message_id)


def is_private_host(host: str) -> bool:
    """An address of this machine, or one of a network that is nobody else's, such as a VPN's."""
    if is_loopback_host(host):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_private
    except ValueError:
        return False


def place_of(url: str) -> Url | None:
    """Where a request to a URL goes, as the client reads it; None for what is no URL. Of
    https://one\\@two/ `urlsplit` takes two for the host, and the client connects to one."""
    try:
        return parse_url(url)
    except ValueError:
        return None


def may_carry_secret(url: str, *, private: bool = False) -> bool:
    """Whether a secret may be sent there: over https, or without it to this machine; with `private`
    to an address of a private network as well."""
    place = place_of(url)
    if place is None:
        return False
    if place.scheme == "https":
        return bool(place.host)
    host = place.host or ""
    near = is_private_host(host) if private else is_loopback_host(host)
    return place.scheme == "http" and near
