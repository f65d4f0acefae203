"""Tables of fares: those that there were, are and will be; a new one is drafted by one officer and
published by two."""

from collections.abc import Sequence
from datetime import datetime, time
from fractions import Fraction
from typing import Final

from werkzeug.wrappers import Response

from app.console.page import Visit
from app.console.rides.rights import FARES
from core.approvals import requests
from core.rides import publishing, tariffs
from core.rides.fares import METRES_A_KM, Night, Tariff
from core.rides.publishing import PUBLISH, Proposed, WrongFares
from values import clock
from values.currencies import minor_digits
from values.said import said

BANDS: Final = 4
_DIGITS_MAXIMUM: Final = 9
_WHOLE: Final = (
    *("includes_m", "waiting_free_minutes", "cancellation_after_s", "commission_percent"),
    *("vat_percent", "honoured_minutes"),
)
_AMOUNTS: Final = ("base_minor", "round_to_minor", "waiting_minor", "cancellation_minor")


def listed(visit: Visit) -> Response:
    now, shown, is_found = clock.now(), [], False
    for one in tariffs.all_of_tenant(visit.tx):
        holds = one.valid_from <= now and (one.valid_to is None or one.valid_to > now)
        state = "to come" if one.valid_from > now else "over"
        if holds and not is_found:
            state, is_found = "in force", True
        shown.append((one, state, publishing.described(one.tariff, visit.business.currency)))
    asked = [one for one in requests.waiting(visit.tx) if one.kind == PUBLISH.name]
    return visit.show("rides/fares.html", shown=shown, waiting=asked, may_draft=visit.may(FARES))


def drafted(visit: Visit) -> Response:
    """A form that begins with the newest table."""
    known = tariffs.all_of_tenant(visit.tx)
    tariff = known[0].tariff if known else Tariff(0, 0, ())
    digits = minor_digits(visit.business.currency)
    data = tariff.to_data()
    amounts = {name: f"{data[name] / 10**digits:.{digits}f}" for name in _AMOUNTS}
    bands = [(str(m), f"{minor / 10**digits:.{digits}f}") for m, minor in tariff.bands]
    return visit.show(
        "rides/fares_draft.html",
        first={name: data[name] for name in _WHOLE} | amounts,
        bands=bands + [("", "")] * max(1, BANDS - len(bands)),
        road_factor=f"{float(tariff.road_factor):g}",
        maximum_km=tariff.maximum_m // METRES_A_KM,
        night=tariff.night,
    )


def preview(visit: Visit) -> Response:
    """The draft beside what it takes the place of. Nothing is asked for yet."""
    wanted = _read(visit)
    before, currency = publishing.check(visit.tx, wanted), visit.business.currency
    return visit.show(
        "rides/fares_preview.html",
        wanted=wanted,
        before=publishing.described(before, currency) if before else {},
        after=publishing.described(wanted.tariff, currency),
        fields=[
            (name, value)
            for name, value in visit.form.items(multi=True)
            if name not in ("form_token", "reason")
        ],
    )


def ask(visit: Visit) -> Response:
    """Asked for by one; another decides. The same again, by a double click, is the same request."""
    wanted = _read(visit)
    subject = publishing.subject_of(visit.business.id, wanted)
    asked = visit.ask_for(PUBLISH, subject, wanted.to_data())
    if Proposed.of(asked.params) != wanted:
        other = said(
            "{name} asked for another table from then on: it is decided first.",
            name=asked.requested_by,
        )
        raise WrongFares(other)
    return visit.go("rides/fares", "It waits for a second person.")


def _read(visit: Visit) -> Proposed:
    """The table that the form draws. Raises WrongFares."""
    form, digits = visit.form, minor_digits(visit.business.currency)
    try:
        at = datetime.fromisoformat(form.get("valid_from", ""))
    except ValueError:
        raise WrongFares("Say from when on it holds.") from None
    whole = {name: _number(form.get(name, "")) for name in _WHOLE}
    amounts = {name: _number(form.get(name, ""), digits) for name in _AMOUNTS}
    tariff = Tariff(
        **whole,
        **amounts,
        bands=_bands(form.getlist("from_m"), form.getlist("per_km"), digits),
        road_factor=Fraction(_number(form.get("road_factor", ""), 2), 100),
        night=_night(visit),
        maximum_m=_number(form.get("maximum_km", "")) * METRES_A_KM,
    )
    return Proposed(at.replace(tzinfo=at.tzinfo or visit.business.zone), tariff)


def _bands(
    begins: Sequence[str], minors: Sequence[str], digits: int
) -> tuple[tuple[int, int], ...]:
    return tuple(
        (_number(from_m), _number(fare, digits))
        for from_m, fare in zip(begins, minors, strict=False)
        if from_m.strip() or fare.strip()
    )


def _night(visit: Visit) -> Night | None:
    percent = visit.form.get("night_percent", "").strip()
    if percent in ("", "0"):
        return None
    try:
        begins, ends = (
            time.fromisoformat(visit.form.get(f"night_{n}", "")) for n in ("from", "to")
        )
    except ValueError:
        raise WrongFares("A night begins and ends at a time such as 22:00.") from None
    return Night(begins, ends, _number(percent))


def _number(typed: str, digits: int = 0) -> int:
    """A number with at most so many decimals, times ten to their power. Raises WrongFares."""
    whole, _, parts = typed.strip().replace(",", "").partition(".")
    figures = whole + parts
    if not (figures.isascii() and figures.isdigit()) or len(parts) > digits:
        raise WrongFares(said("{typed} is no number here.", typed=typed.strip()[:20] or "–"))
    if len(whole) > _DIGITS_MAXIMUM:
        raise WrongFares(said("{typed} is too much.", typed=typed.strip()[:20]))
    return int(figures + "0" * (digits - len(parts)))
