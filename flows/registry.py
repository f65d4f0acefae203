"""Flows by their names, as menu trees call them."""

from collections.abc import Mapping
from types import MappingProxyType

from engine.flow import Flow
from flows.account.balances import Balances
from flows.account.call_back import CallBack
from flows.account.change_pin import ChangePin
from flows.account.language import Language
from flows.account.receipts import Receipts
from flows.account.register import Register
from flows.account.statement import Statement
from flows.account.who import Who
from flows.agents.approve import Approve
from flows.agents.float_balance import FloatBalance
from flows.agents.float_statement import FloatStatement
from flows.agents.pending_sales import PendingSales
from flows.agents.topup import TopUp
from flows.savings.contribute import Contribute

FLOWS: Mapping[str, type[Flow]] = MappingProxyType(
    {
        flow.name: flow
        for flow in (
            Approve,
            Balances,
            CallBack,
            ChangePin,
            Contribute,
            FloatBalance,
            FloatStatement,
            Language,
            PendingSales,
            Receipts,
            Register,
            Statement,
            TopUp,
            Who,
        )
    }
)
