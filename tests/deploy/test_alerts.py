"""Alerts and dashboards: they ask for what is measured, each alert has a page and fires."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram

from app import domains
from app.settings import CHECKOUT
from core.metrics import series
from core.outbox.figures import FIGURES as OUTBOX

DEPLOY = CHECKOUT / "deploy"
RULES = DEPLOY / "prometheus" / "alerts.yml"
TESTS = DEPLOY / "prometheus" / "alerts_test.yml"
BOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
NAME = re.compile(r"\bpiga_\w+")
# What `workers.queue.figures`, `app.metrics.verified` and `app.metrics.facts` make themselves.
READ = (
    "piga_queue_jobs",
    "piga_queue_oldest_seconds",
    "piga_workers",
    "piga_turn_log_lines",
    "piga_ledger_violations",
    "piga_ledger_verified_timestamp_seconds",
    "piga_facts_up",
)


def alerts() -> list[dict[str, Any]]:
    [group] = yaml.safe_load(RULES.read_text())["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def measured() -> set[str]:
    """The names that `/metrics` has."""
    names = {*READ, *(f.name for f in (*OUTBOX, *domains.load().figures))}
    for one in vars(series).values():
        if isinstance(one, Histogram):
            (family,) = one.describe()
            names |= {f"{family.name}_{end}" for end in ("bucket", "count", "sum")}
        elif isinstance(one, (Counter, Gauge)):
            (family,) = one.describe()
            names.add(f"{family.name}_total" if family.type == "counter" else family.name)
    return names


@pytest.mark.parametrize("file", [RULES, *BOARDS], ids=lambda file: file.name)
def test_nothing_is_asked_for_that_is_not_measured(file: Path) -> None:
    if file.suffix == ".json":
        panels = json.loads(file.read_text())["panels"]
        text = " ".join(target["expr"] for panel in panels for target in panel["targets"])
    else:
        text = " ".join(alert["expr"] for alert in alerts())
    asked = set(NAME.findall(text))
    assert asked
    assert asked <= measured()


def test_each_alert_has_a_page_and_a_test() -> None:
    pages = {f"docs/runbooks/{page.name}" for page in (CHECKOUT / "docs/runbooks").glob("*.md")}
    pages.remove("docs/runbooks/README.md")
    assert {alert["annotations"]["runbook"] for alert in alerts()} == pages
    index = (CHECKOUT / "docs/runbooks/README.md").read_text()
    for alert in alerts():
        page = CHECKOUT / alert["annotations"]["runbook"]
        text = page.read_text()
        assert text.startswith(f"# {alert['alert']}\n")
        assert alert["expr"].strip() in text, "its page shows another expression"
        assert f"[{alert['alert']}]({page.name})" in index
    fired = [
        rule["alertname"]
        for case in yaml.safe_load(TESTS.read_text())["tests"]
        for rule in case["alert_rule_test"]
        if rule["exp_alerts"]
    ]
    assert sorted(fired) == sorted(alert["alert"] for alert in alerts())


def test_each_alert_fires_of_what_it_is_for() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        if os.environ.get("PIGA_NEED_PEERS") == "1":
            pytest.fail("no promtool on this machine: Debian has it in prometheus")
        pytest.skip("no promtool on this machine: Debian has it in prometheus")
    for command in (["check", "config", "prometheus.yml"], ["test", "rules", TESTS.name]):
        ran = subprocess.run(
            [promtool, *command], cwd=TESTS.parent, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
