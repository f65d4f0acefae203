"""What a payment asks of Postgres, counted at the wire."""

from pathlib import Path

from app.local import postgres
from bench.wire import relay
from core.db.database import Database
from tests.support.phone import Phone
from tests.support.ussd import CODE, UssdTenant

# One each of the dial, the groups, the confirmation and the guess at a PIN; and three of the
# transaction that pays.
ROUND_TRIPS = 7
STATEMENTS = 18
PIN = "2748"


def test_a_payment_asks_seven_times(tenant: UssdTenant, tmp_path: Path) -> None:
    url = tenant.urls.database_url
    folder = url.partition("host=")[2].partition("&")[0]
    name = f".s.PGSQL.{postgres.PORT}"
    phone = Phone(tenant, tenant.people["uwera"].phones[0], posts_twice=False)
    with relay(tmp_path, name, f"{folder}/{name}", sql=True) as count:
        tenant.turns.database = database = Database(url.replace(folder, str(tmp_path)))
        asked = []
        for amount in ("500", "700"):  # the first one connects, and prepares what it asks
            before = count.round_trips, count.statements
            phone.dial(f"{CODE[:-1]}*1*1#", digits_in_code=True)
            phone.type(amount, "1", PIN)
            asked = [count.round_trips - before[0], count.statements - before[1]]
        database.close()
    assert tenant.entries() == 2
    assert asked == [ROUND_TRIPS, STATEMENTS]
