"""List prices: what holds now, and new ones, brought as a file by one and published by two."""

import tempfile
from pathlib import Path
from typing import Final

import orjson
from werkzeug.wrappers import Response

from app.console.orders.refused import OrderRefused
from app.console.page import Visit
from core.approvals import requests
from core.orders import listing, publishing
from core.orders.price_file import PriceFile, read_price_file
from core.spreadsheets.errors import SpreadsheetError
from core.staff.roles import Permission
from values.currencies import minor_digits
from values.said import said

PUBLISH: Final = Permission(
    "orders.publish",
    "ask that list prices are published",
    ("company_admin", "operator"),
    changes=True,
)
FILE_BYTES_MAXIMUM: Final = 2 * 1024 * 1024
PROBLEMS_SHOWN: Final = 50


def prices(visit: Visit) -> Response:
    waiting = [one for one in requests.waiting(visit.tx) if one.kind == publishing.Publish.name]
    return visit.show(
        "orders/prices.html",
        found=listing.price_list(visit.tx, listing.CURRENT),
        waiting=waiting,
        publish=PUBLISH,
    )


def preview(visit: Visit) -> Response:
    """What a list would change. Nothing is asked for yet."""
    found = _read(visit)
    plan = publishing.preview(visit.tx, publishing.wanted_of(found))
    return visit.show(
        "orders/preview.html",
        read=found.read,
        plan=plan,
        problems=found.problems[:PROBLEMS_SHOWN],
        more=max(0, len(found.problems) - PROBLEMS_SHOWN),
        content=orjson.dumps(publishing.params_of(plan.changed)).decode(),
        currency=visit.business.currency,
    )


def ask(visit: Visit) -> Response:
    """Ask for what was shown: a second person decides."""
    try:
        params = orjson.loads(visit.form.get("content", ""))
        wanted = {str(code): int(minor) for code, minor in params["prices"].items()}
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        raise OrderRefused(said("Choose the file again.")) from None
    asked = requests.ask(
        visit.tx,
        visit.keys,
        publishing.PUBLISH,
        by=visit.member.officer,
        params={"prices": wanted},
        reason=visit.reason(),
    )
    return visit.go(f"approvals/{asked.request.id}", "It is asked for: somebody else decides.")


def _read(visit: Visit) -> PriceFile:
    """Raises OrderRefused."""
    sent = visit.files.get("file")
    content = sent.read(FILE_BYTES_MAXIMUM + 1) if sent is not None else b""
    if not content:
        raise OrderRefused(said("Choose a file."))
    if len(content) > FILE_BYTES_MAXIMUM:
        raise OrderRefused(said("The file has more than 2 MB."))
    with tempfile.NamedTemporaryFile(prefix="piga-prices-") as kept:
        kept.write(content)
        kept.flush()
        try:
            return read_price_file(Path(kept.name), digits=minor_digits(visit.business.currency))
        except SpreadsheetError as error:
            raise OrderRefused(said("{why}", why=str(error))) from None
