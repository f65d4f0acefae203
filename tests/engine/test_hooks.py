"""What a flow must bring for the steps that are mixed into it."""

import pytest

from engine.flow import Flow
from engine.flow_map import FlowError
from engine.payment import PaymentSteps, ReceiptSteps
from flows.agents.approve import Approve
from flows.agents.float_steps import FloatSteps
from flows.agents.return_float import ReturnFloat
from flows.payments.wallet_money import Deposit, WalletMoney
from flows.savings.contribute import Contribute


@pytest.mark.parametrize(
    ("flow", "hook", "steps"),
    [
        (Approve, "receipt_text", ReceiptSteps),
        (Contribute, "quote", PaymentSteps),
        (Contribute, "question", PaymentSteps),
        (Contribute, "receipt_text", PaymentSteps),
        (ReturnFloat, "other", FloatSteps),
        (Deposit, "which", WalletMoney),
    ],
)
def test_a_flow_without_a_hook_is_refused_when_its_class_is_made(
    flow: type[Flow], hook: str, steps: type[Flow]
) -> None:
    with pytest.raises(FlowError, match=f"Half: there is no {hook}"):
        type("Half", (flow,), {hook: getattr(steps, hook)})


def test_steps_that_are_mixed_in_may_leave_hooks_open() -> None:
    class Steps(FloatSteps):
        pass

    assert not hasattr(Steps, "map")


def test_what_is_not_paid_at_once_is_paid_in_a_way_of_its_own() -> None:
    with pytest.raises(FlowError, match="Half: deposit is not paid at once"):
        type("Half", (Deposit,), {"pay": PaymentSteps.pay})
