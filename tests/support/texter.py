"""A phone that writes text messages to a tenant's number, and what it gets back."""

import uuid
from urllib.parse import urlencode

import orjson

from core.inbox import inbox
from core.inbox.content import Content
from core.inbox.inbox import Incoming
from core.people.people import USSD
from core.tenants.directory import Service
from engine.turn.chat import ChatTurns, Worked
from engine.turn.choices import choice_id, mark_of
from engine.turn.replies import Reply
from engine.turn.stored import StoredSession
from providers.africastalking.sms import parse_sms_in
from tests.support.callbacks import callbacks_of
from tests.support.domains import FLOWS
from tests.support.tenants import KEYS, PROVIDER
from tests.support.ussd import UssdTenant

SHORT_CODE = "10384"


class Texter:
    """A phone that writes text messages to the tenant's number, and what it gets back."""

    def __init__(self, tenant: UssdTenant, number: str, channel: str = "sms") -> None:
        self.tenant = tenant
        self.number = number
        self.service = sms_service(tenant, channel=channel)
        self.turns = ChatTurns(
            database=tenant.database, keys=KEYS, directory=tenant.directory, flows=FLOWS
        )
        self.count = 0

    def post(self, text: str, *, id: str = "") -> None:
        """The gateway hands a message over."""
        self.count += 1
        sent = {
            "from": self.number,
            "to": self.service.code,
            "id": id or f"{self.number}-{self.count}",
            "text": text,
            "date": "2026-11-20 12:05:00",
        }

        told = parse_sms_in(urlencode(sent).encode())
        callbacks_of(self.tenant.database).store(told, self.service)

    def tap(self, choice: str, *, text: str = "") -> str:
        """Tap something that has this id and these words, and read the reply."""
        self.count += 1
        message = Incoming(
            PROVIDER,
            f"{self.number}-tap-{self.count}",
            self.number,
            Content(text, kind="choice", choice=choice),
        )
        with self.tenant.tx() as tx:
            inbox.receive(tx, KEYS, self.service.id, message)
        self.work()
        return self.replies()[-1]

    def option(self, typed: str) -> str:
        """The id that a button for this key has at the question that is asked now."""
        id, sessions, sealed = self.tenant.one(
            "SELECT id, sessions, session_sealed FROM conversation WHERE address_lookup = %s",
            KEYS.lookup(USSD, self.number),
        )
        stored = StoredSession.decode(KEYS.open(sealed, id.bytes).encode())
        assert stored is not None
        session_hash = KEYS.session("chat", id.hex, str(sessions))
        return choice_id(mark_of(KEYS, session_hash, stored.session), typed)

    def work(self, maximum: int | None = None) -> int:
        """A worker works the conversation, or so many messages of it; answers how many."""
        (id,) = self.tenant.admin.execute(
            "SELECT id FROM conversation WHERE address_lookup = %s AND service_id = %s",
            (KEYS.lookup(USSD, self.number), self.service.id),
        ).fetchone() or (None,)
        with self.tenant.tx() as tx:
            held = inbox.hold(tx, KEYS, id, lease_s=60)
        assert held is not None
        worked = 0
        while worked != maximum:
            if self.turns.work_next(self.tenant.tenant_id, held) is Worked.NOTHING:
                break
            worked += 1
        with self.tenant.tx() as tx:
            inbox.release(tx, held)
        return worked

    def text(self, text: str) -> str:
        """Write, and read the reply."""
        return self.write(text).text

    def replies(self) -> list[str]:
        return [message.text for message in self.messages()]

    def messages(self) -> list[Reply]:
        """What was replied, with what can be tapped."""
        rows = self.tenant.admin.execute(
            "SELECT m.id, m.content_sealed FROM message m JOIN conversation c"
            " ON c.id = m.conversation_id WHERE c.address_lookup = %s ORDER BY m.id",
            (KEYS.lookup(USSD, self.number),),
        ).fetchall()
        return [Reply.unpacked(orjson.loads(KEYS.open(sealed, id.bytes))) for id, sealed in rows]

    def write(self, text: str) -> Reply:
        """Write, and read the whole reply."""
        before = self._count()
        self.post(text)
        self.work(1)
        [*_, last] = messages = self.messages()
        assert len(messages) == before + 1
        return last

    def send_picture(self, kind: str = "image", *, caption: str = "") -> Reply:
        """Send a file, and read the whole reply."""
        self.count += 1
        content = Content(caption, kind="media", media=(kind, "1", "image/jpeg"))
        message = Incoming(PROVIDER, f"{self.number}-file-{self.count}", self.number, content)
        with self.tenant.tx() as tx:
            inbox.receive(tx, KEYS, self.service.id, message)
        self.work()
        return self.messages()[-1]

    def _count(self) -> int:
        """How many messages of ours there are."""
        return self.tenant.number(
            "SELECT count(*) FROM message m JOIN conversation c ON c.id = m.conversation_id"
            " WHERE c.address_lookup = %s",
            KEYS.lookup(USSD, self.number),
        )


def sms_service(
    tenant: UssdTenant,
    code: str = SHORT_CODE,
    provider: str = PROVIDER,
    channel: str = "sms",
    **settings: str,
) -> Service:
    """A number of the tenant's for messages, with the tree of its USSD code."""
    row = tenant.admin.execute(
        "SELECT id FROM service WHERE channel = %s AND code = %s", (channel, code)
    ).fetchone()
    id = row[0] if row else uuid.uuid4()
    if row is None:
        tenant.admin.execute(
            "INSERT INTO service (tenant_id, id, provider, channel, code, settings, tree)"
            " SELECT tenant_id, %s, %s, %s, %s, %s, tree FROM service"
            " WHERE code = '*384*10#'",
            (id, provider, channel, code, orjson.dumps(settings).decode()),
        )
        tenant.admin.execute(
            "INSERT INTO service_address VALUES (%s, %s, %s, %s, %s)",
            (provider, channel, code, tenant.tenant_id, id),
        )
    service = tenant.directory.by_id(id)
    assert service is not None
    return service
