"""What happens once with float, before anybody speaks: lines that begin with `!`."""

from collections.abc import Callable
from typing import Final

from core.agents import agents, float_asks, sale_reversal
from core.agents.float_moves import FLOAT_GRANT, FLOAT_SALE, FloatMove, Peer
from core.approvals.requests import officer
from core.money import operations
from core.tenants.tariffs import Tariff
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from values import clock
from values.ids import uuid7
from values.money import Money

AMOUNT: Final = Money(50_000, "RWF")


def _is_sent(tenant: UssdTenant) -> None:
    give_float(tenant, FLOAT_SALE, "kayitesi", "bizimana", AMOUNT)


def give_float(tenant: UssdTenant, move: FloatMove, giver: str, taker: str, amount: Money) -> None:
    """As the giver's phone does it, for a fee: it waits for the taker then."""
    at = clock.now().replace(year=2020)
    fee = Tariff(move.name, "fee", {"bands": [{"fee_minor": 10}]}, at, None)
    business, who = tenant.as_turns_have_it(fee), tenant.id_of(giver)
    quote = move.quote(
        business,
        agent=tenant.change(agents.get, who),
        agent_name=giver.capitalize(),
        other=Peer(tenant.id_of(taker), taker.capitalize()),
        amount=amount,
    )
    opened = tenant.change(
        operations.open_quote,
        quote,
        subscriber_id=who,
        session=uuid7().hex,
        service_id=tenant.service().id,
    )
    tenant.change(move.pay, tenant=business, intent_id=opened.id, subscriber_id=who)


def grant_float(tenant: UssdTenant, giver: str) -> None:
    """As the giver's phone gives what is asked of them."""
    business, who = tenant.as_turns_have_it(), tenant.id_of(giver)
    [ask] = tenant.change(float_asks.asked_of, KEYS, who)
    agent = tenant.change(agents.get, who)
    quote = FLOAT_GRANT.quote_asked(business, agent=agent, agent_name=giver.capitalize(), ask=ask)
    opened = tenant.change(
        operations.open_quote,
        quote,
        subscriber_id=who,
        session=uuid7().hex,
        service_id=tenant.service().id,
    )
    tenant.change(FLOAT_GRANT.pay, tenant=business, intent_id=opened.id, subscriber_id=who)


def _is_asked_for(tenant: UssdTenant) -> None:
    agent = tenant.change(agents.get, tenant.id_of("bizimana"))
    tenant.change(float_asks.ask, agent=agent, agent_name="Bizimana O.", amount=AMOUNT)


def _is_to_be_reversed(tenant: UssdTenant) -> None:
    row = tenant.one("SELECT id FROM entry WHERE kind = 'topup' ORDER BY id DESC LIMIT 1")
    by = officer("ann", "test")
    tenant.change(sale_reversal.ask_to_reverse, KEYS, row[0], by=by, reason="wrong number")


FLOAT_STAGES: Final[dict[str, Callable[[UssdTenant], None]]] = {
    "kayitesi sends bizimana 50,000 of float": _is_sent,
    "bizimana asks kayitesi for 50,000 of float": _is_asked_for,
    "an officer asks to reverse bizimana's last sale": _is_to_be_reversed,
}
