"""One connection to Redis for all callers of a loop: what goes wrong on it, and what they read."""

import os
import time
from functools import partial

import pytest
import redis

from app.front.store import SharedStore
from engine.store.sessions import ANSWER_TIMEOUT_S, StoreDown
from tests.app.front.conftest import Serving


def opened(store: SharedStore, number: int) -> bytes | None:
    """What a session of this number comes to, once it was saved."""
    session, token = f"{number:032x}", os.urandom(12)
    store.open(session, "0:x", token, None)
    kept = f"reply {number}".encode()
    assert store.save(session, token, data=b"d", reply_key="0:x", reply=kept, log=b"{}")
    return store.open(session, "0:x", os.urandom(12), None).reply


@pytest.fixture
def store(serving: Serving, redis_url: str) -> SharedStore:
    return SharedStore(redis_url, serving.hub)


def test_many_ask_at_once_over_one_connection(
    serving: Serving, store: SharedStore, redis_url: str
) -> None:
    with redis.Redis.from_url(redis_url) as admin:
        before = {one["id"] for one in admin.client_list()}
        found = serving.call(*(partial(opened, store, number) for number in range(100)))
        assert found == [f"reply {number}".encode() for number in range(100)]
        assert len({one["id"] for one in admin.client_list()} - before) == 1


def test_threads_have_connections_of_their_own(store: SharedStore) -> None:
    assert opened(store, 1) == b"reply 1"


def test_a_server_that_forgot_the_scripts_learns_them_again(
    serving: Serving, store: SharedStore, redis_url: str
) -> None:
    serving.call(partial(opened, store, 1))
    with redis.Redis.from_url(redis_url) as admin:
        admin.script_flush()
    assert serving.call(partial(opened, store, 2), partial(opened, store, 3)) == [
        b"reply 2",
        b"reply 3",
    ]


def test_a_connection_that_was_cut_is_made_again(
    serving: Serving, store: SharedStore, redis_url: str
) -> None:
    serving.call(partial(opened, store, 1))
    with redis.Redis.from_url(redis_url) as admin:
        admin.client_kill_filter(_type="normal", skipme=True)
    found = serving.call(*(partial(opened, store, number) for number in range(2, 22)))
    assert found == [f"reply {number}".encode() for number in range(2, 22)]


def test_an_answer_that_takes_too_long_is_not_waited_for(
    serving: Serving, store: SharedStore, redis_url: str
) -> None:
    serving.call(partial(opened, store, 1))
    with redis.Redis.from_url(redis_url) as admin:
        admin.client_pause(int(ANSWER_TIMEOUT_S * 2_000))
        started = time.monotonic()
        asked = [serving.begin(store.ping) for _ in range(5)]
        for one in asked:
            with pytest.raises(StoreDown):
                one.result(10)
        assert ANSWER_TIMEOUT_S <= time.monotonic() - started < 2 * ANSWER_TIMEOUT_S
        admin.client_unpause()
    assert serving.call(partial(opened, store, 2)) == [b"reply 2"]


def test_a_server_that_is_not_there_is_said_at_once(serving: Serving) -> None:
    gone = SharedStore("redis://127.0.0.1:1/0", serving.hub)
    started = time.monotonic()
    for one in [serving.begin(gone.ping) for _ in range(5)]:
        with pytest.raises(StoreDown):
            one.result(10)
    assert time.monotonic() - started < 2
