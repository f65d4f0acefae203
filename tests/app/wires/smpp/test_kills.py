"""The bind's process is killed, wherever it is: each text is stored once, and nothing is lost."""

import threading
import time

import pytest

from tests.support.smpp import SHORT_CODE, Bound
from tests.support.ussd import CODE
from tests.support.waiting import until

pytestmark = pytest.mark.long
NUMBER = "+250788000001"


def test_killed_before_commit_the_text_is_stored_by_the_next(main: Bound) -> None:
    with main.tenant.admin.transaction():
        main.tenant.admin.execute("LOCK TABLE inbound_message IN ACCESS EXCLUSIVE MODE")
        main.centre.text(NUMBER, SHORT_CODE, "hello")
        time.sleep(0.3)
        main.kill()
    main.start()
    main.until_stored(NUMBER, "hello")


def test_killed_between_commit_and_answer_the_text_is_not_stored_twice(main: Bound) -> None:
    main.centre.misbehave(deliveries="cut")
    main.centre.text(NUMBER, SHORT_CODE, "hello")
    until(lambda: main.stored(NUMBER) == ["hello"])
    main.kill()
    main.centre.misbehave(deliveries="once")
    main.start()
    main.until_stored(NUMBER, "hello")


def test_killed_between_the_parts_of_a_text_nothing_of_it_is_lost(main: Bound) -> None:
    text = "a" * 153 + "b" * 100
    main.centre.text(NUMBER, SHORT_CODE, text, order=lambda numbers: [0])
    until(lambda: main.centre.undelivered == 0)
    main.kill()
    main.start()
    main.centre._references = iter([1])  # type: ignore[assignment]
    main.centre.text(NUMBER, SHORT_CODE, text, order=lambda numbers: [1])
    main.until_stored(NUMBER, text)


def test_a_session_goes_on_over_the_next_process(main: Bound) -> None:
    who = next(iter(main.tenant.people))
    call = main.centre.dial(main.tenant.people[who].phones[0], CODE)
    first = main.centre.answer(call, "1")
    main.kill()
    main.start()
    assert main.centre.answer(call, "00") == call.screens[0]
    assert main.centre.answer(call, "1") == first


def test_killed_again_and_again_each_text_is_stored_once(main: Bound) -> None:
    people = [f"+25078800{n:04}" for n in range(1, 6)]
    words = [f"word {n}" for n in range(24)]
    stop = threading.Event()

    def kill() -> None:
        while not stop.wait(0.7):
            main.kill()
            main.start()

    killer = threading.Thread(target=kill)
    killer.start()
    for word in words:
        for number in people:
            main.centre.text(number, SHORT_CODE, word)
        time.sleep(0.15)
    stop.set()
    killer.join()
    assert main.centre.wait(lambda: main.centre.undelivered == 0, 60)
    for number in people:
        assert sorted(main.stored(number)) == sorted(words)
