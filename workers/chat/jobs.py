"""The kinds of job of this room."""

from core.inbox.files import FETCH_FILE
from core.inbox.inbox import CHAT_TURN
from core.inbox.long_texts import GIVE_UP_LONG_TEXT
from core.inbox.papers import SEND_STATEMENT
from workers.jobs.kinds import JobKind

JOBS = (
    JobKind(CHAT_TURN, "chat", "workers.chat.turn.chat_turn"),
    JobKind(FETCH_FILE, "default", "workers.chat.files.fetch_file"),
    JobKind(GIVE_UP_LONG_TEXT, "chat", "workers.chat.long_texts.give_up_long_text"),
    JobKind(SEND_STATEMENT, "default", "workers.chat.statements.send_statement"),
)
