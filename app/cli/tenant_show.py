"""`piga tenant show` and `costs`: what an operator sees of a business at a glance."""

import uuid
from collections.abc import Iterator
from datetime import UTC
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import click

from app import rate_card
from app.operations.servers import Core
from core.alarms import alarms
from core.analytics import costs, meter
from core.messaging import prices
from core.messaging.prices import Category, UnknownPrice
from core.tenants.directory import all_services
from values import clock

MONTHS: Final = 3

_FACTS = (
    "SELECT t.slug, t.country, t.currency, t.time_zone, t.languages, t.paused,"
    " (SELECT count(*) FROM subscriber s WHERE s.tenant_id = t.id),"
    " (SELECT count(*) FROM call_back c WHERE c.tenant_id = t.id AND c.state = 'waiting'),"
    " (SELECT count(*) FROM message m WHERE m.tenant_id = t.id AND m.state = 'unknown'),"
    " (SELECT count(*) FROM outbox o WHERE o.tenant_id = t.id AND o.state = 'waiting'"
    "  AND o.available_at < now() - interval '1 minute')"
    " FROM tenant t WHERE t.id = current_tenant()"
)


def print_tenant(core: Core, tenant_id: uuid.UUID) -> None:
    """Print who the tenant is, its services, what waits, and its open alarms."""
    with core.database.transaction(tenant_id) as tx:
        row = tx.one(_FACTS)
        open_alarms = alarms.open_of_tenant(tx)
        today = costs.by_day(tx, days=1)
    assert row is not None
    slug, country, currency, zone, languages, paused, people, calls, unknown, late = row
    services = [one for one in all_services(core.database) if one.tenant.id == tenant_id]
    lines = {
        "tenant": f"{slug}, {country}, {currency}, {zone}, {' '.join(languages)}",
        "state": "paused" if paused else "open",
        "services": ", ".join(f"{one.channel} {one.code}" for one in services) or "none",
        "people": people,
        "calls": f"{calls} people wait for a call",
        "texts": f"{unknown} may or may not have been sent, {late} wait for more than a minute",
        "costs": ", ".join(map(_said, today)) or "none today",
        "alarms": f"{len(open_alarms)} open" if open_alarms else "none open",
    }
    for name, value in lines.items():
        click.echo(f"{name:<10}{value}")
    for one in open_alarms:
        at = one.last_at.astimezone(UTC)
        click.echo(f"  {at:%Y-%m-%d %H:%M:%S} UTC  {one.id}  {one.count}x  {one.sentence}")


def print_costs(core: Core, tenant_id: uuid.UUID, *, days: int) -> None:
    """Print a line for each day, kind and currency."""
    with core.database.transaction(tenant_id) as tx:
        found = costs.by_day(tx, days=days)
    for one in found:
        click.echo(f"{one.day}  {_said(one)}")
    if not found:
        click.echo("No gateway has said what anything cost.")
    for line in _metered(core, tenant_id):
        click.echo(line)


def _metered(core: Core, tenant_id: uuid.UUID) -> Iterator[str]:
    """A line for each number and month, where so many messages a month are free; of this month with
    what it comes to."""
    with core.database.transaction(tenant_id) as tx:
        found = meter.by_month(tx, months=MONTHS)
        row = tx.one("SELECT time_zone, country FROM tenant WHERE id = current_tenant()")
    assert row is not None
    now = clock.now(ZoneInfo(row[0]))
    for one in found:
        free = prices.table().rule(one.channel, now).free_replies_a_month
        said = f"{one.month:%Y-%m}     {one.channel} {one.code}: {one.messages} messages"
        if (one.month.year, one.month.month) == (now.year, now.month):
            said += f" of {free} free" if free else ""
            ahead = meter.forecast(one.messages, now)
            said += f", about {ahead} by the month's end" if ahead is not None else ""
        yield said
    for channel in sorted({one.channel for one in found}):
        yield from _unknown_price(channel, row[1])


def _unknown_price(channel: str, country: str) -> Iterator[str]:
    """A line where nobody has said what a message on a channel costs."""
    rate_card.load()
    price = prices.table().cost_of(channel, country, Category.UTILITY, clock.now())
    if isinstance(price, UnknownPrice):
        yield f"{channel} {country}: {prices.REASONS[price.reason]}"


def _said(one: costs.DayCost) -> str:
    amount = one.amount.quantize(Decimal("0.0001"))
    return f"{one.count} {one.kind}s {amount} {one.currency or '?'}"
