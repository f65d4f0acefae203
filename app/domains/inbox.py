"""What people write on channels without a session on the wire."""

from app.domains.domain import Domain
from checks import inbox as samples
from core.inbox import files, inbox, messages, personal, retention
from flows.account.link_chat import LinkChat
from flows.account.unlink_chat import UnlinkChat
from workers.chat import jobs

DOMAIN = Domain(
    name="inbox",
    flows=(LinkChat, UnlinkChat),
    messages=messages.MESSAGES,
    lifecycles=(inbox.INBOUND_MESSAGE, files.INBOUND_FILE),
    retention=retention.RETENTION,
    jobs=jobs.JOBS,
    samples=samples.SAMPLES,
    personal=personal.PERSONAL,
)
