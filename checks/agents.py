"""Samples of the agents domain."""

from dataclasses import replace
from types import MappingProxyType

from checks import samples
from checks.samples import (
    AMOUNT_MINOR,
    APPROVAL,
    AT,
    CALLER,
    CURRENCY,
    CUSTOMER,
    ENTRY,
    FEE_MINOR,
    ID,
    INTENT,
    MUCH_MINOR,
    OWN_NUMBER,
)
from checks.scenario import Samples, Scenario, at_the_phone, refused_with, several_people
from core.agents import agents, approvals, cash_out, float_moves, held_sales, sales
from core.agents.agents import Agent
from core.agents.cash_out import CASH_OUT, CashGiven
from core.agents.errors import (
    AgentBlocked,
    AgentGivesNoCash,
    AgentLimitReached,
    CodeExpired,
    CustomerOnHold,
    NobodyAbove,
    NoSuchAgent,
    NotYourAgent,
    SaleDone,
    WrongCode,
)
from core.agents.float_moves import FLOAT_RETURN, FLOAT_SALE, FloatMoved, Peer
from core.agents.sales import CustomerToday, Sold
from core.agents.topups import TOPUP
from core.people import people
from values.money import Money

SOLD = Sold.of(INTENT, ENTRY)

PEER = Peer(CUSTOMER.id, f"{CUSTOMER.shown_name} A10235")
FLOAT_MOVED = FloatMoved(
    agent=PEER.name,
    amount=Money(AMOUNT_MINOR, CURRENCY),
    fee=Money(FEE_MINOR, CURRENCY),
    reference=SOLD.reference,
    float=Money(MUCH_MINOR, CURRENCY),
)

CASH_GIVEN = CashGiven(
    agent=PEER.name,
    amount=Money(AMOUNT_MINOR, CURRENCY),
    fee=Money(FEE_MINOR, CURRENCY),
    reference=SOLD.reference,
    balance=Money(MUCH_MINOR, CURRENCY),
)

SAMPLES = Samples(
    answers=MappingProxyType(
        {
            agents.count_lookup: samples.nothing,
            agents.get: lambda _id: Agent(ID, ID, "agent", "A10234", False),
            float_moves.agent_above: lambda _keys, _agent: PEER,
            float_moves.agents_at: lambda _keys, _number, **_: (PEER,),
            cash_out.agents_at: lambda _keys, _number, **_: (PEER,),
            CASH_OUT.pay: lambda **_: CASH_GIVEN,
            FLOAT_SALE.pay: lambda **_: FLOAT_MOVED,
            FLOAT_RETURN.pay: lambda **_: FLOAT_MOVED,
            held_sales.approve_as_customer: lambda *_, **__: SOLD,
            held_sales.approve_by_code: lambda **_: SOLD,
            sales.customer_today: lambda *_: CustomerToday(0),
            TOPUP.hold: samples.an_id,
            TOPUP.pay: lambda **_: SOLD,
            approvals.try_code: lambda *_, code, **__: code == samples.CODE,
            approvals.was_approved_alike: lambda _approval: False,
            approvals.first_waiting_for: lambda _id: APPROVAL,
            approvals.waiting_of: lambda _id: [APPROVAL] * 9,
            approvals.why_not: lambda _id: WrongCode(tries=2),
            approvals.withdraw: samples.nothing,
        }
    ),
    scenarios=(
        Scenario(
            "refused too late",
            {
                people.identify: at_the_phone(replace(CALLER, waited_for=True)),
                approvals.withdraw: refused_with(SaleDone(reference="0W2Z4M6N")),
            },
        ),
        Scenario(
            "waited for again",
            {
                people.identify: at_the_phone(replace(CALLER, waited_for=True)),
                approvals.was_approved_alike: lambda _approval: True,
            },
        ),
        Scenario(
            "others on hold at the PIN",
            {held_sales.approve_as_customer: refused_with(AgentBlocked())},
        ),
        Scenario(
            "others on hold at the payment",
            {
                CASH_OUT.pay: refused_with(AgentGivesNoCash()),
                held_sales.approve_by_code: refused_with(CustomerOnHold()),
                TOPUP.pay: refused_with(CustomerOnHold()),
            },
        ),
        Scenario(
            "more than the agent may sell",
            {
                people.identify: at_the_phone(replace(CALLER, waited_for=True)),
                held_sales.approve_as_customer: refused_with(
                    AgentLimitReached(limit_minor=MUCH_MINOR, currency=CURRENCY)
                ),
            },
        ),
        Scenario(
            "done before",
            {
                CASH_OUT.pay: lambda **_: replace(CASH_GIVEN, balance=None),
                FLOAT_SALE.pay: lambda **_: replace(FLOAT_MOVED, float=None),
            },
        ),
        Scenario(
            "several agents",
            {
                moves.agents_at: lambda _keys, _number, **_: (
                    PEER,
                    replace(PEER, id=CALLER.id, name="Uwera C. A7"),
                )
                for moves in (cash_out, float_moves)
            },
        ),
        Scenario("nobody above", {float_moves.agent_above: refused_with(NobodyAbove())}),
        Scenario(
            "nobody there",
            {
                cash_out.agents_at: refused_with(NoSuchAgent()),
                float_moves.agents_at: refused_with(NotYourAgent()),
            },
        ),
        Scenario("nothing yet", {approvals.waiting_of: lambda _id: []}),
        Scenario(
            "done minutes ago and held",
            {sales.customer_today: lambda *_: CustomerToday(MUCH_MINOR * 2)},
        ),
        Scenario(
            "a new number of the customer's",
            {sales.customer_today: lambda *_: CustomerToday(MUCH_MINOR * 2, AT)},
        ),
        Scenario("held before", {sales.customer_today: lambda *_: CustomerToday(MUCH_MINOR * 2)}),
        Scenario(
            "held, the code too old",
            {
                sales.customer_today: lambda *_: CustomerToday(MUCH_MINOR * 2),
                approvals.why_not: lambda _id: CodeExpired(),
            },
        ),
        Scenario(
            "several customers",
            {
                people.identify: lambda _keys, address: (
                    [CALLER] if address == OWN_NUMBER else several_people(9)
                )
            },
        ),
    ),
    values=MappingProxyType({"of": SOLD.reference}),
)
