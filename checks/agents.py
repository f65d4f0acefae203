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
from checks.scenario import Goal, Samples, Scenario, at_the_phone, refused_with, several_people
from core.agents import (
    agents,
    approvals,
    cash_out,
    commission,
    float_asks,
    float_moves,
    float_offers,
    held_sales,
    sale_reversal,
    sales,
)
from core.agents.agents import Agent
from core.agents.cash_out import CASH_OUT, CashGiven
from core.agents.errors import (
    AgentBlocked,
    AgentGivesNoCash,
    AgentLimitReached,
    AskedBefore,
    AskGone,
    CodeExpired,
    CustomerOnHold,
    FloatNotGiven,
    NobodyAbove,
    NoSuchAgent,
    NotYourAgent,
    OfferGone,
    ReversalOver,
    SaleDone,
    WrongCode,
)
from core.agents.float_asks import FloatAsk
from core.agents.float_moves import FLOAT_GRANT, FLOAT_RETURN, FLOAT_SALE, FloatMoved, Peer
from core.agents.float_offers import FloatTaken, Offer
from core.agents.sale_reversal import Open
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

MUCH = Money(MUCH_MINOR, CURRENCY)
ASK = FloatAsk(ID, CUSTOMER.id, PEER.name, MUCH)
OFFER = Offer(ID, MUCH, PEER.name, is_mine=False)
FLOAT_TAKEN = FloatTaken(PEER.name, MUCH, SOLD.reference, MUCH)
REVERSAL = Open(ID, SOLD.reference, MUCH, is_held=True, words="")

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
            FLOAT_SALE.pay: lambda **_: replace(FLOAT_MOVED, reference=""),
            FLOAT_RETURN.pay: lambda **_: replace(FLOAT_MOVED, reference=""),
            FLOAT_GRANT.pay: lambda **_: FLOAT_MOVED,
            commission.earnings: lambda *_, **__: commission.Earnings(MUCH, MUCH, MUCH, MUCH),
            float_asks.ask: samples.nothing,
            float_asks.mine: lambda _id: ASK,
            float_asks.asked_of: lambda _keys, _id: [ASK] * 9,
            float_asks.refuse: samples.nothing,
            float_asks.withdraw: samples.nothing,
            float_offers.waiting_of: lambda _id: [OFFER] * 8,
            float_offers.take: lambda **_: FLOAT_TAKEN,
            float_offers.decline: samples.nothing,
            float_offers.recall: samples.nothing,
            sale_reversal.open_about: lambda _id: [REVERSAL] * 9,
            sale_reversal.contest_as_recipient: samples.nothing,
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
                FLOAT_SALE.pay: lambda **_: replace(FLOAT_MOVED, reference="", float=None),
                FLOAT_GRANT.pay: lambda **_: replace(FLOAT_MOVED, float=None),
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
        Scenario(
            "nothing yet",
            {
                approvals.waiting_of: lambda _id: [],
                float_asks.asked_of: lambda _keys, _id: [],
                float_asks.mine: lambda _id: None,
                float_offers.waiting_of: lambda _id: [],
                sale_reversal.open_about: lambda _id: [],
            },
        ),
        Scenario(
            "float asked for alone, nothing owed",
            {
                commission.earnings: lambda *_, **__: commission.Earnings(
                    MUCH, MUCH, MUCH, Money(0, CURRENCY)
                ),
                float_offers.waiting_of: lambda _id: [],
                float_asks.ask: refused_with(
                    AskedBefore(amount_minor=MUCH_MINOR, currency=CURRENCY)
                ),
            },
        ),
        Scenario(
            "float of one's own that waits",
            {
                float_offers.waiting_of: lambda _id: [replace(OFFER, is_mine=True)],
                sale_reversal.contest_as_recipient: refused_with(ReversalOver()),
            },
        ),
        Scenario(
            "float that is on hold",
            {
                float_offers.take: refused_with(FloatNotGiven()),
                float_offers.decline: refused_with(OfferGone()),
                FLOAT_GRANT.pay: refused_with(AskGone()),
                float_asks.refuse: refused_with(AskGone()),
            },
        ),
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
    goals=MappingProxyType({"give_float": Goal(messages=5, segments=7)}),
)
