"""The demo from the command line: its people, beginning anew, loading it."""

import shutil
from pathlib import Path

import psycopg
import pytest

from app.operations.tenant_folder import read_folder
from core.manifest.ids import tenant_id_of
from core.manifest.section import Manifest
from core.people.people import identify
from tests.support.cli import FIXTURES, KEYS, Piga, data, demo, env_of, piga
from tests.support.servers import DatabaseUrls
from tests.support.waiting import at_once

__all__ = ["demo", "piga"]


def test_demo_people_are_who_they_say(demo: Piga, demo_database: DatabaseUrls) -> None:
    from core.db.database import Database as Core

    listed = data(demo("demo", "people", "--json"))
    newcomers: dict[str, list[str]] = {}
    code = ""
    core = Core(demo_database.database_url)
    for person in listed:
        assert set(person) == {
            *("tenant", "service", "msisdn", "role", "name", "language", "pin", "special")
        }
        with core.transaction(tenant_id_of(person["tenant"])) as tx:
            found = identify(tx, KEYS, person["msisdn"])
            (same,) = [one for one in found if one.name == person["name"]]
            assert (same.language, same.has_pin) == (person["language"], bool(person["pin"]))
            assert person["role"] in same.roles
            if not person["pin"]:
                newcomers[person["name"]] = person["special"]
            if person["name"] == "Mukantwari Beata":
                code = KEYS.first_use_code(same.id, 1)
            if person["pin"] and person["tenant"] == "ibimina":
                row = tx.one("SELECT pin_hash FROM subscriber WHERE id = %s", (same.id,))
                assert row is not None
                assert KEYS.verify_pin(person["pin"], row[0])
    core.close()
    # What they are asked at their first dial stands with them.
    assert newcomers == {
        "Gasana Innocent": [],
        "Mukantwari Beata": [f"code {code}"],
        "Hategekimana Paul": ["born 1987"],
    }
    assert {person["tenant"] for person in listed} == {"ibimina", "moto", "trade", "fuel", "rates"}
    assert {person["role"] for person in listed} == {
        "member",
        "customer",
        "agent",
        "super_agent",
        "assistant",
        "attendant",
        "dealer",
    }
    shared = [(one["tenant"], one["msisdn"]) for one in listed]
    assert len(shared) - len(set(shared)) == 5
    assert "+250788000101" in demo("demo", "people").stdout


def test_a_demo_begins_anew(demo: Piga, demo_database: DatabaseUrls) -> None:
    with psycopg.connect(demo_database.admin_url) as connection:
        connection.execute(
            "INSERT INTO tenant (id, slug, name, country, calling_code, currency, time_zone,"
            " languages) VALUES (gen_random_uuid(), 'real', 'Real', 'RW', '250', 'RWF', 'UTC',"
            " '{en}')"
        )
        connection.execute("UPDATE subscriber SET language = 'xx', pin_hash = NULL")
    assert demo("demo", "reset", "--yes").exit_code == 0
    with psycopg.connect(demo_database.admin_url) as connection:
        assert connection.execute(
            "SELECT count(*) FROM subscriber WHERE language = 'xx'"
        ).fetchone() == (0,)
        row = connection.execute("DELETE FROM tenant WHERE slug = 'real' RETURNING 1").fetchone()
        assert row == (1,)
    assert data(demo("ledger", "verify", "--json"))["tenants"] == 5


def test_a_demo_does_not_begin_anew_where_it_must_not(demo: Piga) -> None:
    told = demo("demo", "reset")
    assert told.exit_code == 1
    assert "--yes" in told.stderr
    told = demo("demo", "reset", "--yes", PIGA_DEMO="0")
    assert told.exit_code == 1
    assert "in a demo only" in told.stderr
    assert demo("demo", "people", PIGA_DEMO="0").exit_code == 1


def test_loading_a_demo_that_is_there_is_one_look(
    demo: Piga, demo_database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from app.demo import people as module
    from app.settings import Settings

    env = {name: value for name, value in env_of(demo_database, tmp_path).items() if value}
    settings = Settings.load(env)
    module.load(settings)

    seen: list[str] = []
    really = module.read

    def read(path: Path) -> Manifest:
        seen.append(path.name)
        return really(path)

    monkeypatch.setattr(module, "read", read)
    module.load(settings)
    assert seen == []
    folder = tmp_path / "tenants"
    shutil.copytree(FIXTURES, folder)
    people = folder / "moto" / "people.yaml"
    people.write_text(people.read_text() + "\n# one more line\n")
    monkeypatch.setattr(module, "FOLDER", folder)
    module.load(settings)
    module.load(settings)
    assert seen == ["moto"]


def test_loading_twice_at_once_is_loading_once(piga: Piga, database: DatabaseUrls) -> None:
    from app.demo.people import load
    from app.settings import Settings

    piga("migrate")
    env = {name: value for name, value in env_of(database, Path("/nowhere")).items() if value}
    settings = Settings.load(env)
    assert at_once([lambda: load(settings)] * 3) == [None] * 3
    assert data(piga("ledger", "verify", "--json"))["tenants"] == 5


def test_two_of_its_tenants_have_one_account_at_their_provider() -> None:
    """So that it is seen that a sender id which one of them lost stops nobody else."""
    plans = [read_folder(FIXTURES / slug, demo=True) for slug in ("ibimina", "moto")]
    names = [plan.settings.get("demo_account") or plan.slug for plan in plans]
    assert names == ["ibimina", "ibimina"]
    assert len({plan.settings["sms_sender"] for plan in plans}) == 2
