"""Agents, who sell float to customers."""

from app.domains.domain import Domain, Sections
from checks import agents as samples
from core.agents import (
    approvals,
    checks,
    commission,
    figures,
    float_asks,
    float_offers,
    messages,
    personal,
    retention,
    sale_reversal,
    signal_queue,
)
from core.agents.float_buying import FLOAT_PURCHASE
from flows.agents.approve import Approve
from flows.agents.ask_float import AskFloat
from flows.agents.buy_float import BuyFloat
from flows.agents.cash_out import CashOut
from flows.agents.contest_reversal import ContestReversal
from flows.agents.entries import ENTRIES
from flows.agents.float_balance import FloatBalance
from flows.agents.float_statement import FloatStatement
from flows.agents.float_waits import FloatWaits
from flows.agents.give_float import GiveFloat
from flows.agents.my_commission import MyCommission
from flows.agents.pending_sales import PendingSales
from flows.agents.return_float import ReturnFloat
from flows.agents.sell_float import SellFloat
from flows.agents.topup import TopUp
from workers.schedule import agents as looking
from workers.schedule import approvals as expiring


def _sections() -> Sections:
    from core.agents.manifest import AGENTS

    return (AGENTS,)


DOMAIN = Domain(
    name="agents",
    flows=(
        Approve,
        AskFloat,
        BuyFloat,
        CashOut,
        ContestReversal,
        FloatBalance,
        FloatStatement,
        FloatWaits,
        GiveFloat,
        MyCommission,
        PendingSales,
        ReturnFloat,
        SellFloat,
        TopUp,
    ),
    entered_by_engine=frozenset({Approve.name}),
    entries=ENTRIES,
    operations=(FLOAT_PURCHASE,),
    messages=messages.MESSAGES,
    checks=checks.CHECKS,
    figures=figures.FIGURES,
    approvals=(commission.PAY_OUT, commission.TAKE_BACK, sale_reversal.REVERSE),
    lifecycles=(
        approvals.APPROVAL,
        float_asks.FLOAT_ASK,
        float_offers.FLOAT_OFFER,
        sale_reversal.SALE_REVERSAL,
        signal_queue.AGENT_SIGNAL,
    ),
    retention=retention.RETENTION,
    tasks=(*expiring.TASKS, *looking.TASKS),
    sections=_sections,
    samples=samples.SAMPLES,
    pages=("app.console.agents.page", "app.console.signals.page"),
    personal=personal.PERSONAL,
    holds_back=personal.HOLDS_BACK,
)
