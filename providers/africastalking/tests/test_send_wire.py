"""Sending over a broken wire: what an error proves, and what it never tells."""

import socket
import ssl
import threading
from contextlib import closing
from pathlib import Path

import pytest

from providers import transport
from providers.africastalking import send
from providers.africastalking.fake import Mode
from providers.africastalking.send import SmsSender
from providers.africastalking.tests.sending import E, RawServer, caught
from providers.contracts.messages import Account, NotSent, OutcomeUnknown, Refused, Sms
from providers.simulator.process import Fakes
from tests.support.providers import http_answer


def test_refused_connection_never_left() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    error = caught(f"http://127.0.0.1:{port}")
    assert (type(error), error.code) == (NotSent, "connection_refused")
    assert (error.retryable, error.never_left) == (True, True)


def test_no_such_host_never_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_dns(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", no_dns)
    error = caught("https://api.example.invalid")
    assert (type(error), error.code, error.retryable) == (NotSent, "no_such_host", True)


def test_connect_timeout_never_left() -> None:
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        address = server.getsockname()
        filling = [socket.socket() for _ in range(4)]
        for client in filling:
            client.setblocking(False)
            client.connect_ex(address)
        error = caught(f"http://127.0.0.1:{address[1]}", connect_timeout_s=0.2)
        for client in filling:
            client.close()
    assert (type(error), error.code) == (NotSent, "connect_timeout")


def test_an_unreachable_proxy_never_left(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    error = caught("https://api.example.invalid")
    assert (type(error), error.never_left, error.retryable) == (NotSent, True, True)


def test_silence_after_the_request_is_unknown(fakes: Fakes) -> None:
    fakes.rest.script([Mode("delay", delay_s=0.5)])
    error = caught(f"{fakes.url}/at", read_timeout_s=0.1)
    assert (type(error), error.code) == (OutcomeUnknown, "answer_timeout")
    assert (error.retryable, error.never_left) == (False, False)


@pytest.mark.parametrize(("mode", "kept"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_is_unknown_either_way(fakes: Fakes, mode: str, kept: int) -> None:
    fakes.rest.script([Mode(mode)])
    error = caught(f"{fakes.url}/at")
    assert (type(error), error.code) == (OutcomeUnknown, "connection_dropped")
    assert (error.retryable, error.never_left) == (False, False)
    assert len(fakes.texts.find(lambda _: True)) == kept


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"SSH-2.0-nothing\r\n\r\n",
    ],
    ids=["hung up", "cut short", "bad chunk", "not HTTP"],
)
def test_half_an_answer_is_unknown(answer: bytes | None, raw_server: RawServer) -> None:
    assert type(caught(raw_server(answer))) is OutcomeUnknown


def test_an_untrusted_certificate_never_left(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    self_signed(key, certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def run() -> None:
            connection, _ = server.accept()
            with connection:
                try:
                    context.wrap_socket(connection, server_side=True).close()
                except OSError:
                    return

        thread = threading.Thread(target=run)
        thread.start()
        error = caught(f"https://127.0.0.1:{server.getsockname()[1]}")
        thread.join()
    assert (type(error), error.code) == (Refused, "untrusted_certificate")
    assert (error.retryable, error.never_left, error.alarm) == (False, True, True)


def test_the_authorities_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    self_signed(key, certificate)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    transport._trusting.cache_clear()
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def run() -> None:
            for _ in range(3):
                connection, _ = server.accept()
                with context.wrap_socket(connection, server_side=True) as secured:
                    secured.recv(65536)
                    secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        url = f"https://127.0.0.1:{server.getsockname()[1]}"
        for _ in range(3):
            with transport.session(trust_env=True) as client:
                assert client.post(url, timeout=10).json() == {}
        thread.join()
    assert transport._trusting.cache_info().misses == 1


def self_signed(key: Path, certificate: Path) -> None:
    from datetime import UTC, datetime, timedelta
    from ipaddress import IPv4Address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


# --- checks before any call -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sms", "code"),
    [
        (Sms("250788000105", "Hi"), "invalid_number"),
        (Sms("+0788000105", "Hi"), "invalid_number"),
        (Sms("+250788000105\n", "Hi"), "invalid_number"),
        (Sms("+250788000105,+250788000106", "Hi"), "invalid_number"),
        (Sms("+٢٥٠٧٨٨٠٠٠١٠٥", "Hi"), "invalid_number"),
        (Sms("+1234567890123456", "Hi"), "invalid_number"),
        (Sms(E, " \n"), "empty_text"),
        (Sms(E, "x" * 1_601), "text_too_long"),
        (Sms(E, "Hi", ""), "invalid_sender"),
        (Sms(E, "Hi", "x" * 33), "invalid_sender"),
    ],
)
def test_refused_before_any_call(sms: Sms, code: str) -> None:
    error = caught("http://127.0.0.1:9", sms)
    assert (type(error), error.code) == (Refused, code)
    assert (error.retryable, error.never_left) == (False, True)


@pytest.mark.parametrize(
    "account",
    [
        Account("", "k3y"),
        Account("impuye", ""),
        Account("impuye", "k3y\r\nX-Evil: 1"),
        Account("impuye", "clé"),
        Account("impuye", "k3y", "http://api.example.com"),
        Account("impuye", "k3y", "ftp://127.0.0.1"),
        Account("impuye", "k3y", "api.example.com"),
        Account("impuye", "k3y", "http://127.0.0.1.example.com"),
    ],
    ids=range(8),
)
def test_an_account_that_cannot_be_used(account: Account) -> None:
    with pytest.raises(Refused) as error:
        SmsSender(account)
    assert (error.value.code, error.value.never_left) == ("bad_account", True)
    assert error.value.alarm


# --- what errors tell -------------------------------------------------------------------------


def test_no_error_carries_a_number_a_text_or_a_key(fakes: Fakes, raw_server: RawServer) -> None:
    secret = Sms(E, "Your code is 918273", "IMPUYE")
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    fakes.rest.script([Mode("drop_before"), Mode("http", status=400, body=f"bad {E} 918273 k3y")])
    errors = [
        caught(f"http://127.0.0.1:{port}", secret),
        caught(f"{fakes.url}/at", secret),
        caught(f"{fakes.url}/at", secret),
        caught(raw_server(http_answer(201, "application/json", f'{{"{E}": "918273 k3y"')), secret),
        caught("http://127.0.0.1:9", Sms("07880001055", "918273")),
    ]
    for error in errors:
        assert error.__context__ is None
        assert error.__cause__ is None
        told = f"{error!r} {error} {error.args} {error.detail} {error.sentence} {vars(error)}"
        for value in ("788000105", "918273", "k3y"):
            assert value not in told
    assert "k3y" not in repr(Account("impuye", "k3y"))
    assert "788000105" not in repr(secret)
    assert "918273" not in repr(secret)


def test_every_code_of_ours_has_a_sentence() -> None:
    for code, _, _ in [*send.REFUSALS.values(), *send._HTTP_REFUSALS.values()]:
        assert Refused(code).sentence.endswith(".")
        assert Refused(code).sentence != Refused("nothing known").sentence
    for kind in (NotSent, OutcomeUnknown):
        assert kind("anything").sentence.endswith(".")
