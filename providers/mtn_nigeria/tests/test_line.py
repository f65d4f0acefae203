"""Documents in frames, table by table."""

import pytest

from providers.contracts.errors import BadPayload
from providers.lines.connection import NotLetIn, Told
from providers.lines.ussd import LineEnded, LineEvent, LineHop
from providers.mtn_nigeria.adapter import Line, Talk
from providers.mtn_nigeria.frames import Document, Frames, frame, read

SESSION = "0123456789abcdef"
ECHO = {
    "requestId": "1291850641",
    "msisdn": "2348030000123",
    "starCode": "384",
    "clientId": "0123",
}
HOP = ECHO | {"phase": "2", "msgtype": "4", "dcs": "15", "userdata": "1", "EndofSession": "0"}


def framed(kind: str, fields: dict[str, str]) -> bytes:
    return frame(SESSION, kind, *fields.items())


def talk() -> Talk:
    made = Talk("piga", "word", "app-7")
    [told] = made.take(framed("AUTHResponse", {"requestId": "1", "authMsg": "SUCCESS"}))
    assert told == Told(is_known=True)
    return made


def told(octets: bytes) -> Document:
    [document] = Frames().take(octets)
    assert isinstance(document, Document)
    return document


def event(**fields: str) -> LineEvent | None:
    [found] = talk().take(framed("USSDRequest", HOP | fields))
    return found.item


def test_a_dial() -> None:
    address = "+2348030000123"
    dialled = event(msgtype="1", userdata="*384*1*500#")
    assert dialled == LineHop(SESSION, address, True, dialled="*384*1*500#", echo=ECHO)
    bare = event(msgtype="1", userdata="")
    assert bare == LineHop(SESSION, address, True, dialled="*384#", echo=ECHO)


def test_answers_and_ends() -> None:
    hop = LineHop(SESSION, "+2348030000123", False, text="1", echo=ECHO)
    assert event() == hop
    assert event(EndofSession="1") == LineEnded(SESSION, "left", hop)
    silent = {name: value for name, value in HOP.items() if name != "EndofSession"}
    [found] = talk().take(framed("USSDRequest", silent))
    assert found.item == LineEnded(SESSION, "left", hop), "without a word it is the last"
    assert event(extra="new", cellId="7") == hop
    [found] = talk().take(framed("USSDError", {"requestId": "1", "errorCode": "209"}))
    assert found.item == LineEnded(SESSION, "error_209")


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("USSDRequest", {"requestId": "1"}, "208"),
        ("USSDRequest", HOP | {"msisdn": "nobody"}, "208"),
        ("DELVReport", {"requestId": "1"}, "208"),
    ],
)
def test_what_cannot_be_worked_is_answered_with_an_error(
    kind: str, fields: dict[str, str], code: str
) -> None:
    [found] = talk().take(framed(kind, fields))
    answer = told(found.say)
    assert (answer.session, answer.kind) == (SESSION, "USSDError")
    assert answer.fields["errorCode"] == code
    assert found.item is None


def test_a_hop_before_we_are_let_in() -> None:
    [found] = Talk("piga", "word", "").take(framed("USSDRequest", HOP))
    assert told(found.say).fields["errorCode"] == "207"
    assert found.item is None


def test_we_say_who_we_are_and_whether_they_are_there() -> None:
    login = told(Talk("piga", "word", "app-7").opening())
    assert login.kind == "AUTHRequest"
    names = ("userName", "passWord", "applicationId")
    assert tuple(login.fields[name] for name in names) == ("piga", "word", "app-7")
    assert told(talk().ask()).fields["enqCmd"] == "ENQUIRELINK"
    asked = {"requestId": "77", "enqCmd": "ENQUIRELINK"}
    [found] = talk().take(framed("ENQRequest", asked))
    answer = told(found.say)
    assert (answer.kind, answer.fields) == ("ENQResponse", asked)
    [found] = talk().take(framed("ENQResponse", asked))
    assert found == Told()


def test_not_let_in() -> None:
    refused = {"requestId": "1", "authMsg": "no", "errorCode": "001"}
    with pytest.raises(NotLetIn, match="error_001"):
        list(Talk("piga", "word", "").take(framed("AUTHError", refused)))


def test_screens() -> None:
    hop = LineHop(SESSION, "+2348030000123", False, text="1", echo=ECHO)
    shown = told(Line().screen(hop, "Café <1>\n1 & 2", ends=False))
    assert (shown.session, shown.kind) == (SESSION, "USSDResponse")
    own = {"phase": "2", "msgtype": "2", "dcs": "15", "EndofSession": "0", "delvrpt": "0"}
    assert shown.fields == ECHO | own | {"userdata": "Café <1>\n1 & 2"}
    last = told(Line().screen(hop, "Bye", ends=True))
    assert (last.fields["msgtype"], last.fields["EndofSession"]) == ("6", "1")


def test_octets_of_a_frame() -> None:
    octets = frame("s-1", "ENQRequest", ("requestId", "é€"))
    body = b'<?xml version="1.0" encoding="ISO-8859-1"?><ENQRequest><requestId>\xe9?</requestId>'
    assert octets == b"s-1".ljust(16, b"\0") + b"0000000000000125" + body + b"</ENQRequest>"
    assert len(octets) == 125


def test_pieces_and_several_at_once() -> None:
    stream = framed("USSDRequest", HOP) + framed("USSDRequest", HOP | {"userdata": "2"})
    for at in range(0, len(stream), 7):
        frames = Frames()
        found = [*frames.take(stream[:at]), *frames.take(stream[at:])]
        texts = [one.fields["userdata"] for one in found if isinstance(one, Document)]
        assert texts == ["1", "2"]


def test_octets_behind_the_requests_id() -> None:
    body = b"<USSDRequest><requestId>1291850641\x01\x00\xff</requestId></USSDRequest>"
    assert read(SESSION, body).fields["requestId"] == "1291850641"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"<USSDRequest><requestId>1",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<USSDRequest>" + b"<a>1</a>" * 600 + b"</USSDRequest>",
    ],
)
def test_no_documents_and_the_next_is_read(body: bytes) -> None:
    length = f"{len(body) + 32:016d}".encode()
    made = talk()
    stream = SESSION.encode() + length + body if body else b""
    found = list(made.take(stream + framed("USSDRequest", HOP)))
    assert [type(one.item) for one in found if one.item] == [LineHop]
    assert len(found) == (2 if body else 1)


@pytest.mark.parametrize("length", [b"x" * 16, b"0" * 16, b"0000000000099999", b"31".rjust(16)])
def test_a_length_that_is_none_ends_the_connection(length: bytes) -> None:
    with pytest.raises(BadPayload):
        list(talk().take(SESSION.encode() + length + b"<a/>"))
