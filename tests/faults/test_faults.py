"""The short run under fire; `python -m tests.faults` is the long one."""

from tests.faults.run import run

CONVERSATIONS = 60
KILLS = 8  # each kind of process once; on a slow machine all must come back in between


def test_every_record_agrees_after_kills() -> None:
    outcome = run(CONVERSATIONS, kill_every_s=1.0, kills=KILLS)
    assert outcome.faults == []
    assert outcome.paid_screens == outcome.entries == CONVERSATIONS
    assert outcome.texts + outcome.unknown_texts >= CONVERSATIONS
    assert outcome.killed, "nothing was killed: the run proves nothing"
