"""E-mail handed to a server that others wrote: aiosmtpd."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from providers.smtp.send import Refused, Server, send
from tests.support.smtp import Taken, served

FROM, TO = "piga@example.org", "ann@example.org"


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = FROM, TO, "Ikigega"
    made["Message-ID"] = "<1@example.org>"
    made.set_content("Amafaranga yawe: 5 000 RWF é\n.\n")
    return made


@pytest.fixture
def taken() -> Taken:
    return Taken()


def test_it_arrives_as_it_was_written(taken: Taken) -> None:
    with served(taken) as port:
        send(Server("127.0.0.1", port, "none"), message(), sender=FROM, to=TO)
    [came] = taken.messages
    assert b"Message-ID: <1@example.org>" in came
    assert b"Subject: Ikigega" in came


@pytest.mark.parametrize(
    ("rcpt", "data", "said", "is_address"),
    [
        ("550 5.1.1 no such user", "250 OK", "RCPT 550", True),
        ("450 4.2.1 try later", "250 OK", "RCPT 450", False),
        ("250 OK", "554 5.7.1 spam", "DATA 554", False),
        ("250 OK", "451 4.3.0 try later", "DATA 451", False),
    ],
)
def test_what_a_server_refuses(
    taken: Taken, rcpt: str, data: str, said: str, *, is_address: bool
) -> None:
    taken.rcpt, taken.data = rcpt, data
    with served(taken) as port, pytest.raises(Refused) as refused:
        send(Server("127.0.0.1", port, "none"), message(), sender=FROM, to=TO)
    assert (str(refused.value), refused.value.is_address) == (said, is_address)
    assert not refused.value.is_account


def test_a_server_that_is_away_may_be_asked_again(taken: Taken) -> None:
    with served(taken) as port:
        pass
    with pytest.raises(Refused, match="ConnectionRefusedError") as refused:
        send(Server("127.0.0.1", port, "none"), message(), sender=FROM, to=TO)
    assert not refused.value.is_address
    assert not refused.value.is_account


def test_without_encryption_no_other_machine_is_spoken_to_and_no_password_said() -> None:
    for server in (
        Server("mail.example.org", 25, "none"),
        Server("127.0.0.1", 25, "none", username="piga", password="x"),
    ):
        with pytest.raises(ValueError, match="without encryption"):
            send(server, message(), sender=FROM, to=TO)


def test_a_password_is_said_behind_starttls_and_a_wrong_one_is_the_accounts(
    taken: Taken, tmp_path: Path
) -> None:
    certificate, trusted = _certificate(tmp_path)

    def right(_server: Any, _session: Any, _envelope: Any, _way: str, said: Any) -> AuthResult:
        assert isinstance(said, LoginPassword)
        return AuthResult(success=said.password == b"right", handled=False)

    options = {"tls_context": certificate, "authenticator": right, "auth_require_tls": True}
    with served(taken, **options, auth_required=True, require_starttls=True) as port:
        good = Server("localhost", port, "starttls", "piga", "right")
        send(good, message(), sender=FROM, to=TO, tls=trusted)
        wrong = Server("localhost", port, "starttls", "piga", "wrong")
        with pytest.raises(Refused, match="AUTH 535") as refused:
            send(wrong, message(), sender=FROM, to=TO, tls=trusted)
        assert refused.value.is_account
        # A certificate that nobody we trust has signed.
        with pytest.raises(Refused, match="TLS") as refused:
            send(good, message(), sender=FROM, to=TO)
        assert refused.value.is_account
    assert len(taken.messages) == 1
    with served(taken) as port, pytest.raises(Refused, match="STARTTLS"):
        send(Server("localhost", port, "starttls"), message(), sender=FROM, to=TO, tls=trusted)


def _certificate(folder: Path) -> tuple[ssl.SSLContext, Callable[[], ssl.SSLContext]]:
    """A server's side with a certificate for localhost, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context, lambda: ssl.create_default_context(cafile=path)
