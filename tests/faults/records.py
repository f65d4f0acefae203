"""Three records of the same messages: what people wrote, what Piga holds, what handsets got."""

import collections
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from core.db.database import Database, Deadline
from core.people.people import USSD
from core.security.keyring import Keyring
from engine.turn.replies import Reply
from tests.faults.handsets import Copy, Handsets
from tests.faults.people import GREETINGS, Person, line_of

READ_WITHIN_S = 120.0
REPLY = "reply"
# What a company's word makes of a text. What failed for one reason or another is named so, too.
DELIVERED, FAILED = ("Success", "delivered", "read"), ("Failed", "failed")
RANKS = ("accepted", "failed", "delivered")


@dataclass(frozen=True)
class Stored:
    """An inbound message as Piga has it."""

    id: uuid.UUID
    provider_id: str
    state: str


@dataclass
class Message:
    """A message of Piga's to somebody: `words` are None where they are made as it is sent."""

    id: uuid.UUID
    channel: str
    number: str
    template: str
    state: str
    reason: str
    words: str | None
    provider_ids: list[str] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)


@dataclass
class Held:
    """All that Piga holds of it, by channel and number."""

    inbound: dict[tuple[str, str], list[Stored]]
    messages: dict[tuple[str, str], list[Message]]

    @property
    def all(self) -> list[Message]:
        return [message for group in self.messages.values() for message in group]


def read(database: Database, keys: Keyring, tenant_id: uuid.UUID) -> Held:
    """Read and unseal it."""
    with database.transaction(tenant_id, Deadline(READ_WITHIN_S)) as tx:
        services: dict[uuid.UUID, str] = dict(
            tx.all("SELECT id, channel FROM service WHERE tenant_id = current_tenant()")
        )
        conversations = tx.all(
            "SELECT id, service_id, address_sealed FROM conversation"
            " WHERE tenant_id = current_tenant()"
        )
        inbound = tx.all(
            "SELECT id, conversation_id, provider_message_id, state FROM inbound_message"
            " WHERE tenant_id = current_tenant() ORDER BY id"
        )
        addresses = tx.all(
            "SELECT subscriber_id, identifier_sealed FROM address"
            " WHERE tenant_id = current_tenant() AND channel = %s",
            (USSD,),
        )
        rows = tx.all(
            "SELECT id, service_id, conversation_id, subscriber_id, template, state,"
            " coalesce(reason, ''), content_sealed FROM message"
            " WHERE tenant_id = current_tenant() ORDER BY id"
        )
        receipts = tx.all(
            "SELECT message_id, provider_message_id FROM message_receipt"
            " WHERE tenant_id = current_tenant()"
        )
    number_of = {id: keys.open(sealed, id.bytes) for id, _, sealed in conversations}
    place_of = {id: (services[service], number_of[id]) for id, service, _ in conversations}
    person = {who: keys.open(sealed, who.bytes) for who, sealed in addresses}
    ids: dict[uuid.UUID, list[str]] = collections.defaultdict(list)
    for message_id, provider_id in receipts:
        ids[message_id].append(provider_id)
    held = Held(collections.defaultdict(list), collections.defaultdict(list))
    for id, conversation, provider_id, state in inbound:
        held.inbound[place_of[conversation]].append(Stored(id, provider_id, state))
    for id, service, conversation, subscriber, template, state, reason, sealed in rows:
        # What is no reply to a chat goes by SMS.
        channel = "whatsapp" if services[service] == "whatsapp" else "sms"
        number = number_of[conversation] if conversation else person.get(subscriber, "")
        words = None
        if sealed is not None:
            words = Reply.unpacked(orjson.loads(keys.open(sealed, id.bytes))).text
        message = Message(id, channel, number, template, state, reason, words, ids[id])
        held.messages[channel, number].append(message)
    return held


def compare(people: Sequence[Person], held: Held, handsets: Handsets) -> list[str]:
    """How they differ: a sentence each."""
    faults = []
    for person in people:
        faults += _worked(person, held)
    known = {person.number for person in people}
    faults += [
        f"{number} wrote nothing, and something is stored of them"
        for (_, number), stored in held.inbound.items()
        if number not in known and stored
    ]
    return faults + _delivered(held, handsets)


# --- what came in -------------------------------------------------------------------------------


def _worked(person: Person, held: Held) -> list[str]:
    """Whether each message of a person's was worked once, in its order."""
    place = person.channel, person.number
    stored = held.inbound[place]
    replies = [message for message in held.messages[place] if message.template == REPLY]
    wrote = {each.id: each for each in person.wrote}
    faults = [
        f"{person.number}: {each.state}: {wrote.get(each.provider_id)}"
        for each in stored
        if each.state != "done"
    ]
    counts = collections.Counter(each.provider_id for each in stored)
    faults += [
        f"{person.number}: lost: {each.words}" for id, each in wrote.items() if not counts[id]
    ]
    faults += [f"{person.number}: stored {n} times: {id}" for id, n in counts.items() if n > 1]
    faults += [f"{person.number}: nobody wrote {id}" for id in counts if id not in wrote]
    if faults:
        return faults
    in_order = [wrote[each.provider_id] for each in stored]
    meant = ["menu" if each.words in GREETINGS else each.words for each in in_order]
    fewest = sum(a != b for a, b in zip(meant, ["", *meant], strict=False))
    if not fewest <= len(replies) <= len(meant):
        faults.append(f"{person.number}: {len(meant)} messages, {len(replies)} replies")
    # A number alone means what was asked before it: it is read so where both came in their order.
    as_written = [each.id for each in in_order] == list(wrote)
    wanted = [
        each.amount
        for each in in_order
        if each.amount is not None and (each.stands_alone or as_written)
    ]
    lines = {line_of(amount): amount for amount in wanted if amount is not None}
    said = [
        lines[line]
        for reply in replies
        for line in (reply.words or "").splitlines()
        if line in lines
    ]
    if said != wanted:
        faults.append(f"{person.number} wrote {wanted}, was asked to confirm {said}")
    return faults


# --- what went out ------------------------------------------------------------------------------


def _delivered(held: Held, handsets: Handsets) -> list[str]:
    """Whether each message is on its handset as often as its state says, and in order."""
    by_id = {id: message for message in held.all for id in message.provider_ids}
    by_own_id = {str(message.id): message for message in held.all}
    loose: dict[tuple[str, str], list[Copy]] = collections.defaultdict(list)
    for copy in handsets.copies.values():
        message = by_id.get(copy.id) or by_own_id.get(copy.own_id)
        if message is None:
            loose[copy.channel, copy.to].append(copy)
        else:
            message.copies.append(copy)
    faults = []
    for place, messages in held.messages.items():
        for message in messages:
            faults += _as_said(message)
        faults += _loose(place, messages, loose.pop(place, []))
        faults += _in_order(place, messages)
    return faults + [f"{place}: {len(copies)} that nobody sent" for place, copies in loose.items()]


def _as_said(message: Message) -> list[str]:
    """Whether the state of a message is what its handset says."""
    name = f"{message.template} {message.id} to {message.number} ({message.channel})"
    if message.state in ("queued", "sending"):
        return [f"{name} is still {message.state}"]
    if message.state in ("unknown", "failed") and not message.reason:
        return [f"{name} is {message.state}, and no reason is given"]
    if len(message.copies) > 1:
        return [f"{name} went out {len(message.copies)} times"]
    if not message.copies:
        if message.state in ("accepted", "delivered") and message.provider_ids:
            return [f"{name} is {message.state}, and nobody got it"]
        return []
    [copy] = message.copies
    if message.words is not None and message.words != copy.words:
        return [f"{name} reads otherwise on the handset"]
    told = _state_of(copy)
    if told is not None and message.state != told:
        return [f"{name} is {message.state}, its company says {told}: {copy.told}"]
    return []


def _state_of(copy: Copy) -> str | None:
    """The state by the highest status that Piga took; None where it took none."""
    return max(map(_our_word, copy.told), key=RANKS.index, default=None)


def _our_word(told: str) -> str:
    if told in DELIVERED:
        return "delivered"
    return "failed" if told in FAILED else "accepted"


def _loose(place: tuple[str, str], messages: list[Message], copies: list[Copy]) -> list[str]:
    """Texts whose ids Piga never learnt: each must be one that it lists as unknown, or that was
    taken without an id."""
    open_ = [
        m for m in messages if m.state in ("accepted", "unknown", "delivered") and not m.copies
    ]
    sure = sum(message.state != "unknown" for message in open_)
    faults = []
    if not sure <= len(copies) <= len(open_):
        faults.append(f"{place}: {len(copies)} texts, {sure} to {len(open_)} may be")
    words = collections.Counter(message.words for message in open_)
    for copy in copies:
        found = copy.words if words[copy.words] else None  # receipts: their words are not kept
        words[found] -= 1
        if words[found] < 0:
            faults.append(f"{place}: a text that is in no list of what is unknown: {copy.id}")
    return faults


def _in_order(place: tuple[str, str], messages: list[Message]) -> list[str]:
    """Whether replies came in the order in which they were written."""
    places = [
        message.copies[0].place
        for message in messages
        if message.template == REPLY and len(message.copies) == 1
    ]
    return [] if places == sorted(places) else [f"{place}: replies out of order: {places}"]
