"""Every gateway's file with its examples, and what every one of them must hold."""

from pathlib import Path

import pytest

from providers import registry
from providers.contracts.errors import BadPayload
from providers.contracts.ussd import UssdEnded, UssdHop
from providers.registry import GATEWAYS
from providers.ussd_http.adapter import Gateway, load
from providers.ussd_http.examples import check
from providers.ussd_http.schema import Example

FILES = sorted(GATEWAYS.glob("*.yaml"))
LOADED = {path.stem: load(path) for path in FILES}
EXAMPLES = [
    pytest.param(gateway, example, id=f"{name}: {example.name}")
    for name, gateway in LOADED.items()
    for example in gateway.file.examples
]
HOPS = [each for each in EXAMPLES if each.values[1].hop]  # type: ignore[union-attr]
NAMED = (
    *("hubtel", "arkesel", "nalo", "safaricom", "mtn-rwanda", "mtn-nigeria", "truroute"),
    *("trueafrican", "korba", "nsano", "beem", "mtn-madapi", "oltranz", "airtel-flares"),
    *("advanta", "speedocom", "cumulative-get", "hellio", "bonga", "cellulant", "dmark"),
    *("hollatags", "imimobile", "vodacom-messaging", "mtech", "restcomm", "cuap"),
    *("mobilesasa", "pavulla-ola", "infobip", "wigal"),
)


def test_these_are_the_gateways() -> None:
    assert sorted(LOADED) == sorted(NAMED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_its_examples_are_so(path: Path) -> None:
    assert check(path) == []


@pytest.mark.parametrize("name", NAMED)
def test_it_is_a_provider_with_a_webhook_and_a_budget(name: str) -> None:
    provider = registry.find(name)
    assert list(provider.kinds) == ["ussd"]
    assert set(provider.kind("ussd").methods) <= {"GET", "POST", "PUT"}
    assert 60 <= provider.service_settings["budget_septets"] <= 182
    assert provider.ack.status == 200


@pytest.mark.parametrize(("gateway", "example"), HOPS)
def test_nothing_typed_and_no_number_in_a_repr(gateway: Gateway, example: Example) -> None:
    told = gateway.parse(example.request.encode(gateway.file.reply.encoding))
    assert example.hop is not None
    for secret in (example.hop.msisdn.lstrip("+"), example.hop.dialled):
        assert not secret or secret not in repr(told)


def refusal_of(gateway: Gateway, raw: bytes) -> str:
    """What is said of a request that cannot be read; "" of one that can."""
    try:
        told = gateway.parse(raw)
    except BadPayload as refused:
        return str(refused)
    assert isinstance(told, UssdHop | UssdEnded)
    return ""


@pytest.mark.parametrize(("gateway", "example"), HOPS)
def test_a_fault_in_a_request_is_named_and_not_quoted(gateway: Gateway, example: Example) -> None:
    """Cut off anywhere, a request is refused or read; and what it said is in no error."""
    raw = example.request.encode(gateway.file.reply.encoding)
    said = []
    for length in range(0, len(raw), max(1, len(raw) // 40)):
        said.append(refusal_of(gateway, raw[:length]))
    assert example.hop is not None
    number = example.hop.msisdn.lstrip("+")
    assert not number or not any(number in one for one in said)


@pytest.mark.parametrize("name", NAMED)
def test_what_is_no_request_is_refused(name: str) -> None:
    gateway = LOADED[name]
    for raw in (b"", b"\x00", b"\xff\xfe\xff", b"[]", b"null", b"{}", b"<a/>", b"a", b"=&=&"):
        with pytest.raises(BadPayload):
            gateway.parse(raw)


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("ends", [False, True])
def test_a_screen_can_be_shown_where_no_request_was_read(name: str, ends: bool) -> None:
    reply = LOADED[name].screen("Not now", ends)
    assert reply.status == 200
    assert b"Not now" in reply.body
    with pytest.raises(ValueError, match="empty screen"):
        LOADED[name].screen(" \n", ends)


def test_a_payload_may_have_more_than_its_documents_say() -> None:
    hubtel = LOADED["hubtel"]
    more = b'{"New": {"a": [1, {"b": 2}]}, "Type": "Response", "Mobile": "+233 24 000 0713",'
    told = hubtel.parse(more + b'"SessionId": 77, "Message": "  x ", "Sequence": "2"}')
    assert isinstance(told, UssdHop)
    assert (told.address, told.session_id, told.text) == ("+233240000713", "77", "  x ")
    assert told.last is not None
    assert told.last.hop_id == "2"


def test_a_national_number_is_left_to_who_knows_the_country() -> None:
    told = LOADED["hellio"].parse(b"sessionId=1&phoneNumber=0240000384&serviceCode=384&text=")
    assert isinstance(told, UssdHop)
    assert told.address == "0240000384"


def test_what_no_phone_can_type_is_no_answer() -> None:
    told = LOADED["hellio"].parse(b"sessionId=1&phoneNumber=233240000384&text=a%00b%0Ac%FF")
    assert isinstance(told, UssdHop)
    assert told.text == "a\ufffdb c\ufffd"


def test_a_text_over_the_limit_is_marked() -> None:
    told = LOADED["hellio"].parse(b"sessionId=1&phoneNumber=233240000384&text=" + b"1" * 5000)
    assert isinstance(told, UssdHop)
    assert told.text_too_long
    assert len(told.text) == 4096


def test_the_notice_of_an_end_has_nothing_that_was_typed() -> None:
    told = LOADED["hubtel"].parse(b'{"Type":"Release","SessionId":"a","Message":"4821"}')
    assert "4821" not in repr(told)


def test_the_id_of_a_hop_is_the_one_that_we_gave_and_the_next_is_one_more() -> None:
    beem = LOADED["beem"]
    hop = beem.parse(
        b'{"command":"continue","msisdn":"255754000457","session_id":"4",'
        b'"payload":{"request_id":41,"response":"1"}}'
    )
    assert isinstance(hop, UssdHop)
    assert b'"request_id":42' in beem.screen("Hi", False, hop).body
