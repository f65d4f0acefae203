"""Integrat's events and the requests that show screens, table by table."""

import pytest

from providers.contracts.errors import BadPayload
from providers.contracts.messages import Account, NotSent, OutcomeUnknown, Refused
from providers.contracts.ussd import UssdEnded, UssdHop
from providers.contracts.webhooks import Batch
from providers.integrat.events import parse
from providers.integrat.fake import Integrat, event
from providers.integrat.reply import document, reply

NUMBER = "+27820001234"
CODE = "*120*384#"


def hop(kind: str, text: str = "", **changed: str) -> UssdHop:
    told = {"session": "s-1", "msisdn": NUMBER, "code": CODE} | changed
    found = parse(event(kind=kind, text=text, **told))
    assert isinstance(found, UssdHop)
    assert found.last is not None
    return found


def test_a_dial_is_one_hop_of_three_events() -> None:
    for kind, text in (("New", ""), ("Request", "REQ")):
        assert parse(event("s-1", kind, NUMBER, CODE, text)) == Batch(())
    opened = hop("Open", code="*120*384*1*500#")
    assert (opened.session_id, opened.address, opened.text) == ("s-1", NUMBER, "")
    assert opened.last is not None
    assert (opened.last.is_first, opened.last.dialled) == (True, "*120*384*1*500#")
    assert opened.network == "655001"


@pytest.mark.parametrize(
    ("kind", "text", "msisdn", "address"),
    [
        ("Request", "1", "27820001234", NUMBER),
        ("Request", "Uwera & Ana <3>", NUMBER, NUMBER),
        ("request", "", NUMBER, NUMBER),
        ("Request", "öæł", "0820001234", "0820001234"),
        ("Resume", "7", NUMBER, NUMBER),
    ],
)
def test_answers(kind: str, text: str, msisdn: str, address: str) -> None:
    read = hop(kind, text, msisdn=msisdn)
    assert (read.text, read.address) == (text, address)
    assert read.last is not None
    assert read.last.is_first is False


def test_the_end() -> None:
    over = parse(event("s-1", "Close", NUMBER, CODE, "2748"))
    assert isinstance(over, UssdEnded)
    assert (over.session_id, over.service_code, over.status) == ("s-1", CODE, "unknown")
    assert "2748" not in repr(over)


@pytest.mark.parametrize(
    ("body", "unknown"),
    [
        (event("s-1", "Push", NUMBER, CODE), "event push"),
        (b'<Message><Response Type="OnReceiveSMS"><OnReceiveSMS/></Response></Message>', None),
        (b'<Message><Response Type="OnResult"/></Message>', "OnResult"),
        (b"<Message/>", "no_type"),
    ],
)
def test_what_is_no_hop_is_acknowledged_and_named(body: bytes, unknown: str | None) -> None:
    assert parse(body) == Batch((), unknown=(unknown or "OnReceiveSMS",))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not_xml"),
        (b"<Message>", "not_xml"),
        (b'<!DOCTYPE a><Message><Response Type="OnUSSEvent"/></Message>', "document_type"),
        (event("", "Request", NUMBER, CODE, "1"), "SessionID: missing"),
        (event("s" * 200, "Request", NUMBER, CODE, "1"), "SessionID: too_long"),
        (event("s-1", "Request", "nobody", CODE, "1"), "MSISDN: not_a_phone_number"),
        (event("s-1", "Open", NUMBER, "menu"), "ConnStr: not_a_code"),
        (event("s-1", "Open", NUMBER, "*120*384#").replace(b"s-1", "é".encode()), "unreadable"),
        (b"x" * 70_000, "body_too_long"),
    ],
)
def test_what_cannot_be_read(body: bytes, why: str) -> None:
    with pytest.raises(BadPayload, match=why):
        parse(body)


def test_the_request_that_shows_a_screen() -> None:
    account = Account("piga", "a<b&c")
    assert document(account, 's"1', "Café\n1 <A> & B", ends=False).decode() == (
        '<Message><Version Version="1.0"/>'
        '<Request Type="USSReply" SessionID=\'s"1\' Flags="0">'
        '<UserID Orientation="TR">piga</UserID><Password>a&lt;b&amp;c</Password>'
        '<USSText Type="TEXT">Café\n1 &lt;A&gt; &amp; B</USSText></Request></Message>'
    )
    assert b'Flags="1"' in document(account, "s-1", "Bye", ends=True)
    with pytest.raises(ValueError, match="empty"):
        document(account, "s-1", " ", ends=True)


def test_what_becomes_of_a_screen() -> None:
    with Integrat("piga", "word", lambda _: (200, b"")) as integrat:
        account = Account("piga", "word", integrat.url)
        told = hop("Request", "1")
        reply(account, told, "Bye", True)
        integrat.answer = (
            b'<Message><Response Type="OnResult"><OnResult Code="0"/></Response></Message>'
        )
        reply(account, told, "Bye", True)
        integrat.answer = integrat.answer.replace(b'"0"', b'"12"')
        with pytest.raises(Refused, match="result_12"):
            reply(account, told, "Bye", True)
        integrat.answer, integrat.status = b"<html>", 502
        with pytest.raises(OutcomeUnknown, match="http_502"):
            reply(account, told, "Bye", True)
        with pytest.raises(Refused, match="unauthorized") as refused:
            reply(Account("piga", "other", integrat.url), told, "Bye", True)
        assert refused.value.alarm
    with pytest.raises(NotSent, match="connection_refused"):
        reply(account, told, "Bye", True)
    for wrong in (Account("piga", ""), Account("piga", "word", "http://gateway.example/")):
        with pytest.raises(Refused, match="bad_account"):
            reply(wrong, told, "Bye", True)
