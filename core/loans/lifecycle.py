"""The states that a loan and a guarantor's word go through. Arrears are no state: they are worked
out from what is due and what was paid."""

from typing import Final

from core.lifecycle import Lifecycle

LOAN: Final = Lifecycle(
    "loan",
    initial="applied",
    transitions=[
        ["guarantee", "applied", "guaranteed"],
        ["approve", "guaranteed", "approved"],
        ["disburse", "approved", "disbursed"],
        ["repay", ["disbursed", "repaying"], "repaying"],
        ["close", ["disbursed", "repaying"], "closed"],
        ["reopen", "closed", "repaying"],
        ["write_off", ["disbursed", "repaying"], "written_off"],
        ["refuse", ["applied", "guaranteed"], "refused"],
        ["withdraw", ["applied", "guaranteed", "approved"], "withdrawn"],
    ],
)

GUARANTOR: Final = Lifecycle(
    "loan_guarantor",
    initial="asked",
    transitions=[
        ["accept", "asked", "accepted"],
        ["refuse", "asked", "refused"],
        ["call", "accepted", "called"],
        ["release", ["asked", "accepted"], "released"],
    ],
)

IS_OPEN: Final = "state IN ('applied', 'guaranteed', 'approved', 'disbursed', 'repaying')"
IS_OWED: Final = "state IN ('disbursed', 'repaying')"
