"""Funnels: how many reach each question of a flow, and where they leave. They name nobody."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from core.analytics import funnels
from core.analytics.funnels import Asked, By
from core.staff.roles import Permission
from core.tenants import directory
from values import clock

LOOK = Permission(
    "funnels.look",
    "see how many reach each question, and where they leave",
    ("company_admin", "auditor", "government"),
)
DAYS: Final = {"1": 1, "7": 7, "14": 14, "90": 90}
BYS: Final[dict[str, By]] = {
    "day": "day",
    "channel": "channel",
    "language": "language",
    "network": "network",
}


def shown(visit: Visit) -> Response:
    services = directory.services_of(visit.tx)
    channels = sorted({one.channel for one in services} - {"payments"})
    languages = services[0].tenant.languages if services else ()
    days = visit.args.get("days", "")
    days = days if days in DAYS else "7"
    language, channel = visit.args.get("language", ""), visit.args.get("channel", "")
    now = clock.now(visit.business.zone)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    asked = Asked(
        midnight - timedelta(days=DAYS[days] - 1),
        now,
        language if language in languages else "",
        channel if channel in channels else "",
        visit.args.get("network", ""),
    )
    found = funnels.read(visit.tx, asked)
    flow = visit.args.get("flow", "")
    flow = flow if flow in found.flows else next(iter(found.flows), "")
    by = BYS.get(visit.args.get("by", ""), "day")
    return visit.show(
        "funnels/shown.html",
        flows=list(found.flows),
        flow=flow,
        steps=found.flows.get(flow, []),
        shares=found.shares(flow, by),
        by=by,
        bys=list(BYS),
        days=days,
        all_days=list(DAYS),
        asked=asked,
        languages=languages,
        channels=channels,
        networks=found.networks,
    )


PAGE = Page(
    name="funnels",
    title="Funnels",
    folder=Path(__file__).parent,
    order=70,
    routes=(Route("", shown, LOOK),),
)
