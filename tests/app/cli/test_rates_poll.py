"""`piga rates poll`: once, by hand; and while another is at it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from click.testing import CliRunner

from app.cli.rates import rates
from app.settings import Settings
from core.rates import runs
from core.security.installation import set_key
from providers.simulator.process import Fakes
from tests.support.rates import have_polled
from tests.support.tenants import KEY, KEYS
from tests.support.workers import MessagingTenant
from tests.workers.conftest import database, fakes, tenant, tenants

__all__ = ["database", "fakes", "tenant", "tenants"]


@pytest.mark.long
def test_the_interval_is_the_tenants_or_what_is_said(
    tenant: MessagingTenant, fakes: Fakes, servers: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant.admin.execute("TRUNCATE rate")
    have_polled(tenant)
    settings = replace(
        servers, database_url=tenant.urls.database_url, fakes_url=fakes.url, key=KEY.hex()
    )
    for name, value in settings.variables().items():
        monkeypatch.setenv(name, value)
    set_key(tenant.urls.owner_url, KEYS)
    ticks = []

    def tick(_for_s: float) -> None:
        """Two minutes pass, and then somebody presses Ctrl-C."""
        ticks.append(_for_s)
        tenant.admin.execute("UPDATE rate_run SET started_at = started_at - interval '2 minutes'")
        if len(ticks) == 3:
            raise KeyboardInterrupt

    def said(*options: str) -> list[str]:
        ticks.clear()
        poll = ["poll", "--tenant", tenant.slug, "--quiet", *options]
        return CliRunner().invoke(rates, poll).output.splitlines()

    monkeypatch.setattr("app.cli.rates.sleep", tick)
    once = "3 accepted, 0 unchanged, 0 held, 0 failed."
    assert [line for line in said() if "accepted" in line] == [once]
    again = "0 accepted, 3 unchanged, 0 held, 0 failed."
    assert [line for line in said("--interval", "60") if "accepted" in line] == [again] * 3
    assert said("--interval", "59")[-1].startswith("Error: Invalid value for '--interval'")


@pytest.mark.long
def test_a_run_is_shown_pair_by_pair_and_no_second_one_begins(
    tenant: MessagingTenant, fakes: Fakes, servers: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant.admin.execute("TRUNCATE rate")
    have_polled(tenant)
    fakes.flutterwave.market.own["USD", "NGN"] = Decimal("1612.345678")
    settings = replace(
        servers, database_url=tenant.urls.database_url, fakes_url=fakes.url, key=KEY.hex()
    )
    for name, value in settings.variables().items():
        monkeypatch.setenv(name, value)
    set_key(tenant.urls.owner_url, KEYS)
    poll = ["poll", "--tenant", tenant.slug, "--once"]
    said = CliRunner().invoke(rates, poll)
    assert said.exit_code == 0, said.output
    lines = said.output.splitlines()
    assert [line.split()[:2] for line in lines[:3]] == [
        *(["1", "GBP-NGN"], ["2", "USD-KES"], ["3", "USD-NGN"]),
    ]
    assert lines[2].split()[2:] == ["1,612.35", "accepted"]
    assert lines[3] == "3 accepted, 0 unchanged, 0 held, 0 failed."
    quiet = CliRunner().invoke(rates, [*poll, "--quiet"]).output
    assert quiet == "0 accepted, 3 unchanged, 0 held, 0 failed.\n"
    with tenant.tx() as tx:
        assert runs.begin(tx, interval_s=0) is not None  # another one is at it
        tx.execute("UPDATE rate_run SET lease_until = now() + interval '1 second'")
    asked = len(fakes.flutterwave.requests)
    assert CliRunner().invoke(rates, poll).exit_code == 0
    assert len(fakes.flutterwave.requests) - asked == 3, "it waited for the other, which is gone"
    shown = CliRunner().invoke(rates, ["show", "--tenant", tenant.slug]).output
    assert "USD-NGN" in shown
