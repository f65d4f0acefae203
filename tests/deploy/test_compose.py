"""The compose file: read by the specification's own rules, and every part of Piga is closed."""

import json
import re
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from app.cli import COMMANDS
from app.settings import CHECKOUT, Settings
from workers.jobs.kinds import QUEUES

FOLDER = CHECKOUT / "deploy" / "compose"
FILE = FOLDER / "compose.yaml"
VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*)|:\?)?\}")
METRICS_PORT = 9464


def interpolated() -> str:
    """As compose reads it: a variable has its default, or else a value."""
    return VARIABLE.sub(lambda found: found[2] or "a-value", FILE.read_text())


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(interpolated())["services"]
    return found


OURS = {name: said for name, said in services().items() if said["image"].startswith("piga:")}


def test_it_is_what_the_specification_allows() -> None:
    said = yaml.safe_load(interpolated())  # which merges what is shared, as compose does
    PyCompose.from_json(json.dumps(said)).validate()
    wrong = json.dumps(said).replace('"command"', '"comand"')
    with pytest.raises(ValueError, match="comand"):
        PyCompose.from_json(wrong)


@pytest.mark.parametrize("name", OURS)
def test_each_part_of_piga_is_closed(name: str) -> None:
    said = OURS[name]
    assert said["read_only"] is True
    assert said["user"] == "10001:10001"
    assert said["cap_drop"] == ["ALL"]
    assert said["command"][0] in COMMANDS
    Settings.load(
        {
            key: value.replace("a-value", "0f" * 32)
            if key == "PIGA_KEY"
            else value.replace("a-value", "https://piga.example.org")
            if key == "PIGA_PUBLIC_URL"
            else value
            for key, value in said["environment"].items()
        }
    )
    assert set(said["environment"]) <= {*known_variables(), "PIGA_ACCOUNTS"}


def known_variables() -> set[str]:
    from app.settings import _VARIABLES

    return set(_VARIABLES.values())


def test_only_the_migration_has_the_owners_password() -> None:
    with_it = [name for name, said in OURS.items() if "PIGA_OWNER_URL" in said["environment"]]
    assert with_it == ["migrate"]


def test_every_queue_is_worked_on_and_every_part_is_scraped() -> None:
    commands = [" ".join(said["command"]) for said in OURS.values()]
    assert {f"worker {queue}" for queue in QUEUES} <= set(commands)
    assert {"web", "relay", "cron"} <= set(commands)
    scraped = yaml.safe_load((CHECKOUT / "deploy/prometheus/prometheus.yml").read_text())
    [config] = scraped["scrape_configs"]
    targets = config["static_configs"][0]["targets"]
    assert sorted(targets) == sorted(f"{name}:{METRICS_PORT}" for name in OURS if name != "migrate")


def test_nothing_is_published_but_on_this_machine_and_no_metrics_at_all() -> None:
    for name, said in services().items():
        for port in said.get("ports", ()):
            assert port.startswith("127.0.0.1:"), name
            assert str(METRICS_PORT) not in port, name


def test_the_pooler_pools_transactions_and_what_is_prepared() -> None:
    said = (FOLDER / "pgbouncer.ini").read_text()
    assert re.search(r"^pool_mode = transaction$", said, re.M)
    found = re.search(r"^max_prepared_statements = (\d+)$", said, re.M)
    assert found
    assert int(found[1]) > 0
