"""A whole Piga is used in every way that puts a secret somewhere. Afterwards no PIN, code, path
secret, key or phone number is anywhere: not in a log, a file, a table, a back-up, Redis, a command
line or on the terminal."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import orjson
import psycopg
import pytest
import redis

from app.local import postgres
from app.local.embedded import ensure
from app.local.running import running as running_piga
from app.settings import Settings
from core.db.database import Database
from core.security.keyring import Keyring
from core.tenants.directory import all_services
from tests.faults.run import running
from tests.security import places, scenario
from tests.security.canaries import Canary, Finder, Found
from tests.security.places import Place
from tests.security.scenario import PINS, Gateway
from tests.support.chaos.kills import processes
from tests.support.waiting import until

SETTLED_WITHIN_S = 30.0
BACK_WITHIN_S = 30.0
TEXTS_MINIMUM, TURNS_MINIMUM = 6, 50
TENANT = "ibimina"
KINDS = ("ussd", "ussd-end", "sms-report")
NUMBERS = (scenario.NEW, scenario.STRANGER, scenario.AGENT, scenario.MEMBER)

# Who must know: the key's own file; the company that sends the texts; the gateway its callers.
KEY_FILE = "file key"
COMPANY = "file fakes/africastalking-texts.jsonl"
GATEWAY = "gateway log of "
# An amount that was confirmed: the intent, with the files below it, and the screen that the gateway
# passed on. In Redis the session that has it is sealed.
WHERE_AMOUNTS_ARE = ("table intent", "pg_dump ", "file postgres/", GATEWAY)
# Names of people and a group, parts of them on somebody's screens.
NAMES = ("Mukandori", "Vestine", "Faustin", "Twisungane")


def is_known_there(found: Found) -> bool:
    kind = found.canary.partition(" ")[0]
    return (
        (kind == "key" and found.place == KEY_FILE)
        or (kind in ("phone", "code") and found.place == COMPANY)
        or (kind == "phone" and found.place.startswith(GATEWAY))
    )


class UsedPiga:
    """A running Piga: how it is used, and all that it leaves."""

    def __init__(self, home: Path, supervisor_pid: int, settings: Settings) -> None:
        self.home = home
        self.pid = supervisor_pid
        self.settings = settings
        self.admin_url = settings.database_url.replace("piga_app@", f"{postgres.SUPERUSER}@")
        self.keys = Keyring(settings.key_bytes)
        self.hooks = self._hooks()
        run = running_piga(settings)
        assert run is not None
        self.fakes_url = run.fakes_url
        self.gateway = Gateway(run.fakes_url, run.url, self.hooks["ussd"])
        self.canaries = [
            *(Canary.of(f"PIN {what}", pin) for what, pin in PINS.items()),
            *(Canary.of(f"phone {number[-2:]}", number[4:]) for number in NUMBERS),
            Canary("key", settings.key_bytes),
            Canary.of("key as text", settings.key),
            *(Canary.of(f"path {kind}", _secret(hook)) for kind, hook in self.hooks.items()),
        ]

    def _hooks(self) -> dict[str, str]:
        database = Database(self.settings.database_url)
        services = [one for one in all_services(database) if one.tenant.slug == TENANT]
        [service] = [one for one in services if one.channel == "ussd"]
        database.close()
        return {
            kind: f"/hooks/{service.provider}/{kind}/"
            + self.keys.hook_secret(service.provider, kind, service.id, service.hook_generation)
            for kind in KINDS
        }

    def everything(self) -> Iterator[Place]:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")  # so that the files hold what the tables hold
        return chain(
            places.files(self.home),
            self.output(),
            places.tables(self.admin_url),
            places.dump(self.admin_url),
            places.keys(self.settings.redis_url),
            places.command_lines(self.pid),
            places.gateway_log(self.fakes_url),
        )

    def output(self) -> Iterator[Place]:
        yield "terminal", (self.home.parent / "piga.log").read_bytes()

    def one(self, query: str) -> int:
        with psycopg.connect(self.admin_url) as connection:
            row = connection.execute(query).fetchone()
        assert row is not None
        return int(row[0])

    def kill(self, name: str) -> None:
        for process in processes(self.pid)[name]:
            process.kill()

    def is_back(self) -> bool:
        return self.gateway.post("/readyz", {})[0] == 405 and "Ibimina" in self.gateway.dial(
            scenario.MEMBER, "*384*10*00#"
        )


def _secret(hook: str) -> str:
    return hook.rpartition("/")[2]


def search(finder: Finder, left: Iterable[Place]) -> list[Found]:
    return [found for place, data in left for found in finder.find(data, place)]


def use(piga: UsedPiga) -> None:
    """Everything of the scenario; what is learnt on the way becomes a canary, too."""
    gateway = piga.gateway
    gateway.faults(ussd={"end_events": "on"})
    scenario.register(gateway)
    scenario.change_pin(gateway, scenario.MEMBER, scenario.MEMBER_PIN, PINS["the member's"])
    scenario.change_pin(gateway, scenario.AGENT, scenario.AGENT_PIN, PINS["the agent's"])
    scenario.pay(gateway)
    piga.canaries.append(Canary.of("code", scenario.top_up(gateway)))
    scenario.guess(gateway)
    scenario.post_nonsense(gateway)
    scenario.break_things(gateway, piga.admin_url)
    for server, what in (("postgres", "Postgres"), ("valkey", "Redis")):
        until(piga.is_back, BACK_WITHIN_S)
        scenario.at_the_pin(gateway)
        piga.kill(server)
        gateway.type(PINS[f"typed while {what} is down"])
    until(piga.is_back, BACK_WITHIN_S)
    until(lambda: _settled(piga), SETTLED_WITHIN_S)


def _settled(piga: UsedPiga) -> bool:
    """Texts are sent, but for those that failed on the way, and the turns are in the turn log."""
    texts = piga.one("SELECT count(*) FROM message WHERE state IN ('accepted', 'delivered')")
    return texts >= TEXTS_MINIMUM and piga.one("SELECT count(*) FROM turn") >= TURNS_MINIMUM


# --- planting -------------------------------------------------------------------------------------

PLANTED = Canary.of("planted", "985206")
PLACES = (
    *("file log/web.log", "terminal", "key planted", "key planted as read", "file valkey/"),
    *("table audit", "table audit as JSON", "table turn_", "table pin_proposal"),
    *("pg_dump plain", "pg_dump custom", "file postgres/base/", "file postgres/pg_wal/"),
)


def plant(piga: UsedPiga) -> None:
    """The same secret in every place, and in a log and in Redis in every form."""
    forms = dict(PLANTED.forms())
    text = PLANTED.value.decode()
    with open(piga.home / "log" / "web.log", "ab") as log:
        log.write(b"\n".join(b"INFO somebody typed " + form for form in forms.values()) + b"\n")
    with open(piga.home.parent / "piga.log", "r+b") as terminal:  # at its beginning: it grows
        terminal.write(b"\n" + PLANTED.value + b"\n")
    with redis.Redis.from_url(piga.settings.redis_url) as client:
        client.hset("planted", mapping={form: b"a " + written for form, written in forms.items()})
        client.xadd("planted stream", {"t": orjson.dumps({"place": text})})
    with psycopg.connect(piga.admin_url) as connection:
        tenant = "(SELECT id FROM tenant LIMIT 1)"
        connection.execute(
            f"INSERT INTO audit (tenant_id, id, actor, action, detail)"
            f" VALUES ({tenant}, gen_random_uuid(), 'x', 'x', %s)",
            (orjson.dumps({"typed": [text]}).decode(),),
        )
        connection.execute(
            "INSERT INTO turn SELECT tenant_id, gen_random_uuid(), service_id, session,"
            " subscriber_id, number, %s, outcome, language, took_us FROM turn LIMIT 1",
            (f"menu:{text}",),
        )
        connection.execute(f"INSERT INTO pin_proposal VALUES ({tenant}, 'x', %s, now())", (text,))


def assert_that_the_planted_is_found(piga: UsedPiga) -> None:
    finder = Finder([PLANTED])
    found = search(finder, piga.everything())
    for place in PLACES:
        assert [one for one in found if one.place.startswith(place)], place
    for place in ("file log/web.log", "key planted as read"):
        forms = {one.form for one in found if one.place == place}
        assert forms == finder.forms


# --- the proof ------------------------------------------------------------------------------------


@pytest.mark.long
def test_no_secret_is_left_anywhere(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home) as (supervisor_pid, settings), ensure(settings) as own:
        piga = UsedPiga(home, supervisor_pid, own)
        use(piga)
        left = list(piga.everything())
        plant(piga)
        assert_that_the_planted_is_found(piga)
    left += [*places.files(home), *piga.output()]
    found = search(Finder(piga.canaries), left)
    leaks = [str(one) for one in found if not is_known_there(one)]
    assert not leaks, "\n".join(leaks)
    # It was looked for where it must be, too: else the search itself would be broken.
    known = {(one.canary.partition(" ")[0], one.place) for one in found}
    assert {("key", KEY_FILE), ("phone", COMPANY), ("code", COMPANY)} <= known
    _assert_that_an_amount_is_only_an_amount(left)
    _assert_that_no_name_is_in_redis(left)


def _assert_that_an_amount_is_only_an_amount(left: list[Place]) -> None:
    amount = Canary.of("amount", scenario.PIN_TAKEN_AS_AMOUNT)
    kept = {one.place for one in search(Finder([amount]), left)}
    assert "table intent" in kept
    assert not [place for place in kept if not place.startswith(WHERE_AMOUNTS_ARE)]


def _assert_that_no_name_is_in_redis(left: list[Place]) -> None:
    finder = Finder(Canary.of(f"name {name}", name) for name in NAMES)
    found = search(finder, [one for one in left if one[0].startswith(("key ", "file valkey/"))])
    assert [str(one) for one in found] == []
    shown = {one.canary for one in search(finder, left) if one.place.startswith(GATEWAY)}
    assert shown >= {"name Mukandori", "name Twisungane"}
