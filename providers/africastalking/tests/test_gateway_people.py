"""What people and networks do to a session: press twice, leave, redial, lose hops."""

import threading

import pytest
from werkzeug.wrappers import Request

from providers.africastalking.gateway import Gateway, GatewayOptions
from providers.simulator.network import NoSuchSession, SessionBusy, SessionOver
from tests.support.providers import Us, told

A = "+250788000101"


def test_press_twice_posts_the_same_bytes_at_the_same_time(us: Us, gateway: Gateway) -> None:
    session = gateway.dial(A, "*384*10#").session
    both = threading.Barrier(2, timeout=5)

    def meet(request: Request) -> None:
        if "/ussd/" in request.path:
            both.wait()

    us.respond = meet
    shown = gateway.press_twice(session, "1")
    assert shown.replies == (b"CON You typed [1]", b"CON You typed [1]")
    assert (shown.same, shown.hop) == (True, 2)
    assert len({taken.body for taken in us.of("ussd")[1:]}) == 1
    us.respond = lambda request: None
    assert gateway.answer(session, "2").screen == "You typed [1*2]"


def test_twenty_at_once_and_different_replies_are_told(us: Us, gateway: Gateway) -> None:
    numbers = iter(range(100))
    us.screen = lambda text: (f"Reply {next(numbers)}", False)
    shown = gateway.dial(A, "*384*10#", copies=20)
    assert (len(shown.replies), shown.same) == (20, False)
    assert shown.screen.encode() == shown.replies[0][4:]
    assert len(us.of("ussd")) == 20


def test_an_empty_answer_is_a_part_of_the_text_too(us: Us, gateway: Gateway) -> None:
    session = gateway.dial(A, "*384*10#").session
    for answer, text in (("", ""), ("5", "*5"), ("", "*5*"), ("1", "*5**1")):
        assert gateway.answer(session, answer).screen == f"You typed [{text}]"


@pytest.mark.parametrize("copies", [0, -1, 65])
def test_copies_have_a_limit(us: Us, gateway: Gateway, copies: int) -> None:
    session = gateway.dial(A, "*384*10#").session
    with pytest.raises(ValueError, match="copies"):
        gateway.answer(session, "1", copies=copies)
    assert gateway.answer(session, "1").screen == "You typed [1]"


def test_a_late_copy(us: Us, gateway: Gateway) -> None:
    session = gateway.dial(A, "*384*10#").session
    gateway.answer(session, "1")
    shown = gateway.answer(session, "2")
    copy = gateway.repeat(session, 2)
    assert (copy.screen, copy.hop, copy.replies) == ("You typed [1]", 2, (b"CON You typed [1]",))
    assert gateway.repeat(session).screen == shown.screen
    bodies = [taken.body for taken in us.of("ussd")]
    assert bodies[3] == bodies[1]
    assert bodies[4] == bodies[2]
    assert gateway.answer(session, "3").screen == "You typed [1*2*3]"
    for hop in (0, 5):
        with pytest.raises(NoSuchSession):
            gateway.repeat(session, hop)


@pytest.mark.parametrize("leave", ["hang_up", "time_out"])
def test_leaving_makes_no_hop(us: Us, gateway: Gateway, leave: str) -> None:
    session = gateway.dial(A, "*384*10#").session
    shown = getattr(gateway, leave)(session)
    assert (shown.state, shown.hop) == ("ended", 1)
    assert shown.error == (None if leave == "hang_up" else "the session timed out")
    assert len(us.of("ussd")) == 1
    assert told(us, "ussd-end")[0]["status"] == "Incomplete"
    for call in (gateway.hang_up, gateway.time_out):
        with pytest.raises(SessionOver):
            call(session)


def test_a_session_lasts_three_minutes(us: Us) -> None:
    now = [0.0]
    gateway = Gateway(us.hooks, clock=lambda: now[0])
    session = gateway.dial(A, "*384*10#").session
    now[0] = 179.0
    assert gateway.answer(session, "1").state == "open"
    now[0] = 181.0
    assert gateway.answer(session, "2").error == "the session timed out"
    assert len(us.of("ussd")) == 2
    assert told(us, "ussd-end")[0]["durationInMillis"] == "181000"


def test_redial_is_a_new_session_with_the_same_string(us: Us, gateway: Gateway) -> None:
    first = gateway.dial(A, "*384*10*1*5#", network="63510")
    again = gateway.redial(first.session)
    assert again.session != first.session
    assert (again.screen, again.hop) == ("You typed [1*5]", 1)
    assert gateway.shown(first.session).state == "ended"
    assert told(us)[1]["networkCode"] == "63510"


def test_one_question_at_a_time(us: Us, gateway: Gateway) -> None:
    session = gateway.dial(A, "*384*10#").session
    inside, go = threading.Event(), threading.Event()

    def wait(request: Request) -> None:
        if "/ussd/" in request.path:
            inside.set()
            go.wait(5)

    us.respond = wait
    thread = threading.Thread(target=gateway.answer, args=(session, "1"))
    thread.start()
    inside.wait(5)
    with pytest.raises(SessionBusy):
        gateway.answer(session, "2")
    go.set()
    thread.join()


def test_no_such_session(gateway: Gateway) -> None:
    for call in (gateway.hang_up, gateway.redial, gateway.shown, gateway.repeat):
        with pytest.raises(NoSuchSession):
            call("ATUid_0")


def test_a_new_address_is_used_from_the_next_hop_on(us: Us) -> None:
    hooks = us.hooks()
    gateway = Gateway(lambda: list(hooks))
    session = gateway.dial(A, "*384*10#").session
    hooks[0]["url"] = f"{us.url}/hooks/africastalking/ussd/n3w"
    gateway.answer(session, "1")
    assert [taken.path.rpartition("/")[2] for taken in us.of("ussd")] == ["s3cr3t-impuye", "n3w"]


# --- loss -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "worked"),
    [
        ({"lose_before": 1.0}, "the network lost the request", 0),
        ({"lose_after": 1.0}, "the network lost the reply", 1),
    ],
)
def test_a_lost_hop_ends_the_session(
    us: Us, gateway: Gateway, options: dict[str, float], error: str, worked: int
) -> None:
    gateway.options = GatewayOptions().changed(options)
    shown = gateway.dial(A, "*384*10#")
    assert (shown.state, shown.error, shown.screen) == ("failed", error, "")
    assert len(us.of("ussd")) == worked
    gateway.options = GatewayOptions()
    assert gateway.redial(shown.session).state == "open"


def play(us: Us, seed: int) -> tuple[list[bytes], int]:
    """Two hundred people, five threads, a tenth of the hops lost."""
    us.taken.clear()
    options = GatewayOptions(lose_before=0.05, lose_after=0.05)
    gateway = Gateway(us.hooks, options=options, seed=seed)
    lost = []

    def person(nth: int) -> None:
        shown = gateway.dial(f"+2507880{nth:05}", "*384*10#")
        for answer in "123":
            if shown.state == "open":
                shown = gateway.answer(shown.session, answer)
        if shown.state == "failed":
            lost.append(nth)

    def some(first: int) -> None:
        for nth in range(first, 200, 5):
            person(nth)

    threads = [threading.Thread(target=some, args=(first,)) for first in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(taken.body for taken in us.of("ussd")), len(lost)


def test_a_seed_gives_the_same_bytes_however_threads_interleave(us: Us) -> None:
    first, lost = play(us, 42)
    again, _ = play(us, 42)
    other, _ = play(us, 43)
    assert first == again
    assert first != other
    assert 0.15 < lost / 200 < 0.55
