"""Phones of a GSM core of one's own: a real osmo-hlr between an MSC of ours and `piga wire`."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from providers.lines.address import Address
from providers.osmocom import GSUP_PORT
from providers.osmocom.connection import Connection, Owner, Timing
from providers.osmocom.gsup import Message
from tests.app.wires.osmocom.conftest import HLR_LINES, IMSI_OF, NOBODYS_IMSI
from tests.support.osmocom import END, ERROR, RESULT, Handset, Hlr, Msc
from tests.support.ussd import UssdTenant
from tests.support.wires import Wire

pytestmark = pytest.mark.long

PIN = {"uwera": "2748", "habimana": "5091"}
TO_PIN = ("1", "1", "500", "1")
SYSTEM_FAILURE = bytes.fromhex("a306020105020122")


def test_a_phone_pays_into_a_group(osmocom: UssdTenant, uwera: Handset) -> None:
    menu = uwera.dial("*384*10#")
    assert menu.startswith("Ibimina\n1 Save\n2 Balances")
    assert not uwera.ends
    assert "Enter your PIN" in uwera.type(*TO_PIN)
    receipt = uwera.type(PIN["uwera"])
    assert uwera.ends
    assert receipt.startswith("Saved 500 RWF in Kopera Twisungane, fee 10 RWF. Ref ")
    assert osmocom.entries() == 1


def test_what_is_dialled_behind_the_code_is_walked(osmocom: UssdTenant, uwera: Handset) -> None:
    assert "500 RWF" in uwera.dial("*384*10*1*1*500#")
    assert "Enter your PIN" in uwera.type("1")
    uwera.type(PIN["uwera"])
    assert osmocom.entries() == 1


def test_answers_of_two_digits_and_of_seven_arrive_whole(uwera: Handset) -> None:
    """Seven septets leave seven spare bits, and Osmocom's own decoder takes `14` for `1`."""
    uwera.dial("*384*10#")
    assert "Choose a number shown." in uwera.type("14")
    assert "Choose a number shown." in uwera.type("1234567")
    assert uwera.type("1") != uwera.type("00")


def test_every_screen_of_the_menus_arrives_whole(uwera: Handset) -> None:
    """osmo-hlr drops a longer one without a word."""
    uwera.dial("*384*10#")
    for key in ("1", "0", "2", "0", "3", "98", "00", "6", "00", "7", "00", "8", "1", "00"):
        shown = uwera.type(key)
        assert uwera.told is not None
        assert len(uwera.told.facility) <= 129
        assert shown
        if uwera.ends:
            uwera.dial("*384*10#")


def test_the_process_is_killed_between_two_hops(
    osmocom: UssdTenant, uwera: Handset, wire: Wire, msc: Msc
) -> None:
    uwera.dial("*384*10#")
    uwera.type(*TO_PIN)
    wire.kill()
    other = Handset(msc, IMSI_OF["habimana"])
    with pytest.raises(AssertionError):
        other.dial("*384*10#")
    assert other.told is not None
    assert (other.told.kind, other.told.facility) == (RESULT, SYSTEM_FAILURE)
    wire.start()
    wire.until_said("connected to osmo-hlr", 2)
    assert uwera.type(PIN["uwera"]).startswith("Saved 500 RWF")
    assert uwera.ends
    assert osmocom.entries() == 1


def test_the_process_is_killed_while_a_hop_is_worked(
    osmocom: UssdTenant, uwera: Handset, wire: Wire
) -> None:
    """Whatever it had done, the next dial says so, and nothing is paid twice."""
    for wait_s in (0.0, 0.02, 0.05, 0.1):
        before = osmocom.entries()
        uwera.dial("*384*10#")
        uwera.type("00", *TO_PIN)
        uwera.answer(PIN["uwera"])
        time.sleep(wait_s)
        wire.kill()
        connections = wire.said().count("connected to osmo-hlr")
        wire.start()
        wire.until_said("connected to osmo-hlr", connections + 1)
        paid = osmocom.entries() - before
        assert paid in (0, 1)
        shown = uwera.dial("*384*10#")
        assert ("Ref " in shown) == bool(paid), (paid, shown)
        uwera.cancel()
        osmocom.later(20)


def test_osmo_hlr_is_restarted(osmocom: UssdTenant, hlr: Hlr, uwera: Handset, wire: Wire) -> None:
    uwera.dial("*384*10#")
    uwera.type("1", "1", "500")
    hlr.stop()
    hlr.start()
    wire.until_said("connected to osmo-hlr", 2)
    assert "no connection to osmo-hlr; trying again" in wire.said()
    again = Msc(hlr.host)
    redial = Handset(again, uwera.imsi)
    shown = redial.dial("*384*10#")
    assert "500 RWF" in shown, "it goes on at its confirmation"
    redial.type(PIN["uwera"])
    assert osmocom.entries() == 1
    again.close()


def test_a_phone_that_cancels_goes_on_at_its_next_dial(osmocom: UssdTenant, uwera: Handset) -> None:
    uwera.dial("*384*10#")
    uwera.type("1", "1", "500")
    uwera.cancel()
    assert uwera.silence(0.3)
    assert "500 RWF" in uwera.dial("*384*10#")


def test_a_session_id_that_comes_again_begins_a_session(
    osmocom: UssdTenant, uwera: Handset
) -> None:
    """An MSC counts from the beginning when it is restarted."""
    for count in (1, 2):
        uwera.dial("*384*10#", session_id=7)
        uwera.type("00", *TO_PIN)
        assert uwera.type(PIN["uwera"]).startswith("Saved 500 RWF")
        assert osmocom.entries() == count
        osmocom.later(20)


def test_an_empty_answer_is_osmo_hlrs_to_refuse(uwera: Handset) -> None:
    uwera.dial("*384*10#")
    uwera.type("1", "1")
    uwera.answer("")
    told = uwera.next()
    assert (told.kind, told.state, told.cause) == (ERROR, END, 0x60)
    assert uwera.dial("*384*10#")


@pytest.mark.parametrize("hlr_lines", [HLR_LINES.replace("180", "1")])
def test_a_person_who_thinks_for_longer_than_osmo_hlr_waits(
    osmocom: UssdTenant, uwera: Handset
) -> None:
    uwera.dial("*384*10#")
    uwera.type("1", "1", "500")
    time.sleep(2.5)
    uwera.answer("1")
    told = uwera.next()
    assert (told.kind, told.state, told.cause) == (ERROR, END, 0x60)
    assert "500 RWF" in uwera.dial("*384*10#"), "it goes on at its confirmation"
    assert osmocom.entries() == 0


def test_no_log_has_a_pin(uwera: Handset, hlr: Hlr, wire: Wire) -> None:
    """At its level `info` osmo-hlr writes down what is typed; at `notice` it does not."""
    uwera.dial("*384*10#")
    uwera.type(*TO_PIN, PIN["uwera"])
    assert uwera.ends
    for log in (hlr.log.read_text(errors="replace"), wire.said()):
        assert PIN["uwera"] not in log


def test_codes_and_people_that_we_do_not_know(uwera: Handset, msc: Msc, wire: Wire) -> None:
    assert uwera.dial("*384*99#") == "This code is not in service."
    assert uwera.ends
    nobody = Handset(msc, NOBODYS_IMSI)
    assert nobody.dial("*384*10#") == "This cannot be done now. Nothing was taken."
    assert nobody.ends
    assert "a subscriber without a number has dialled" in wire.said()
    unknown = Handset(msc, "901700000000123")
    assert unknown.dial("*384*10#") == "This cannot be done now. Nothing was taken."
    for secret in (NOBODYS_IMSI, IMSI_OF["uwera"], "250788"):
        assert secret not in wire.said()


def test_many_at_once(osmocom: UssdTenant, msc: Msc) -> None:
    def pay(who: str) -> str:
        phone = Handset(msc, IMSI_OF[who])
        phone.dial("*384*10#")
        phone.type("00", *TO_PIN)
        return phone.type(PIN[who])

    with ThreadPoolExecutor(2) as threads:
        receipts = list(threads.map(pay, PIN))
    assert all("Ref " in receipt for receipt in receipts), receipts
    assert osmocom.entries() == 2

    def look(_: int) -> str:
        return Handset(msc, IMSI_OF["uwera"]).dial("*384*10#")

    with ThreadPoolExecutor(20) as threads:
        assert len(set(threads.map(look, range(20)))) <= 2


def test_it_stops_when_it_is_asked_to(uwera: Handset, wire: Wire) -> None:
    uwera.dial("*384*10#")
    assert wire.stop() == 0


def test_osmo_hlr_answers_our_ping(hlr: Hlr) -> None:
    stop, downs, known = threading.Event(), list[float](), threading.Event()
    timing = Timing(silence_s=0.2, answer_s=0.5, tick_s=0.02)
    connection = Connection(Address(hlr.host, GSUP_PORT), "another", timing)
    owner: Owner[Message] = Owner(lambda _: None, known.set, downs.append)
    thread = threading.Thread(target=connection.run, args=(stop, owner))
    thread.start()
    assert known.wait(5)
    time.sleep(2.0)
    stop.set()
    thread.join(5)
    assert downs == []
