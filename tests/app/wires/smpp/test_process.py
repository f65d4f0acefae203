"""The process of a bind as it runs, between the fake message centre and the core."""

import time

import pytest
import smpp34

from core.people.people import USSD
from engine.turn.ussd import UssdRequest
from tests.support.smpp import SHORT_CODE, Bound
from tests.support.tenants import KEYS, PROVIDER
from tests.support.ussd import CODE
from tests.support.waiting import until
from workers.chat.long_texts import give_up_long_text
from workers.chat.turn import chat_turn
from workers.sending.send import send_text

pytestmark = pytest.mark.long

NUMBER = "+250788000001"


def screen_elsewhere(main: Bound, who: str, text: str = "", session: str = "at-1") -> str:
    """What the same phone reads by a gateway over HTTP."""
    request = UssdRequest(PROVIDER, CODE, session, main.tenant.people[who].phones[0], text)
    return main.tenant.turns.take(request).text


def jobs(main: Bound, kind: str) -> None:
    """What a worker does with what is due."""
    work = {
        "chat_turn": chat_turn,
        "send_text": send_text,
        "give_up_long_text": give_up_long_text,
    }[kind]
    main.tenant.admin.execute("UPDATE outbox SET available_at = now() WHERE state = 'waiting'")
    rows = main.tenant.admin.execute(
        "SELECT id FROM outbox WHERE kind = %s AND state <> 'done' ORDER BY id", (kind,)
    ).fetchall()
    for (id,) in rows:
        work(str(main.tenant.tenant_id), str(id))


def test_a_conversation_by_ussd_shows_what_any_gateway_shows(main: Bound) -> None:
    who = next(iter(main.tenant.people))
    number = main.tenant.people[who].phones[0]
    call = main.centre.dial(number, CODE)
    assert call.screens == [screen_elsewhere(main, who)]
    assert main.centre.answer(call, "1") == screen_elsewhere(main, who, "1")
    assert main.centre.answer(call, "00") == screen_elsewhere(main, who, "1*00")
    assert not call.ended
    operations = [each.tlvs[0x0501] for each in main.centre.accepted]
    assert operations == [b"\x02"] * 3


def test_a_code_that_nobody_has_ends_with_a_sentence(main: Bound) -> None:
    call = main.centre.dial(NUMBER, "*999#")
    assert call.ended
    assert "*999#" not in call.screens[0]
    assert main.centre.accepted[0].tlvs[0x0501] == b"\x11"
    assert main.centre.accepted[0].tlvs[0x1383][1] & 1


def test_digits_behind_the_code_are_walked(main: Bound) -> None:
    who = next(iter(main.tenant.people))
    number = main.tenant.people[who].phones[0]
    call = main.centre.dial(number, "*384*10*1#", code="*384*10*1#")
    plain = main.centre.dial(number.replace("+25078", "+25072"), CODE)
    assert call.screens
    assert plain.screens
    assert call.screens[0] != plain.screens[0]


def test_a_session_of_another_number_with_the_same_id_is_another(main: Bound) -> None:
    first, second = list(main.tenant.people)[:2]
    numbers = [main.tenant.people[who].phones[0] for who in (first, second)]
    main.centre._infos = iter([40, 40])  # type: ignore[assignment]
    calls = [main.centre.dial(number, CODE) for number in numbers]
    assert [call.info for call in calls] == [40, 40]
    assert calls[0].screens == [screen_elsewhere(main, first, session="a")]
    assert calls[1].screens == [screen_elsewhere(main, second, session="b")]


def test_a_hop_that_comes_twice_is_one_and_shows_one_screen(main: Bound) -> None:
    main.centre.misbehave(deliveries="twice")
    who = next(iter(main.tenant.people))
    call = main.centre.dial(main.tenant.people[who].phones[0], CODE)
    main.centre.answer(call, "1")
    assert main.centre.wait(lambda: main.centre.undelivered == 0)
    time.sleep(0.3)  # whatever else there is to show
    assert call.screens == [screen_elsewhere(main, who), screen_elsewhere(main, who, "1")]


def test_an_empty_answer_arrives(main: Bound) -> None:
    who = next(iter(main.tenant.people))
    call = main.centre.dial(main.tenant.people[who].phones[0], CODE)
    assert main.centre.answer(call, "")
    assert len(call.screens) == 2


def test_a_text_is_stored_and_the_reply_comes_from_the_number_that_was_written_to(
    main: Bound,
) -> None:
    main.centre.text(NUMBER, SHORT_CODE, "menu")
    main.until_stored(NUMBER, "menu")
    main.worker()
    jobs(main, "chat_turn")
    jobs(main, "send_text")
    assert len(main.centre.handset.texts(NUMBER)) == 1
    assert main.centre.handset.senders(NUMBER) == [SHORT_CODE]
    state = "SELECT state FROM message WHERE conversation_id IS NOT NULL"
    until(lambda: main.tenant.admin.execute(state).fetchone() == ("delivered",))


def test_the_same_words_twice_are_two_texts(main: Bound) -> None:
    main.centre.text(NUMBER, SHORT_CODE, "1")
    main.centre.text(NUMBER, SHORT_CODE, "1")
    main.until_stored(NUMBER, "1", "1")


def test_texts_of_one_person_are_stored_in_their_order(main: Bound) -> None:
    words = [f"word {n}" for n in range(30)]
    for word in words:
        main.centre.text(NUMBER, SHORT_CODE, word)
    main.until_stored(NUMBER, *words)


@pytest.mark.parametrize("how", ["udh", "sar", "payload"])
@pytest.mark.parametrize("text", ["a" * 200 + "€" * 100, "ẹ́" * 120])
def test_a_long_text_is_one_text(main: Bound, how: str, text: str) -> None:
    main.centre.text(NUMBER, SHORT_CODE, text, how=how, order=lambda numbers: numbers[::-1])
    main.until_stored(NUMBER, text)


def test_parts_in_any_order_and_twice_are_one_text(main: Bound) -> None:
    main.centre.misbehave(deliveries="twice")
    text = "".join(f"{n} " for n in range(200))
    main.centre.text(NUMBER, SHORT_CODE, text, order=lambda numbers: [1, 0, *numbers[2:]])
    other = "x" * 300
    main.centre.text(NUMBER, SHORT_CODE, other, order=lambda numbers: numbers[::-1])
    until(lambda: len(main.stored(NUMBER)) == 2)
    assert sorted(main.stored(NUMBER)) == sorted([text, other])


def test_a_part_that_never_comes_is_shown_as_missing(main: Bound) -> None:
    text = "a" * 153 + "b" * 153 + "c" * 10
    main.centre.text(NUMBER, SHORT_CODE, text, order=lambda numbers: [2, 0])
    count = "SELECT count(*) FROM long_text WHERE parts_sealed[1] IS NOT NULL"
    until(lambda: main.tenant.admin.execute(count).fetchone() == (1,))
    assert main.stored(NUMBER) == []
    main.worker()
    jobs(main, "give_up_long_text")
    assert main.stored(NUMBER) == ["a" * 153 + " […] " + "c" * 10]
    main.centre.text(NUMBER, SHORT_CODE, text, order=lambda numbers: [1])  # another reference
    jobs(main, "give_up_long_text")
    assert len(main.stored(NUMBER)) in (1, 2)


def test_a_pin_is_taken_out_before_it_is_stored(main: Bound) -> None:
    main.centre.text(NUMBER, SHORT_CODE, "my pin is 4711")
    main.until_stored(NUMBER, "my pin is ****")
    main.centre.text(NUMBER, SHORT_CODE, "my pin is 4711" + " and more" * 30)
    until(lambda: len(main.stored(NUMBER)) == 2)
    assert "4711" not in main.stored(NUMBER)[1]
    assert "4711" not in main.log.read_text()


def test_while_postgres_does_not_take_it_a_text_is_delivered_again(main: Bound) -> None:
    with main.tenant.admin.transaction():
        main.tenant.admin.execute("LOCK TABLE inbound_message IN ACCESS EXCLUSIVE MODE")
        main.centre.text(NUMBER, SHORT_CODE, "hello")
        time.sleep(0.5)
        assert main.centre.undelivered == 1
    main.until_stored(NUMBER, "hello")


@pytest.mark.long
@pytest.mark.parametrize("text", ["hello", "a" * 200])
def test_an_answer_that_was_lost_with_the_connection_makes_no_second_text(
    main: Bound, text: str
) -> None:
    main.centre.misbehave(deliveries="cut")
    main.centre.text(NUMBER, SHORT_CODE, text)
    until(lambda: main.centre.binds >= 2)
    main.centre.misbehave(deliveries="once")
    main.until_stored(NUMBER, text)


def test_a_receipt_before_its_id_is_known_is_kept_and_joined(main: Bound) -> None:
    main.centre.misbehave(receipts="early")
    main.centre.text(NUMBER, SHORT_CODE, "menu")
    main.until_stored(NUMBER, "menu")
    main.worker()
    jobs(main, "chat_turn")
    jobs(main, "send_text")
    state = "SELECT state FROM message WHERE conversation_id IS NOT NULL"
    until(lambda: main.tenant.admin.execute(state).fetchone() == ("delivered",))


@pytest.mark.parametrize("octets", [b"", b"id:", b"\x00\xff\x1b", b"id:7 stat:NEWWORD"])
def test_what_nobody_understands_is_answered_and_changes_nothing(
    main: Bound, octets: bytes
) -> None:
    message = smpp34.DeliverSm(NUMBER[1:], SHORT_CODE, octets, source_addr_ton=1, esm_class=4)
    main.centre.deliver(message)
    assert main.centre.wait(lambda: main.centre.undelivered == 0)
    main.centre.text(NUMBER, SHORT_CODE, "still here")
    main.until_stored(NUMBER, "still here")


def test_data_and_a_sender_without_a_number_are_answered_and_not_stored(main: Bound) -> None:
    for message in (
        smpp34.DeliverSm("MTN", SHORT_CODE, b"promo", source_addr_ton=5),
        smpp34.DeliverSm(NUMBER[1:], SHORT_CODE, b"\x01\x02", source_addr_ton=1, data_coding=4),
        smpp34.DeliverSm(NUMBER[1:], "9999", b"not ours", source_addr_ton=1),
    ):
        main.centre.deliver(message)
    assert main.centre.wait(lambda: main.centre.undelivered == 0)
    assert main.tenant.number("SELECT count(*) FROM inbound_message") == 0


def test_a_national_number_is_one_of_the_services_country(main: Bound) -> None:
    main.centre.deliver(smpp34.DeliverSm("0788000001", SHORT_CODE, b"menu", source_addr_ton=2))
    main.until_stored(NUMBER, "menu")
    lookup = main.tenant.admin.execute("SELECT address_lookup FROM conversation").fetchone()
    assert lookup == (KEYS.lookup(USSD, NUMBER),)


def test_a_stop_unbinds_and_ends_well(main: Bound) -> None:
    assert main.stop() == 0
    assert "Traceback" not in main.log.read_text()
