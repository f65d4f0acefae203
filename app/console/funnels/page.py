"""Funnels: how many reach each question of a flow, and where they leave. They name nobody."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from core.analytics import funnels
from core.analytics.funnels import TURNS_MAXIMUM, Asked, By
from core.staff.roles import Permission
from core.tenants import directory
from values import clock

LOOK = Permission(
    "funnels.look",
    "see how many reach each question, and where they leave",
    ("company_admin", "auditor", "government"),
)
DAYS: Final = {"1": 1, "7": 7, "14": 14}
BYS: Final[dict[str, By]] = {"day": "day", "channel": "channel", "language": "language"}


def shown(visit: Visit) -> Response:
    services = directory.services_of(visit.tx)
    channels = sorted({one.channel for one in services} - {"payments"})
    languages = services[0].tenant.languages if services else ()
    days = visit.args.get("days", "")
    days = days if days in DAYS else "7"
    language, channel = visit.args.get("language", ""), visit.args.get("channel", "")
    language = language if language in languages else ""
    channel = channel if channel in channels else ""
    now = clock.now(visit.business.zone)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - timedelta(days=DAYS[days] - 1)
    asked = Asked(since, now, language, channel)
    found = funnels.flows(visit.tx, asked)
    flow = visit.args.get("flow", "")
    flow = flow if flow in found else next(iter(found), "")
    by = BYS.get(visit.args.get("by", ""), "day")
    return visit.show(
        "funnels/shown.html",
        flows=list(found),
        flow=flow,
        steps=found.get(flow, []),
        shares=funnels.shares(visit.tx, asked, flow, by) if flow else [],
        by=by,
        bys=list(BYS),
        days=days,
        all_days=list(DAYS),
        language=language,
        languages=languages,
        channel=channel,
        channels=channels,
        turns_maximum=TURNS_MAXIMUM,
    )


PAGE = Page(
    name="funnels",
    title="Funnels",
    folder=Path(__file__).parent,
    order=70,
    routes=(Route("", shown, LOOK),),
)
