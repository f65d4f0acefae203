"""Rates over HTTP: fresh, stale, never known; what may be kept; and a source that hangs."""

import csv
import io
import time
from datetime import date
from decimal import Decimal
from fractions import Fraction

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from app.api.parts import ApiParts
from app.api.rates.views import blueprint
from app.operations.rates import remember
from app.operations.servers import Core
from app.settings import Settings
from core.rates import corrections
from core.rates.quotes import Pair
from providers.flutterwave_rates.fake import Mode
from providers.simulator.process import Fakes
from tests.support.rates import USD_KES, USD_NGN, have_polled, keep
from tests.support.tenants import KEYS, KIGALI
from tests.support.workers import MessagingTenant
from tests.workers.conftest import database, fakes, tenant, tenants
from values import clock

__all__ = ["database", "fakes", "tenant", "tenants"]

LATER = date(2999, 1, 1)
NGN = "/api/rates/?source_currency=USD&destination_currency=NGN"


@pytest.fixture
def api(tenant: MessagingTenant, fakes: Fakes, servers: Settings, redis_url: str) -> FlaskClient:
    tenant.admin.execute("TRUNCATE rate")
    have_polled(tenant)
    settings = Settings(
        home=servers.home,
        demo=True,
        redis_url=redis_url,
        fakes_url=fakes.url,
        rates_tenant=tenant.slug,
        rates_origins="https://app.example.com",
    )
    web = Flask(__name__)
    web.register_blueprint(blueprint(ApiParts(settings, tenant.database)))
    return web.test_client()


def test_a_rate_with_its_times_and_what_may_be_kept(
    api: FlaskClient, tenant: MessagingTenant
) -> None:
    keep(tenant, USD_NGN, "1612.34567891")
    answer = api.get(NGN, headers={"Origin": "https://app.example.com"})
    said = orjson.loads(answer.data)
    assert b'"rate":1612.34567891,' in answer.data
    assert said["status"] == "success"
    assert said["data"]["destination"] == {"currency": "NGN", "amount": 1612.34567891}
    assert (said["data"]["stale"], said["data"]["provider_at"]) == (False, None)
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    other = api.get(NGN, headers={"Origin": "https://else.example.com"})
    assert "Access-Control-Allow-Origin" not in other.headers
    again = api.get(NGN, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    cost = orjson.loads(api.get(f"{NGN}&amount=1000000").data)["data"]["source"]["amount"]
    assert abs(Decimal(str(cost)) * Decimal("1612.34567891") - 1_000_000) < Decimal("0.001")


def test_a_plain_question_is_answered_with_the_same_bytes_by_the_short_way(
    api: FlaskClient, tenant: MessagingTenant
) -> None:
    keep(tenant, USD_NGN, "1612.34567891")
    short = api.get(NGN)
    # Nothing but the order differs, and so it goes the long way.
    long = api.get("/api/rates/?destination_currency=NGN&source_currency=USD")
    assert (short.status, short.data) == (long.status, long.data)
    for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control", "Vary"):
        assert short.headers[name] == long.headers[name], name
    # A server adds the date, and parts of an answer are promised by nobody.
    assert set(long.headers.keys()) - set(short.headers.keys()) <= {"Date", "Accept-Ranges"}
    asked = {"If-None-Match": short.headers["ETag"]}
    assert api.get(NGN, headers=asked).status_code == 304


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/api/rates/", 400, "source_currency must be a code such as USD."),
        ("/api/rates/?source_currency=USD", 400, "destination_currency must be"),
        (NGN.replace("NGN", "usd"), 400, "source_currency and destination_currency are the same."),
        (NGN.replace("NGN", "JPY"), 404, "There are no rates of USD-JPY."),
        (f"{NGN}&amount=none", 400, "amount must be a number from 0.00000001 to"),
        (f"{NGN}&amount=1e-999999", 400, "amount must be a number from 0.00000001 to"),
        ("/api/rates/all/?base_currency=JPY", 404, "There are no rates of JPY."),
        (NGN.replace("/?", "/history/?") + "&from=soon", 400, "from must be a time"),
        ("/api/rates/report/?period=2026-13", 400, "period must be a day such as"),
    ],
)
def test_what_cannot_be_answered_says_so_and_is_kept_by_nobody(
    path: str, status: int, message: str, api: FlaskClient
) -> None:
    answer = api.get(path)
    said = orjson.loads(answer.data)
    assert (answer.status_code, said["status"], said["data"]) == (status, "error", None)
    assert said["message"].startswith(message)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_stale_rate_is_served_at_once_and_asked_for_once(
    api: FlaskClient, tenant: MessagingTenant, fakes: Fakes
) -> None:
    keep(tenant, USD_NGN, "1600")
    fakes.flutterwave.script(Mode("hang", times=None, delay_s=30))
    tenant.admin.execute(
        "UPDATE rate_pair SET fetched_at = now() - interval '11 minutes' WHERE rate_id IS NOT NULL"
    )
    took_s = []
    for _ in range(20):
        began = time.monotonic()
        answer = api.get(NGN)
        took_s.append(time.monotonic() - began)
        assert orjson.loads(answer.data)["data"]["stale"] is True
    assert answer.headers["Cache-Control"] == "public, max-age=10"
    assert min(took_s) < 0.05
    waiting = "SELECT count(*) FROM outbox WHERE kind = 'refresh_rate'"
    assert tenant.one(waiting) == (1,)
    assert len(fakes.flutterwave.requests) == 0


def test_a_pair_that_was_never_known_is_fetched_and_without_a_source_is_an_error(
    api: FlaskClient, tenant: MessagingTenant, fakes: Fakes
) -> None:
    fakes.flutterwave.market.own["USD", "KES"] = Decimal("129.5")
    said = orjson.loads(api.get(NGN.replace("NGN", "KES")).data)
    assert said["data"]["rate"] == 129.5
    fakes.flutterwave.script(Mode("error", times=None))
    answer = api.get(NGN)
    assert (answer.status_code, orjson.loads(answer.data)["message"]) == (
        503,
        "Unable to fetch rates at the moment",
    )


def test_a_correction_is_served_at_once(
    api: FlaskClient, tenant: MessagingTenant, servers: Settings, redis_url: str
) -> None:
    keep(tenant, USD_NGN, "1600")
    assert orjson.loads(api.get(NGN).data)["data"]["rate"] == 1600
    with tenant.tx() as tx:
        corrections.correct(
            *(tx, USD_NGN),
            source_amount=Decimal(1),
            destination_amount=Decimal(1550),
            actor="ann",
            reason="typed wrong",
        )
    settings = Settings(home=servers.home, redis_url=redis_url)
    remember(Core(settings, tenant.database, KEYS), tenant.tenant_id, USD_NGN)
    assert orjson.loads(api.get(NGN).data)["data"]["rate"] == 1550


def test_all_of_a_base_and_the_history_of_a_pair(api: FlaskClient, tenant: MessagingTenant) -> None:
    for pair, rate in ((USD_NGN, "1600"), (USD_NGN, "1610"), (USD_KES, "129.5")):
        keep(tenant, pair, rate)
    keep(tenant, Pair("GBP", "NGN"), "2100")
    said = orjson.loads(api.get("/api/rates/all/").data)["data"]
    assert said["base_currency"] == "USD"
    assert {to: one["rate"] for to, one in said["rates"].items()} == {"NGN": 1610, "KES": 129.5}
    past = orjson.loads(api.get(NGN.replace("/?", "/history/?")).data)["data"]
    assert [one["rate"] for one in past] == [1600, 1610]


def test_an_amount_has_the_margin_of_its_day_and_size(
    api: FlaskClient, tenant: MessagingTenant
) -> None:
    keep(tenant, USD_NGN, "1612.34567891")
    today = clock.now(KIGALI).date()
    for day, amount, percent in ((today, 0, "2"), (today, 1_000, "1.5"), (LATER, 0, "9")):
        tenant.admin.execute(
            "INSERT INTO rate_margin VALUES (%s, 'USD', 'NGN', %s, %s, %s)",
            (tenant.tenant_id, day, amount, percent),
        )
    exact = Fraction("1612.34567891")
    for amount, percent in ((1_000, "2"), (5_000_000, "1.5")):
        said = orjson.loads(api.get(f"{NGN}&amount={amount}").data)["data"]
        own = exact * (100 - Fraction(percent)) / 100
        assert (said["margin_percent"], said["market_rate"]) == (float(percent), 1612.34567891)
        assert 0 <= own - Fraction(str(said["rate"])) < Fraction(1, 10**8)
        assert 0 <= Fraction(str(said["source"]["amount"])) - amount / own < Fraction(1, 10**8)
    without = orjson.loads(api.get(NGN).data)["data"]
    assert (without["rate"], "margin_percent" in without) == (1612.34567891, False)


def test_a_months_rates_come_as_a_file(api: FlaskClient, tenant: MessagingTenant) -> None:
    for rate in ("1600", "1610"):
        keep(tenant, USD_NGN, rate)
    answer = api.get(f"/api/rates/report/?period={clock.now(KIGALI):%Y-%m}")
    assert answer.is_streamed
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["rate"], row["reason"]) for row in rows] == [
        *(("1600.00000000", "first"), ("1610.00000000", "change")),
    ]


_ASKED = st.one_of(
    st.sampled_from(["USD", "NGN", "usd", "KES", "XTS", "2026-11-30", "2026-11", "0", "-1", "1e9"]),
    st.text(max_size=40),
)
_NAMES = (
    *("source_currency", "destination_currency", "base_currency", "amount", "from", "to", "period"),
    *("source_amount", "anything"),
)


@pytest.mark.long
@settings_of_hypothesis(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    path=st.sampled_from(["", "all/", "history/", "report/", "nothing/"]),
    query=st.dictionaries(st.sampled_from(_NAMES), _ASKED, max_size=6),
)
def test_whatever_is_asked_of_rates_is_answered_or_refused_in_words(
    api: FlaskClient, path: str, query: dict[str, str]
) -> None:
    answer = api.get(f"/api/rates/{path}", query_string=query)
    assert answer.status_code in (200, 400, 404, 503), (path, query)
    if answer.status_code == 200:
        assert answer.mimetype in ("application/json", "text/csv")
    elif path != "nothing/":
        said = orjson.loads(answer.data)
        assert said["status"] == "error", said
        assert "Traceback" not in answer.text
