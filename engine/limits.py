"""Every limit of a conversation, in one place."""

from typing import Final

TURN_DEADLINE_S: Final = 2.0
# Past the deadline, for one thing only: a right PIN is not to count as a guess.
GIVE_BACK_S: Final = 0.25
# A lock outlives the deadline, so that a slow turn cannot lose it while it may still commit.
LOCK_MS: Final = 3_000
COPY_POLL_FIRST_S: Final = 0.004
COPY_POLL_LONGEST_S: Final = 0.05

# Of a message in a chat: nobody holds a line open for it.
CHAT_DEADLINE_S: Final = 10.0
# What is to be finished by USSD waits so long for a dial.
HANDOVER_S: Final = 24 * 3600.0

RESUME_WITHIN_S: Final = 15 * 60
SESSION_KEPT_S: Final = RESUME_WITHIN_S + 3 * 60
# Redis is told once in so long, and not at every turn, that a session is kept: so much less than
# SESSION_KEPT_S it may be after the last turn.
KEPT_AGAIN_S: Final = 60
# A session of three minutes, and late copies of its hops: what happened before does not bear on it.
WALKED_AFTER_S: Final = 10 * 60
# No network keeps a screen open for longer without an answer.
SILENCE_S: Final = 3 * 60
TURNS_PER_SESSION: Final = 60
STEPS_PER_TURN: Final = 12  # states that one dialled string may walk through
BACK_STEPS_KEPT: Final = 20
WRONG_ANSWERS: Final = 3  # one after another; then an offer to be called
TEXT_CHARS: Final = 4_000  # of a gateway's cumulative text; more ends the session
TURN_STREAM_LENGTH: Final = 200_000

# What one service and one number may ask for; a service may name others in its settings. They keep
# a storm from one secret, or a gateway in a loop, from other services and from Redis's memory.
# A small machine (two cores) answers 3,400 menu hops a second: a seventh of it. Of a million people
# who dial once a day, most of them within two hours, this many hops come in a second.
HOPS_A_SECOND: Final = 500
HOPS_AT_ONCE_S: Final = 2  # so many seconds' hops may come at once; half of them begin sessions
# Of them one process counts so many at once, before they come, and forgets them if they do not come
# soon (`engine/store/sessions.py`).
HOPS_AHEAD: Final = 16
AHEAD_FOR_S: Final = 0.25
# No hand is faster; yet all hops of two sessions may come at once.
NUMBER_HOPS_A_SECOND: Final = 5
NUMBER_HOPS_AT_ONCE_S: Final = 2 * TURNS_PER_SESSION // NUMBER_HOPS_A_SECOND
# Begun within SESSION_KEPT_S, dropped or not. Each takes 0.8 kB of Redis, 1.8 kB after eight hops.
OPEN_SESSIONS: Final = 50_000
# An agent who sells twice a minute begins 36, from a telephone that several share.
NUMBER_OPEN_SESSIONS: Final = 100
