"""`piga orders`: an order from the shelf to the shop, in the demo's trade."""

import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest

from core.db.database import Database, Tx
from core.orders import billing, orders, placing, quotes
from core.orders.prices import Purchase
from core.pricing.basket import Wanted
from core.tenants import directory
from tests.support.cli import Piga, demo

__all__ = ["demo"]


def _placed(tx: Tx) -> str:
    """A shop of the demo has ordered twelve bottles and two bags: how the order is called."""
    row = tx.one("SELECT subscriber_id FROM shop WHERE tenant_id = current_tenant() LIMIT 1")
    assert row is not None
    zone = directory.services_of(tx)[0].tenant.zone
    quote = quotes.promise(
        tx, Purchase(row[0]), [Wanted("OIL1", 12), Wanted("RICE25", 2)], zone=zone
    )
    order = placing.place(tx, quote.id, row[0], payment=placing.CASH, channel="ussd")
    placing.confirm(tx, order.id, actor=None)
    return order.reference


@pytest.fixture
def core(demo: Piga) -> Iterator[Database]:
    with closing(Database(demo.database_url)) as made:
        yield made


def test_an_order_is_brought_short_and_paid(demo: Piga, core: Database) -> None:
    with core.transaction(None) as tx:
        row = tx.one("SELECT find_tenant('trade')")
    assert row is not None
    tenant_id = uuid.UUID(str(row[0]))
    with core.transaction(tenant_id) as tx:
        reference = _placed(tx)

    def say(step: str, *more: str) -> str:
        by = () if step in ("list", "show") else ("--by", "Amina")
        named = () if step == "list" else (reference,)
        return demo("orders", step, *named, *more, "--tenant", "trade", *by).output

    assert f"{reference}  confirmed " in say("list", "--state", "confirmed")
    assert "past that step" in say("deliver"), "nobody has it yet"
    assert say("assign", "--to", "Kalisa") == f"{reference} is assigned.\n"
    assert say("take-back") == f"{reference} is confirmed.\n"
    say("assign", "--to", "Kalisa")
    assert say("pick") == f"{reference} is picked.\n"
    assert "no LINE=COUNT" in say("deliver", "--short", "rice")
    assert "more than was ordered" in say("deliver", "--short", "2=3")
    assert say("deliver", "--short", "2=0") == f"{reference} is delivered.\n"
    with core.transaction(tenant_id) as tx:
        order = orders.by_reference(tx, reference.lower())
        assert billing.invoice(tx, order.id)
        owed = orders.get(tx, order.id).owed_minor
    assert 0 < owed < order.total_minor, "the bags did not come"
    paid = f"{owed / 100:.2f}"
    assert "is to pay" in say("cash", f"{owed / 100 + 1:.2f}", "--key", "R1")
    assert say("cash", paid, "--key", "R1") == f"{reference} is settled.\n"
    assert say("cash", paid, "--key", "R1") == f"{reference} is settled.\n", "counted once"
    told = say("show")
    assert "12 OIL1, 12 delivered" in told
    assert "2 RICE25, 0 delivered" in told
    assert "settle  amina" in told
    reference = "ZZZZZZZZ"
    assert "no such order" in say("show")
