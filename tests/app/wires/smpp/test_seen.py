"""Whether the same words are a copy, on a wire without ids."""

import pytest

from app.wires.smpp.seen import Known, Seen, is_copy


@pytest.mark.parametrize(
    ("known", "link", "came_s", "other_ended_s", "copy"),
    [
        # Not answered: by a process that was killed, or not yet.
        (Known("a", "one", 100), "two", 130, 110, True),
        (Known("a", "one", 100), "one", 101, 0, True),
        # Answered, and the connection went on: somebody wrote the same words again.
        (Known("a", "one", 100, 100.1), "one", 102, 0, False),
        (Known("a", "one", 100, 100.1), "two", 130, 120, False),
        # Answered right before the connection ended: the answer may not have come.
        (Known("a", "one", 100, 100.1), "two", 130, 101, True),
        # The centre lost patience while we were slow; a person who wrote twice was not waiting.
        (Known("a", "one", 100, 109.0), "one", 106, 0, True),
        (Known("a", "one", 100, 101.0), "one", 100.2, 0, False),
    ],
)
def test_what_is_a_copy(
    known: Known, link: str, came_s: float, other_ended_s: float, copy: bool
) -> None:
    assert is_copy(known, link=link, came_s=came_s, other_ended_s=other_ended_s) is copy


def test_the_memory_outlives_its_process(redis_url: str) -> None:
    before = Seen(redis_url, "main")
    before.began()
    before.alive()
    id = before.id_of("digest", 100.0)
    before.close()
    after = Seen(redis_url, "main")
    after.began()
    assert after.id_of("digest", 130.0) == id
    assert id.startswith("main/")
    after.answered("digest", id, 130.0)
    assert after.id_of("digest", 131.0) != id
    after.close()


def test_without_redis_nothing_is_taken_for_a_copy(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen = Seen("redis://127.0.0.1:1/0", "main")
    seen.began()
    assert seen.id_of("digest", 100.0) != seen.id_of("digest", 100.0)
    seen.close()
    assert "Redis is away" in caplog.text
