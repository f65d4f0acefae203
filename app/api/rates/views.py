"""GET /api/rates/, its all/, history/ and report/, of the tenant that PIGA_RATES_TENANT names. A
read waits for a source only where no rate of its pair was ever known."""

import time
import uuid
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, Response, request
from flask.blueprints import BlueprintSetupState

from app.api.parts import ApiParts
from app.api.rates import answers
from app.api.rates.answers import Body
from app.api.rates.short_way import Known, ShortWay
from core.db.database import Database, Deadline, Tx
from core.db.errors import OutcomeUnknown, Unavailable
from core.rates import history, margins, pairs, reading, report, runs
from core.rates.margins import Margin
from core.rates.pairs import Rate
from core.rates.quotes import PLACES, BadQuote, Pair, is_currency, read_amount
from core.rates.runs import Plan
from core.tenants.business import of_transaction
from values import clock

READ_DEADLINE_S: Final = 2.0
SOURCE_TIMEOUT_S: Final = 10.0
HISTORY_MAXIMUM: Final = 1_000
HISTORY_DAYS: Final = 7
MARGINS_FOR_S: Final = 10


class BadRequest(Exception):
    """What was asked cannot be answered. The text is for the caller."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class ReadMargins(NamedTuple):
    """The tenant's margins, and when they were read, by the monotonic clock."""

    at_s: float
    margins: list[Margin]
    zone: ZoneInfo


class RatesApi:
    """The API over one tenant's rates."""

    def __init__(self, parts: ApiParts) -> None:
        self._settings = parts.settings
        self._database: Database = parts.database
        self._slug = parts.settings.rates_slug
        self._tenant: tuple[uuid.UUID, Plan] | None = None
        self._memory: reading.Memory | None = None
        self._margins: ReadMargins | None = None
        self._bodies: dict[Pair, tuple[Rate, bool, Body]] = {}

    def one(self) -> Response:
        pair, amount = self._pair(), _amount()
        rate = self._current([pair]).get(pair) or self._fetched(pair)
        if rate is None:
            return answers.error(503, answers.NO_RATE)
        now = clock.now()
        stale = rate.is_stale(now)
        if amount is None:
            return answers.success(self._written(rate, now, stale), stale=stale)
        said = answers.one(rate, amount, now, percent=self._percent(rate, amount))
        return answers.success(answers.written(said), stale=stale)

    def known(self, pair: Pair) -> Known | None:
        """What is said of a pair without an amount, where that needs no more than a look."""
        try:
            rate = self._current([pair]).get(pair)
        except (BadRequest, Unavailable, OutcomeUnknown):
            return None
        if rate is None:
            return None
        now = clock.now()
        stale = rate.is_stale(now)
        return Known(self._written(rate, now, stale), stale)

    def all(self) -> Response:
        base = _currency("base_currency", "USD")
        with self._transaction() as tx:
            listed = [pair for pair in pairs.listed(tx) if pair.source == base]
        if not listed:
            raise BadRequest(f"There are no rates of {base}.", 404)
        found = sorted(self._current(listed).values(), key=lambda rate: rate.pair)
        now = clock.now()
        stale = any(rate.is_stale(now) for rate in found)
        return answers.success(answers.written(answers.many(base, found, now)), stale=stale)

    def history(self) -> Response:
        pair, now = self._pair(), clock.now()
        start = _moment("from", now - timedelta(days=HISTORY_DAYS))
        end = _moment("to", now)
        with self._transaction() as tx:
            if pair not in pairs.listed(tx):
                raise BadRequest(f"There are no rates of {pair}.", 404)
            found = history.between(tx, pair, start, end, limit=HISTORY_MAXIMUM)
        return answers.success(answers.written(answers.past(found)))

    def report(self) -> Response:
        """A day or a month as CSV, sent part by part."""
        with self._transaction() as tx:
            zone = of_transaction(tx).zone
        try:
            period = report.period_of(request.args.get("period", ""), zone)
        except report.BadPeriod:
            words = "period must be a day such as 2026-11-30, or a month such as 2026-11."
            raise BadRequest(words) from None
        answer = Response(report.lines(self._transaction, period), content_type=answers.CSV)
        answer.headers["Content-Disposition"] = f'attachment; filename="rates-{period.name}.csv"'
        answer.headers["Cache-Control"] = f"public, max-age={answers.FRESH_FOR_S}"
        return answer

    def _written(self, rate: Rate, now: datetime, stale: bool) -> Body:
        """What is said of a rate without an amount: written once, until another takes its place or
        it grows old."""
        known = self._bodies.get(rate.pair)
        if known is not None and known[0] == rate and known[1] == stale:
            return known[2]
        body = answers.written(answers.one(rate, None, now))
        self._bodies[rate.pair] = (rate, stale, body)
        return body

    # --- reading --------------------------------------------------------------------------------

    def _transaction(self) -> AbstractContextManager[Tx]:
        return self._database.transaction(self._known()[0], Deadline(READ_DEADLINE_S))

    def _current(self, wanted: list[Pair]) -> dict[Pair, Rate]:
        tenant_id, plan = self._known()
        if self._memory is None and self._settings.redis_url:
            from workers.rates.memory import RedisMemory

            self._memory = RedisMemory(self._settings.redis_url, 2 * plan.interval_s)
        return reading.current(self._transaction, wanted, tenant_id=tenant_id, memory=self._memory)

    def _percent(self, rate: Rate, amount: Decimal) -> Decimal:
        """What the tenant takes off today, for so much of the destination. Margins are read again
        after a while; while Postgres is away, those that were read last hold."""
        tenant_id, _ = self._known()
        read = self._margins
        if read is None or time.monotonic() - read.at_s > MARGINS_FOR_S:
            try:
                with self._database.transaction(tenant_id, Deadline(READ_DEADLINE_S)) as tx:
                    found, zone = margins.listed(tx), of_transaction(tx).zone
            except (Unavailable, OutcomeUnknown):
                if read is None:
                    raise
            else:
                read = self._margins = ReadMargins(time.monotonic(), found, zone)
        with localcontext(prec=60):
            units = amount / rate.rate
        return margins.percent_of(read.margins, rate.pair, units, clock.now(read.zone).date())

    def _fetched(self, pair: Pair) -> Rate | None:
        """The first rate of a pair, asked for here and now, by one caller at a time."""
        tenant_id, plan = self._known()
        with self._transaction() as tx:
            if pair not in pairs.listed(tx):
                raise BadRequest(f"There are no rates of {pair}.", 404)
            is_ours = pairs.ask_for_refresh(tx, pair)
        if not is_ours:
            return None
        from app import accounts
        from workers.rates.poll import Poller
        from workers.rates.sources import first_of

        asking = first_of(
            plan.providers,
            fakes_url=self._settings.fakes_url,
            installed=accounts.load(self._settings),
            read_timeout_s=SOURCE_TIMEOUT_S,
        )
        Poller(self._database, tenant_id, asking, self._memory).fetch(pair)
        return self._current([pair]).get(pair)

    def _known(self) -> tuple[uuid.UUID, Plan]:
        """The tenant and its plan, read once: a process is started again when the setting changes.
        Raises BadRequest."""
        if self._tenant is None:
            if not self._slug:
                raise BadRequest("This installation serves no rates.", 404)
            with self._database.transaction(None, Deadline(READ_DEADLINE_S)) as tx:
                row = tx.one("SELECT find_tenant(%s)", (self._slug,))
            if row is None or row[0] is None:
                raise BadRequest("This installation serves no rates.", 404)
            with self._database.transaction(row[0], Deadline(READ_DEADLINE_S)) as tx:
                plan = runs.plan(tx)
            if plan is None:
                raise BadRequest("This installation serves no rates.", 404)
            self._tenant = (row[0], plan)
        return self._tenant

    def _pair(self) -> Pair:
        pair = Pair(_currency("source_currency"), _currency("destination_currency"))
        if pair.source == pair.destination:
            raise BadRequest("source_currency and destination_currency are the same.")
        return pair


def blueprint(parts: ApiParts) -> Blueprint:
    """The views, with the headers that let other sites' pages read them (PIGA_RATES_ORIGINS)."""
    views, api = Blueprint("rates_api", __name__), RatesApi(parts)
    origins = frozenset(parts.settings.rates_origins.split())

    views.add_url_rule("/api/rates/", "one", api.one)
    views.add_url_rule("/api/rates/all/", "all", api.all)
    views.add_url_rule("/api/rates/history/", "history", api.history)
    views.add_url_rule("/api/rates/report/", "report", api.report)

    @views.record_once
    def shorten(state: BlueprintSetupState) -> None:
        web = state.app
        assert isinstance(web, Flask)
        web.wsgi_app = ShortWay(  # type: ignore[method-assign]
            web.wsgi_app, api.known, varies=bool(origins)
        )

    @views.errorhandler(BadRequest)
    def refused(error: BadRequest) -> Response:
        return answers.error(error.status, str(error))

    @views.errorhandler(Unavailable)
    @views.errorhandler(OutcomeUnknown)
    def away(_error: Exception) -> Response:
        return answers.error(503, answers.NO_RATE)

    @views.after_request
    def allow(answer: Response) -> Response:
        origin = request.headers.get("Origin", "")
        if origins:
            answer.headers["Vary"] = "Origin"
        if origin and ("*" in origins or origin in origins):
            answer.headers["Access-Control-Allow-Origin"] = "*" if "*" in origins else origin
            answer.headers["Access-Control-Expose-Headers"] = "ETag"
        return answer

    return views


def _currency(name: str, default: str = "") -> str:
    code = request.args.get(name, default).strip().upper()
    if not is_currency(code):
        raise BadRequest(f"{name} must be a code such as USD.")
    return code


def _amount() -> Decimal | None:
    said = request.args.get("amount")
    if said is None:
        return None
    try:
        amount = read_amount(said[:64])
    except BadQuote:
        amount = Decimal(0)
    # The answer has all its digits: of 1e-999999999 they would fill the memory.
    if not amount.is_finite() or not PLACES <= amount <= 10**15:
        raise BadRequest("amount must be a number from 0.00000001 to 1000000000000000.")
    return amount


def _moment(name: str, default: datetime) -> datetime:
    said = request.args.get(name)
    if said is None:
        return default
    try:
        moment = datetime.fromisoformat(said.replace(" ", "+"))
    except ValueError:
        raise BadRequest(f"{name} must be a time such as 2026-11-30T08:00:00Z.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
