"""Every limit of a conversation, in one place."""

from typing import Final

TURN_DEADLINE_S: Final = 2.0
# Past the deadline, for one thing only: a right PIN is not to count as a guess.
GIVE_BACK_S: Final = 0.25
# A lock outlives the deadline, so that a slow turn cannot lose it while it may still commit.
LOCK_MS: Final = 3_000
COPY_POLL_FIRST_S: Final = 0.004
COPY_POLL_LONGEST_S: Final = 0.05

RESUME_WITHIN_S: Final = 15 * 60
SESSION_KEPT_S: Final = RESUME_WITHIN_S + 3 * 60
# A session of three minutes, and late copies of its hops: what happened before does not bear on it.
WALKED_AFTER_S: Final = 10 * 60
TURNS_PER_SESSION: Final = 60
STEPS_PER_TURN: Final = 12  # states that one dialled string may walk through
BACK_STEPS_KEPT: Final = 20
WRONG_ANSWERS: Final = 3  # one after another; then an offer to be called
TEXT_CHARS: Final = 4_000  # of a gateway's cumulative text; more ends the session
TURN_STREAM_LENGTH: Final = 200_000
