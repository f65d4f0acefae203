"""What was written, told and sent to many, in a database with a history."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from core.approvals.requests import officer
from core.broadcasts import broadcasts
from core.broadcasts.audience import Listed, Segment
from core.broadcasts.broadcasts import ReplyTo
from core.broadcasts.number_list import read_list
from core.broadcasts.writing import write_batch
from core.db.database import Tx
from core.events import events, subscriptions
from core.inbox import files, inbox, links, long_texts, party_changes
from core.inbox.content import Content
from core.inbox.inbox import Incoming
from core.inbox.party_changes import Known
from core.messaging import optouts, templates
from core.people import identities
from core.tenants import directory
from tests.support.tenants import KEYS, PROVIDER
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant
from values.ids import uuid7
from workers.broadcasts.write import MEASURE

NOW = datetime.now(UTC)


def what_is_written(tenant: UssdTenant) -> None:
    """A conversation by text message, which waits to be finished by USSD; another goes on, and a
    worker has it; a third may be linked. Somebody wants no more texts from one sender, and then
    wants them again."""
    stopped = tenant.people["uwera"].phones[0]
    tenant.change(optouts.opt_out, KEYS, stopped, sender="UMOJA", source=optouts.Source.PROVIDER)
    by = {"source": optouts.Source.STAFF, "actor": "operator ann"}
    tenant.change(optouts.opt_in, KEYS, stopped, purpose="news", **by)
    uwera = Texter(tenant, tenant.people["uwera"].phones[0])
    for text in ("menu", "1", "1", "500", "1"):
        uwera.text(text)
    for text in ("menu", "PIN 2748"):
        uwera.text(text)
    (id,) = tenant.one("SELECT id FROM conversation")
    with tenant.tx() as tx:
        assert inbox.hold(tx, KEYS, id, lease_s=60)
    Texter(tenant, "+250788999222").text("hi")  # whom nobody knows: the chat shows a code
    tenant.change(links.check_code, KEYS, tenant.id_of("uwera"), "000000")
    what_is_sent_as_a_file(tenant, uwera)
    what_is_sent_to_many(tenant, uwera.service)
    what_comes_in_parts(tenant, uwera.service.id, uwera.number)


def what_is_sent_as_a_file(tenant: UssdTenant, uwera: Texter) -> None:
    """A picture that was fetched, one that nobody could fetch, and one that waits."""
    for nth in range(3):
        content = Content(kind="media", media=("image", "1", "image/jpeg"))
        sent = Incoming(PROVIDER, f"file-{nth}", uwera.number, content)
        tenant.change(inbox.receive, KEYS, uwera.service.id, sent)
    rows = tenant.admin.execute("SELECT id FROM inbound_file ORDER BY id").fetchall()
    (kept,), (lost,), _ = rows
    tenant.change(files.keep, KEYS, kept, b"\xff\xd8\xff", "image/jpeg")
    tenant.change(files.lose, lost, "gone")


def what_comes_in_parts(tenant: UssdTenant, service_id: uuid.UUID, number: str) -> None:
    """A long text of which a part is missing, and one that was joined, with a PIN taken out."""

    def part(reference: str, number_of_part: int) -> None:
        said = Incoming(PROVIDER, uuid7().hex, number, Content(text="words"), had_pin=True)
        of = {"reference": reference, "total": 2, "number": number_of_part}
        tenant.change(long_texts.add, KEYS, service_id, said, **of)

    for reference, number_of_part in (("7", 1), ("8", 1), ("8", 2)):
        part(reference, number_of_part)


def what_is_told(tenant: UssdTenant) -> None:
    """A system that is told of what is written from now on: an event was delivered, another waits,
    since nobody answered, and the secret was changed. And one that is told of nothing any more."""
    place = "https://hooks.example.com/piga"
    wanted = ["message.received", "session.ended"]
    subscribe = subscriptions.subscribe
    id, _ = tenant.change(subscribe, KEYS, place, wanted, actor="test", with_numbers=True)
    other, _ = tenant.change(subscribe, KEYS, place, ["payment.posted"], actor="test")
    tenant.change(subscriptions.rotate, KEYS, id, actor="test")
    tenant.change(events.probe, other)
    tenant.change(_tell, lambda tx, told: events.delivered(tx, told, "200"))
    tenant.change(subscriptions.unsubscribe, other, actor="test")
    tenant.change(events.probe, id)
    tenant.change(_tell, lambda tx, told: events.again(tx, told, "503", delay_s=60, at_least_s=0))


def _tell(tx: Tx, came_to: Callable[[Tx, events.Outgoing], None]) -> None:
    """The event that waits is sent, and that is what it came to."""
    row = tx.one("SELECT id FROM outbox WHERE kind = 'event' AND state = 'waiting'")
    assert row is not None
    told = events.claim(tx, KEYS, row[0], lease_s=60)
    assert told is not None
    came_to(tx, told)


def what_is_sent_to_many(tenant: UssdTenant, service: directory.Service) -> None:
    """A broadcast to a group, of which a batch is written and has not left; and one to a list,
    which was cancelled."""
    listed = Listed(read_list("0788999999", "RW"), with_strangers=True)
    ann = officer("ann", "test")
    dropped = tenant.change(broadcasts.draft, KEYS, service, listed, {"en": "Hello"}, by=ann)
    tenant.change(broadcasts.cancel, dropped.id, by=ann)
    words = {language: f"{{name}}, {{group}}: {language}" for language in service.tenant.languages}
    with tenant.tx() as tx:
        made = broadcasts.draft(
            *(tx, KEYS, service, Segment(group="KOP1"), words),
            by=ann,
            reply=ReplyTo("contribute"),
        )
        broadcasts.start(tx, made.id, by=ann)
        assert write_batch(tx, KEYS, made, made.writer(KEYS, service), MEASURE)


def what_a_provider_says(tenant: UssdTenant) -> None:
    """Somebody's id and number came together, and both are others by now; a template is paused."""
    before, now = (Known("whatsapp", f"+25078000090{n}", f"piga:RW.{n}") for n in (1, 2))
    tenant.change(identities.meet, KEYS, "whatsapp", before.own_id, number=before.number)
    told = {"provider": "meta", "event_id": "wamid.1", "before": before, "now": now, "at": NOW}
    tenant.change(party_changes.party_changed, KEYS, **told)
    paused = templates.Told("meta", "receipt", "en", "paused", "low_quality", NOW)
    tenant.change(templates.note, paused)
