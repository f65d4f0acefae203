"""The short run under fire; `python -m tests.faults` is the long one."""

import os

import pytest

from tests.faults.disk import run_full_disk
from tests.faults.hostile import MODES, run_hostile
from tests.faults.messages import run_messages
from tests.faults.run import run

pytestmark = pytest.mark.long

CONVERSATIONS = 60
KILLS = 8  # each kind of process once; on a slow machine all must come back in between
MESSAGES = 300
MESSAGE_KILLS = 11  # and the workers of messages among them


def test_every_record_agrees_after_kills() -> None:
    outcome = run(CONVERSATIONS, kill_every_s=1.0, kills=KILLS)
    assert outcome.faults == []
    assert outcome.done_screens == outcome.entries == CONVERSATIONS
    assert outcome.sales == CONVERSATIONS // 4
    assert 0 < outcome.held < outcome.sales
    assert outcome.texts + outcome.unknown_texts >= CONVERSATIONS + outcome.sales
    assert outcome.killed, "nothing was killed: the run proves nothing"


def test_messages_are_worked_and_sent_once_or_listed() -> None:
    outcome = run_messages(MESSAGES, kill_every_s=2.0, kills=MESSAGE_KILLS)
    assert outcome.faults == []
    assert outcome.figures["written"] == outcome.figures["stored"] == MESSAGES
    assert outcome.figures["killed"], "nothing was killed: the run proves nothing"
    assert outcome.figures["faults scripted"], "no company failed: the run proves nothing"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_ends_nothing_for_good() -> None:
    try:
        outcome = run_full_disk()
    except OSError as refused:
        pytest.skip(f"no small disk can be mounted: {refused}")
    assert outcome.faults == []
    assert outcome.paid_before > 0
    assert outcome.paid_after > 0


def test_a_wrong_clock_stalled_bodies_and_a_copied_folder_move_no_money() -> None:
    outcome = run_hostile()
    assert outcome.faults == []
    assert list(outcome.paid_after) == list(MODES)
    assert min(outcome.paid_after.values()) > 0
