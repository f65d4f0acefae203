"""Flows by their names, as menu trees call them."""

from collections.abc import Mapping
from types import MappingProxyType

from flows.approve.flow import Approve
from flows.balances.flow import Balances
from flows.call_back.flow import CallBack
from flows.change_pin.flow import ChangePin
from flows.contribute.flow import Contribute
from flows.float_balance.flow import FloatBalance
from flows.float_statement.flow import FloatStatement
from flows.kit.flow import Flow
from flows.language.flow import Language
from flows.pending_sales.flow import PendingSales
from flows.receipts.flow import Receipts
from flows.register.flow import Register
from flows.statement.flow import Statement
from flows.topup.flow import TopUp
from flows.who.flow import Who

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
