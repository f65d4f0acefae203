"""Whatever is posted to a USSD hook: a short polite screen or a documented HTTP error, no word of
the program's inside, nothing changed; and the conversation that was running goes on."""

from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from menus import sentences
from menus.texts import Msg, say
from tests.support.population import PIN
from tests.support.web import (
    ANSWERED_WITHIN_S,
    CODE,
    FORM,
    OTHER_CODE,
    Answer,
    Phone,
    Web,
    form,
    next_number,
    polite_end,
    screen,
)

Post = Callable[[Web, Phone], Answer]


def posting(**changed: str) -> Post:
    """The phone's hop with some fields changed."""
    return lambda web, phone: web.post(phone.body(**changed))


def sending(body: bytes, content_type: str = FORM) -> Post:
    return lambda web, phone: web.post(body, content_type=content_type)


def raw_field(name: str, value: bytes) -> Post:
    """The phone's hop with one field as bytes that no form encoder would write."""

    def post(web: Web, phone: Phone) -> Answer:
        fields = [
            pair for pair in phone.body().split(b"&") if not pair.startswith(name.encode() + b"=")
        ]
        return web.post(b"&".join([*fields, name.encode() + b"=" + value]))

    return post


def without(name: str) -> Post:
    def post(web: Web, phone: Phone) -> Answer:
        pairs = phone.body().split(b"&")
        return web.post(b"&".join(p for p in pairs if not p.startswith(name.encode() + b"=")))

    return post


def twice(name: str, value: str) -> Post:
    return lambda web, phone: web.post(phone.body() + b"&" + form(**{name: value}))


def multipart(web: Web, phone: Phone) -> Answer:
    part = b'--x\r\nContent-Disposition: form-data; name="sessionId"\r\n\r\nATUid_1\r\n--x--\r\n'
    return web.post(part, content_type="multipart/form-data; boundary=x")


REFUSED: dict[str, Post] = {
    "an unknown service code": posting(serviceCode="*999*1#"),
    "another tenant's service code": posting(serviceCode=OTHER_CODE),
    "a service code without its signs": posting(serviceCode="38410"),
    "a service code of letters": posting(serviceCode="*three*eight#"),
    "a service code of nothing but signs": posting(serviceCode="***###***"),
    "a service code of 182 stars": posting(serviceCode="*" * 182),
    "a service code too long": posting(serviceCode="*384*10*" + "1*" * 500 + "#"),
    "a service code with SQL in it": posting(serviceCode="*384*10#' OR '1'='1"),
    "an empty service code": posting(serviceCode=""),
    "no service code": without("serviceCode"),
    "no session id": without("sessionId"),
    "an empty session id": posting(sessionId=" "),
    "a session id of 10 kB": posting(sessionId="A" * 10_000),
    "a session id of no ASCII": posting(sessionId="ATUid_é"),
    "a session id with a line break": posting(sessionId="ATUid_1\r\nX: 1"),
    "a session id with NUL": posting(sessionId="ATUid_\x00"),
    "no phone number": without("phoneNumber"),
    "an empty phone number": posting(phoneNumber=""),
    "a national number too short": posting(phoneNumber="079000000"),
    "a national number too long": posting(phoneNumber="07900000011"),
    "a number of zeros": posting(phoneNumber="0000000000"),
    "a national number of the exchange's": posting(phoneNumber="0090000001"),
    "a number of letters": posting(phoneNumber="+25O79OOOOOO1"),
    "a name for a number": posting(phoneNumber="MTN"),
    "a number too short": posting(phoneNumber="+25079"),
    "a number too long": posting(phoneNumber="+2507900000012345"),
    "a number of other digits": posting(phoneNumber="+٢٥٠٧٩٠٠٠٠٠٠١"),
    "two numbers": posting(phoneNumber="+250790000001,+250790000002"),
    "a number with an emoji": posting(phoneNumber="+25079000000☎"),
    "a number in invalid UTF-8": raw_field("phoneNumber", b"%2B25079%ff%fe00001"),
    "a session id in invalid UTF-8": raw_field("sessionId", b"%ff%fe%fd"),
    "a field twice": twice("sessionId", "ATUid_other"),
    "a text twice": twice("text", "1*1*1*1"),
    "a number twice": twice("phoneNumber", "+250790000399"),
    "JSON": sending(b'{"sessionId": "1", "text": ""}', "application/json"),
    "JSON that says it is a form": sending(b'{"sessionId": "1", "text": ""}'),
    "multipart": multipart,
    "XML": sending(b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>"),
    "nothing": sending(b""),
    "NULs": sending(b"\x00" * 1000),
    "nothing but separators": sending(b"&=" * 30_000),
    "a thousand other fields first": sending(
        b"&".join(b"field%d=1" % number for number in range(1_000)) + b"&" + form(text="")
    ),
}


@pytest.fixture
def running(web: Web) -> Iterator[Phone]:
    """A phone that has been asked for an amount; afterwards it is asked to confirm it."""
    phone = Phone(web)
    phone.dial()
    assert "How much" in phone.type("1", "1")
    before = web.books()
    yield phone
    shown = phone.type("1,000")
    assert shown.startswith("CON ")
    assert "Amount: 1,000 RWF" in shown
    assert web.books() == before


@pytest.mark.parametrize("what", REFUSED)
def test_a_hop_that_makes_no_sense_is_ended_politely(web: Web, running: Phone, what: str) -> None:
    answer = REFUSED[what](web, running)
    polite_end(answer)
    assert answer.took_s < ANSWERED_WITHIN_S


def test_a_session_id_that_another_number_uses(web: Web, running: Phone) -> None:
    stranger = Phone(web)
    stranger.session_id, stranger.text = running.session_id, running.text
    for text in (running.text, f"{running.text}*500", "1", ""):
        stranger.text = text
        assert stranger.post().startswith("END ")
    # Nor does what the stranger does next touch it.
    assert "Ibimina" in stranger.dial()
    assert "How much" not in stranger.post()


def test_a_session_id_on_another_service_is_another_session(web: Web, running: Phone) -> None:
    other = Phone(web, running.number, OTHER_CODE)
    other.session_id, other.text = running.session_id, ""
    assert "Choose your language" in other.post()


def test_a_text_that_does_not_go_on_from_the_last_one(web: Web, running: Phone) -> None:
    text = running.text
    for other in ("2", "1*2", "1*1x", "9*9*9"):
        running.text = other
        assert running.post().startswith("END ")
    running.text = text


def test_a_number_is_known_however_it_is_written(web: Web, running: Phone) -> None:
    expected = screen(web.post(running.body()))
    digits = running.number[1:]
    spellings = [
        digits.encode(),
        b"+" + digits.encode(),  # the plus not escaped: a space
        b"%20" + digits.encode() + b"%20",
        b"%2B%2B" + digits.encode(),
        f"%2B{digits[:3]}+{digits[3:6]}-{digits[6:]}".encode(),
        f"%2B({digits[:3]})+{digits[3:6]}.{digits[6:]}".encode(),
        # Made by hand: the country is the service's.
        f"0{digits[3:]}".encode(),
        f"0{digits[3:6]}+{digits[6:9]}+{digits[9:]}".encode(),
        f"00{digits}".encode(),
        f"%2B{digits[:3]}0{digits[3:]}".encode(),
    ]
    for spelling in spellings:
        assert screen(raw_field("phoneNumber", spelling)(web, running)) == expected


def test_a_number_without_its_country_is_of_the_services(web: Web) -> None:
    """The same digits are somebody else's in each country."""
    national = "0244123456"
    for code, calling_code in ((CODE, "250"), (OTHER_CODE, "233")):
        phone = Phone(web, f"+{calling_code}{national[1:]}", code)
        shown = phone.dial()
        assert screen(web.post(phone.body(phoneNumber=national), web.hook(code=code))) == shown


NOBODY: dict[str, tuple[Post, Msg]] = {
    "an unreadable body": (without("sessionId"), sentences.NOT_NOW),
    "a number of nobody": (posting(phoneNumber="0000000000"), sentences.NOT_NOW),
    "a text too long": (posting(text="9" * 4_050), sentences.TOO_LONG),
    "a text that was cut": (posting(text="9" * 10_000), sentences.TOO_LONG),
    "another service's code": (posting(serviceCode=OTHER_CODE), sentences.SERVICE_UNKNOWN),
}


@pytest.mark.parametrize("what", NOBODY)
def test_who_is_not_known_yet_is_told_in_the_services_language(web: Web, what: str) -> None:
    post, sentence = NOBODY[what]
    phone = Phone(web)
    phone.dial()
    languages = web.services[CODE].tenant.languages
    assert languages[0] != "en"
    assert polite_end(post(web, phone)) == f"END {say(sentence, languages[0])}"


def test_fields_that_may_be_missing_or_new(web: Web, running: Phone) -> None:
    expected = screen(web.post(running.body()))
    assert screen(without("networkCode")(web, running)) == expected
    assert screen(posting(networkCode="99999" * 100)(web, running)) == expected
    assert screen(posting(futureField="é" * 100)(web, running)) == expected
    assert screen(web.ask("POST", web.hook(), running.body())) == expected
    assert screen(web.post(running.body(), web.hook() + "?text=9*9&x=%00")) == expected
    fields = b"&".join(reversed(running.body().split(b"&")))
    assert screen(web.post(fields, content_type=FORM + "; charset=ISO-8859-1")) == expected


ODD = {
    "control characters": "\x00\x01\x02\x1b[31m\x7f\x9f",
    "line breaks": "1\r\n2\n",
    "emoji": "💰💸🇷🇼",
    "marks without letters": "\u0301" * 100,
    "right to left": "\u202e1000\u202c",
    "stars": "****",
    "a format": "%s%n{0}{amount}${jndi:ldap://x}",
    "SQL": "1'; DROP TABLE entry; --",
    "markup": "<script>alert(1)</script>",
    "a screen": "END Saved 1,000 RWF",
    "a template's name": "{receipt}",
    "a surrogate": "\ufffd",
    "a number out of all bounds": "9" * 180,
    "a negative number": "-1000",
    "an exponent": "1e9",
    "nothing": "",
    "a PIN": "4821",
    "10 kB": "9" * 10_000,
}


@pytest.mark.parametrize("what", ODD)
def test_an_odd_answer_is_told_so_and_asked_again(web: Web, what: str) -> None:
    phone = Phone(web)
    phone.dial()
    asked = phone.type("1", "1")
    before = web.books()
    text = phone.text
    shown = phone.type(ODD[what])
    if what == "10 kB":
        assert shown.startswith("END ")  # longer than any handset can type
        phone.text = text
    elif what != "a PIN":
        assert shown.startswith("CON ")
        # Why not, on top, and then the question again.
        assert shown.endswith(asked.removeprefix("CON "))
    else:
        assert "4,821 RWF" in shown  # a number typed at an amount is an amount
        return
    assert "1,000 RWF" in phone.type("1000")
    assert web.books() == before


@pytest.mark.parametrize("byte", [b"%ff", b"%C0%80", b"%ED%A0%80", b"%F0%9F", b"%zz", b"\xff"])
def test_an_answer_in_invalid_utf8(web: Web, byte: bytes) -> None:
    phone = Phone(web)
    phone.dial()
    phone.type("1", "1")
    text = quote(phone.text).encode() + b"*" + byte
    assert "Type an amount" in screen(raw_field("text", text)(web, phone))
    # The next hop's text holds the same bytes, and goes on from there.
    shown = screen(raw_field("text", text + b"*700")(web, phone))
    assert "700 RWF" in shown


def test_a_session_that_never_ends(web: Web) -> None:
    """A session has a bounded number of turns and a bounded text."""
    phone = Phone(web)
    phone.dial()
    before = web.books()
    for turn in range(70):
        shown = phone.type("1" if turn % 2 == 0 else "0")
        if shown.startswith("END "):
            break
    assert shown.startswith("END ")
    assert phone.dial().startswith("CON ")
    assert web.books() == before


def test_going_back_from_the_offer_to_call(web: Web) -> None:
    """It came in between: the payment is still the one that was confirmed."""
    phone = Phone(web)
    phone.to_pin(3_000)
    assert "000 Call me" in phone.type("12", "12", "12")
    assert "Shall we call you?" in phone.type("000")
    assert "PIN" in phone.type("0")
    assert "Saved 3,000 RWF" in phone.type(PIN)


def test_going_back_from_a_sale_that_waits(web: Web) -> None:
    """There is no way back behind what a PIN has done."""
    agent = Phone(web, "+250788000111")
    agent.dial()
    agent.type("9", "1", next_number(), "20000", "1")
    assert "Type their code" in agent.type("1964")
    assert "Deposit for a customer" in agent.type("0")
    assert "Waiting deposits" in agent.post()
