"""The kinds of job of this room."""

from core.inbox.inbox import CHAT_TURN
from workers.jobs.kinds import JobKind

JOBS = (JobKind(CHAT_TURN, "chat", "workers.chat.turn.chat_turn"),)
