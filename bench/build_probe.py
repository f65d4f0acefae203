"""One build of Piga on servers of its own, which does what is written to it a line and answers each
with a line of JSON. Run by the Python of that build, in its folder: all that it imports of `bench`
has been there since before there was a loop, so that an earlier build is asked the same.

    money 500    that many money conversations, hashing at its least: how many a second
    sessions 50  what Redis keeps of so many sessions of four hops, of one hop, in bytes each
    memory       of the web server, each page once, by worker; and what one has alone; in MB
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path[0] = os.getcwd()

import redis  # noqa: E402

from bench import servers  # noqa: E402
from bench.load import drive, no_pauses  # noqa: E402
from bench.servers import Web, own_servers, webs  # noqa: E402
from bench.talks import Crowd  # noqa: E402
from bench.world import Builder, World  # noqa: E402

PHONES = 8
WARM = 10 * PHONES
OF_A_SESSION = ("s:*", "last:*", "begun:*:*")


def main() -> None:
    people = int(sys.argv[1])
    with own_servers() as own:
        world = Builder(own).build("probe", tenants=1, subscribers=people, callers=people)
        crowd = Crowd(world.callers)
        with webs((world.settings, ("app.cli", "web"))) as (web,):
            drive(web.port, crowd.menu(WARM, 3), PHONES)
            drive(web.port, crowd.money(WARM), PHONES)
            say({"ready": True})
            for line in sys.stdin:
                say(dict(answer(line.split(), world, crowd, web)))


def answer(asked: list[str], world: World, crowd: Crowd, web: Web) -> Iterator[tuple[str, float]]:
    processes = servers.children_of(web.process.pid)
    match asked:
        case ["money", count]:
            talks, before_s = crowd.money(int(count)), servers.cpu_s(processes)
            with no_pauses():
                answers = drive(web.port, talks, PHONES)
            yield "talks_per_s", answers.rate / len(talks[0])
            yield "web_us", (servers.cpu_s(processes) - before_s) * 1e6 / len(talks)
            yield "given_up", answers.given_up
        case ["sessions", count]:
            for hops in (4, 1):
                yield f"bytes_{hops}", sessions_bytes(world, crowd, web, int(count), hops)
        case ["memory"]:
            each = [memory_kb(pid) for pid in processes]
            # A page that several processes have counts once: what forks them is one of them.
            yield "mb", sum(one["Pss"] for one in each) / world.settings.web_workers / 1e3
            yield "alone_mb", max(one["Private_Dirty"] for one in each) / 1e3


def memory_kb(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}


def sessions_bytes(world: World, crowd: Crowd, web: Web, count: int, hops: int) -> float:
    with redis.Redis.from_url(world.settings.redis_url) as store:
        store.flushdb()
        drive(web.port, crowd.menu(count, hops), PHONES)
        keys = [key for kind in OF_A_SESSION for key in store.scan_iter(kind)]
        return sum(int(store.memory_usage(key) or 0) for key in keys) / count


def say(told: dict[str, float] | dict[str, bool]) -> None:
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
