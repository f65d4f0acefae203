"""Exchange rates."""

from typing import TYPE_CHECKING

from app.domains.domain import Domain, Sections
from checks import rates as samples
from core.rates import figures, margins, messages, personal, retention
from core.rates.reading import Memory
from flows.rates.rate import ConvertRate, Rate
from flows.rates.texts import DailyRate, RateAlert, StopRateTexts
from flows.rates.week import RateWeek
from providers.contracts.rates import RateSource
from workers.rates import jobs, schedule

if TYPE_CHECKING:
    from flask import Blueprint

    from app.api.parts import ApiParts


def _sections() -> Sections:
    from core.rates.manifest import RATES

    return (RATES,)


def _api(parts: "ApiParts") -> "Blueprint":
    from app.api.rates.views import blueprint

    return blueprint(parts)


def _source(name: str) -> RateSource:
    from app.operations.rates import source

    return source(name)


def _memory(interval_s: int) -> Memory | None:
    from app.operations.rates import memory

    return memory(interval_s)


DOMAIN = Domain(
    name="rates",
    flows=(Rate, ConvertRate, RateAlert, DailyRate, StopRateTexts, RateWeek),
    messages=messages.MESSAGES,
    figures=figures.FIGURES,
    retention=retention.RETENTION,
    jobs=jobs.JOBS,
    approvals=(margins.PUBLISH,),
    pages=("app.console.rates.page",),
    tasks=schedule.tasks(_source, _memory),
    sections=_sections,
    api=_api,
    samples=samples.SAMPLES,
    personal=personal.PERSONAL,
)
