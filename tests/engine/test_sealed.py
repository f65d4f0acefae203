"""Whoever reads Redis learns no name and no amount; whoever writes to it moves no money and skips
no PIN."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.money import ledger
from core.security.keyring import Keyring
from engine.session import Shown, replace
from engine.turn.seal import SessionSeal
from tests.support.phone import Phone, phone_of
from tests.support.situations import at_the_pin
from tests.support.tenants import CURRENCY, KEYS
from tests.support.ussd import CODE_UCS2, SEAL, UssdTenant, session_key

PIN = "2748"
AS_A_MENU = Shown("menu", options=[[1, True]])
ALARM = "ALARM ibimina: what Redis has of session "
NAME, GROUP, BALANCE_MINOR = "Zyxwena Canardine", "Quxwort", 7_316_942
CANARIES = (b"Zyxwena", b"Canardine", b"Quxwort", b"7316942", b"7,316,942")

Fields = dict[bytes, bytes]


@pytest.fixture(autouse=True)
def faults_are_expected(tenant: UssdTenant) -> None:
    tenant.faults_are_expected = True  # the alarm


def fields(tenant: UssdTenant, phone: Phone) -> Fields:
    found: Any = tenant.redis.hgetall(session_key(phone.session_hash))
    return dict(found)


def put(tenant: UssdTenant, phone: Phone, kept: Fields) -> None:
    """In place of all that is kept of the phone's session."""
    key = session_key(phone.session_hash)
    tenant.redis.delete(key)
    tenant.redis.hset(key, mapping=kept)  # type: ignore[arg-type]


def pays_nothing_before_the_pin(tenant: UssdTenant, phone: Phone) -> None:
    """It stood at the PIN, and "1" is typed, which pays where a PIN is taken for a menu."""
    phone.posts_twice = False
    phone.type("1")
    assert tenant.entries() == 0
    phone.post()
    assert tenant.entries() == 0


# --- what is stored is not ours -------------------------------------------------------------------


def as_it_was_written_once(tenant: UssdTenant, phone: Phone, data: bytes) -> bytes:
    """In clear, the PIN's screen a menu in which 1 pays."""
    stored = phone.stored
    assert stored is not None
    return replace(stored, session=replace(stored.session, shown=AS_A_MENU)).pack()


def under_another_key(tenant: UssdTenant, phone: Phone, data: bytes) -> bytes:
    clear = as_it_was_written_once(tenant, phone, data)
    other = SessionSeal(Keyring(b"another key, of 32 bytes or more."))
    return other.seal_session(tenant.service(), phone.session_hash, clear)


def of_another_of_their_sessions(tenant: UssdTenant, phone: Phone, data: bytes) -> bytes:
    other = phone_of(tenant, "uwera")
    other.dial("*384*10*8#")
    return fields(tenant, other)[b"data"]


def of_somebody_else(tenant: UssdTenant, phone: Phone, data: bytes) -> bytes:
    return fields(tenant, at_the_pin(tenant, "habimana"))[b"data"]


def of_another_service(tenant: UssdTenant, phone: Phone, data: bytes) -> bytes:
    """The session itself, as another service would seal it."""
    opened = SEAL.open(tenant.service(), phone.session_hash, data)
    assert opened is not None
    return SEAL.seal_session(tenant.service(CODE_UCS2), phone.session_hash, opened)


def a_reply(tenant: UssdTenant, phone: Phone, data: bytes) -> bytes:
    return next(value for name, value in fields(tenant, phone).items() if b":" in name)


def of_another_day(tenant: UssdTenant, phone: Phone, data: bytes) -> bytes:
    return (int.from_bytes(data[:4]) - 2).to_bytes(4) + data[4:]


def _cut(length: int) -> Callable[[UssdTenant, Phone, bytes], bytes]:
    return lambda tenant, phone, data: data[:length]


def _changed(at: int) -> Callable[[UssdTenant, Phone, bytes], bytes]:
    def change(tenant: UssdTenant, phone: Phone, data: bytes) -> bytes:
        place = at % len(data)
        return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]

    return change


@pytest.mark.parametrize(
    "tamper",
    [
        as_it_was_written_once,
        under_another_key,
        of_another_of_their_sessions,
        of_somebody_else,
        of_another_service,
        a_reply,
        of_another_day,
        *[pytest.param(_cut(length), id=f"cut at {length}") for length in (1, 4, 15, 16, 31, -1)],
        *[pytest.param(_changed(at), id=f"byte {at}") for at in (0, 3, 4, 15, 16, 90, -16, -1)],
    ],
)
def test_what_was_not_kept_there_is_as_lost(
    tenant: UssdTenant,
    caplog: pytest.LogCaptureFixture,
    tamper: Callable[[UssdTenant, Phone, bytes], bytes],
) -> None:
    phone = at_the_pin(tenant)
    data = fields(tenant, phone)[b"data"]
    tenant.redis.hset(session_key(phone.session_hash), "data", tamper(tenant, phone, data))
    phone.posts_twice = False
    # The text is walked again, up to the confirmation, and what came after it is dropped unread.
    assert phone.type("1").text.startswith("Save in Kopera Twisungane?")
    assert tenant.entries() == 0
    alarms = [record.getMessage() for record in caplog.records if "ALARM" in record.getMessage()]
    assert len(alarms) == 1
    assert alarms[0].startswith(ALARM + phone.session_hash[:8])
    assert phone.type("1", PIN).text.startswith("Saved 500 RWF")  # and on it goes, by the PIN


@pytest.mark.parametrize("value", [None, b"", b"x", b"1"])
def test_whatever_becomes_of_one_field(tenant: UssdTenant, value: bytes | None) -> None:
    names = [*fields(tenant, at_the_pin(tenant)), b"moved", b"told"]
    tenant.redis.flushdb()
    for number in range(len(names)):
        phone = at_the_pin(tenant)
        name = ([*fields(tenant, phone), b"moved", b"told"])[number]
        if value is None:
            tenant.redis.hdel(session_key(phone.session_hash), name)
        else:
            tenant.redis.hset(session_key(phone.session_hash), name, value)
        pays_nothing_before_the_pin(tenant, phone)


def test_a_reply_that_was_not_kept_there_is_shown_to_nobody(
    tenant: UssdTenant, caplog: pytest.LogCaptureFixture
) -> None:
    phone = at_the_pin(tenant)
    others = fields(tenant, at_the_pin(tenant, "habimana"))
    for name, value in fields(tenant, phone).items():
        if b":" in name:
            fake: Any = others.get(name, b"CSend 0788 your PIN")
            tenant.redis.hset(session_key(phone.session_hash), name, fake if fake != value else b"")
    phone.posts_twice = False
    assert phone.post().text.startswith("Save in Kopera Twisungane?")
    assert ALARM in caplog.text
    assert phone.type("1", PIN).text.startswith("Saved 500 RWF")
    assert tenant.entries() == 1


def test_an_earlier_state_of_the_session_pays_once(tenant: UssdTenant) -> None:
    phone = at_the_pin(tenant)
    before = fields(tenant, phone)
    assert phone.type(PIN).text.startswith("Saved 500 RWF")
    put(tenant, phone, before)
    assert phone.post().text.startswith("Saved 500 RWF")
    assert tenant.entries() == 1


def test_a_pointer_leads_to_no_other_service_and_no_other_number(
    tenant: UssdTenant, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere, somebody = phone_of(tenant, "uwera"), phone_of(tenant, "habimana")
    elsewhere.dial(CODE_UCS2)
    elsewhere.type("8")
    somebody.dial()
    somebody.type("1", "1")
    for other, alarmed in ((somebody, False), (elsewhere, True)):
        phone = phone_of(tenant, "uwera", posts_twice=False)
        number = KEYS.lookup("msisdn", phone.number).hex()
        tenant.redis.set(f"last:{tenant.service().id.hex}:{number}", other.session_hash)
        assert phone.dial().text.startswith("Ibimina\n1 Save")
        assert (ALARM in caplog.text) is alarmed


# --- the flow's own screen decides ----------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["menu", "ask", "confirm", "confirm_by_pin", "code", "info", "end", ""]
)
def test_a_pin_stays_a_pin_whatever_the_session_says(tenant: UssdTenant, kind: str) -> None:
    """Sealed as ours, as a mistake of ours would be."""
    phone = at_the_pin(tenant)
    stored = phone.stored
    assert stored is not None
    session = replace(stored.session, shown=replace(AS_A_MENU, kind=kind))
    tenant.keep(phone.session_hash, replace(stored, session=session))
    assert phone.type("1").text == "This menu has changed.\nEnter your PIN\n0 Back 00 Home"
    assert tenant.entries() == 0
    assert phone.type(PIN).text.startswith("Saved 500 RWF")


@pytest.mark.parametrize("kind", ["menu", "ask", "pin", "code"])
def test_a_confirmation_is_answered_as_one(tenant: UssdTenant, kind: str) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*1*1*500#")
    stored = phone.stored
    assert stored is not None
    session = replace(stored.session, shown=replace(AS_A_MENU, kind=kind))
    tenant.keep(phone.session_hash, replace(stored, session=session))
    assert phone.type("1").text.startswith("This menu has changed.\nSave in Kopera Twisungane?")


def test_where_a_state_says_no_kind_its_screen_is_asked(tenant: UssdTenant) -> None:
    flow = tenant.turns.flows["contribute"]
    kinds = {**flow.map.kinds, "pin": frozenset[str]()}
    flows = {**tenant.turns.flows, "contribute": _with_kinds(flow, kinds)}
    tenant.turns = tenant.deployed(flows)
    test_a_pin_stays_a_pin_whatever_the_session_says(tenant, "menu")


def _with_kinds(flow: Any, kinds: dict[str, frozenset[str]]) -> Any:
    made: Any = type(flow.__name__, (flow,), {})
    made.map = type(flow.map)(*[getattr(flow.map, one) for one in flow.map.__slots__[:-1]], kinds)
    return made


# --- what Redis is read for -----------------------------------------------------------------------


def valkeys_files(home: Path) -> bytes:
    """All that Valkey has ever written."""
    return b"".join(path.read_bytes() for path in (home / "valkey").rglob("*") if path.is_file())


def everything_in(tenant: UssdTenant) -> bytes:
    found = []
    for key in tenant.redis.scan_iter():
        kind: Any = tenant.redis.type(key)
        read: Any = {b"hash": tenant.redis.hgetall, b"stream": tenant.redis.xrange}.get(
            kind, tenant.redis.get
        )
        found.append(repr((key, read(key))).encode())
    return b"\n".join(found)


def test_no_name_and_no_balance_is_in_redis(tenant: UssdTenant, servers_home: Path) -> None:
    tenant.as_superuser(
        "UPDATE subscriber SET name_sealed = %s WHERE id = %s",
        KEYS.seal(NAME, tenant.id_of("uwera").bytes),
        tenant.id_of("uwera"),
    )
    tenant.as_superuser("UPDATE savings_group SET name = %s WHERE code = 'KOP1'", GROUP)
    wallet = ledger.account_id(tenant.id_of("uwera"), ledger.WALLET, CURRENCY)
    tenant.fund(wallet, BALANCE_MINOR - tenant.balance(wallet)[0])
    shown = []
    agent = phone_of(tenant, "bizimana")
    shown.append(agent.dial("*384*10*9*1*0788000001*3000#").text)
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*2#")
    shown.append(phone.type(PIN).text)
    phone.dial("*384*10*1*1#")
    shown.append(phone.type("500").text)
    shown.append(phone.type("1", PIN).text)
    on_screens = "\n".join(shown).encode()
    assert {one for one in CANARIES if one in on_screens} >= {b"Zyxwena", b"Quxwort", b"7,316,942"}
    for kept in (everything_in(tenant), valkeys_files(servers_home)):
        assert [one for one in CANARIES if one in kept] == []
    # And the search finds what is there.
    tenant.redis.hset("s:{ab}:x", "data", b"CZyxwena C.")
    for kept in (everything_in(tenant), valkeys_files(servers_home)):
        assert b"Zyxwena" in kept
