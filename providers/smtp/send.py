"""One e-mail to one address, over one connection.

send(Server("mail.example.org", 587, "starttls", "piga", "…"), message, to="a@example.org")
"""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Final, Literal

TIMEOUT_S: Final = 20.0
# From here on a server says no for ever (RFC 5321, 4.2.1).
FOR_EVER: Final = 500


@dataclass(frozen=True, slots=True)
class Server:
    """Where e-mail leaves by. `username` is '' where the server asks for none."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    username: str = ""
    password: str = field(default="", repr=False)


class Refused(Exception):
    """It did not leave. `is_address`: the server will take no e-mail to that address, ever.
    `is_account`: it does not take ours, whatever the address. Else it may be tried again. The text
    names the step and the server's code, never its words: those name addresses."""

    def __init__(self, step: str, code: int, *, is_address: bool, is_account: bool) -> None:
        self.is_address = is_address
        self.is_account = is_account
        super().__init__(f"{step} {code}" if code else step)


def send(
    server: Server,
    message: EmailMessage,
    *,
    sender: str,
    to: str,
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
) -> None:
    """Hand an e-mail over. Raises Refused, and ValueError for a server that may not be spoken to
    without encryption."""
    if server.security == "none" and (server.username or not is_here(server.host)):
        raise ValueError("without encryption only a server on this machine is spoken to")
    try:
        with _connected(server, tls) as smtp:
            _hand_over(smtp, server, message, sender, to)
    except Refused:
        raise
    except ssl.SSLError:
        raise Refused("TLS", 0, is_address=False, is_account=True) from None
    except smtplib.SMTPNotSupportedError:
        raise Refused("STARTTLS", 0, is_address=False, is_account=True) from None
    except smtplib.SMTPResponseException as refused:
        raise Refused("greeting", refused.smtp_code, is_address=False, is_account=False) from None
    except (OSError, smtplib.SMTPException) as away:
        raise Refused(type(away).__name__, 0, is_address=False, is_account=False) from None


def is_here(host: str) -> bool:
    """Whether a host is this machine, by its name or number."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _connected(server: Server, tls: Callable[[], ssl.SSLContext]) -> smtplib.SMTP:
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=tls())
    smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    if server.security == "starttls":
        try:
            smtp.starttls(context=tls())
        except BaseException:
            smtp.close()
            raise
    return smtp


def _hand_over(
    smtp: smtplib.SMTP, server: Server, message: EmailMessage, sender: str, to: str
) -> None:
    if server.username:
        try:
            smtp.login(server.username, server.password)
        except smtplib.SMTPResponseException as refused:
            code = refused.smtp_code
            raise Refused("AUTH", code, is_address=False, is_account=code >= FOR_EVER) from None
    try:
        smtp.send_message(message, sender, [to])
    except smtplib.SMTPRecipientsRefused as refused:
        code = refused.recipients[to][0]
        raise Refused("RCPT", code, is_address=code >= FOR_EVER, is_account=False) from None
    except smtplib.SMTPSenderRefused as refused:
        code = refused.smtp_code
        raise Refused("MAIL", code, is_address=False, is_account=code >= FOR_EVER) from None
    except smtplib.SMTPDataError as refused:
        raise Refused("DATA", refused.smtp_code, is_address=False, is_account=False) from None
