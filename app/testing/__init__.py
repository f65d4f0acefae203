"""For the tests of a domain: real servers, a tenant of its own, and phones that call it.

with Bench.started(Path("tests/tenant")) as bench:
    bench.compare(Path("tests/transcripts/note.en.txt"))
    with bench.world("fr") as world:
        phone = world.phone("keza")
        phone.dial("*384*90#")
        assert phone.shows.startswith("Kiosque")
        assert world.rows("SELECT count(*) FROM account") == [(1,)]
"""

from app.testing.bench import Bench, World
from app.testing.phone import Phone

__all__ = ["Bench", "Phone", "World"]
