"""Float that an agent asks of the one above, who gives or refuses it on their own phone.

    asked ──► given       sold to who asked, at once: they have said that they want it
      ├─────► refused     by the one above
      ├─────► withdrawn   by who asked
      └─────► expired     nobody answered in time

One waits of an agent's at a time. It asks for nothing but attention: no money is set aside.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from core.agents.agents import Agent
from core.agents.errors import AskedBefore, AskGone, NobodyAbove
from core.agents.float_messages import FloatAskedFor, FloatAskLate, FloatAskRefused
from core.db.database import Database, Tx
from core.lifecycle import Lifecycle
from core.messaging.notices import write_notice
from core.people import people
from core.security.keyring import Keyring
from values import clock
from values.ids import uuid7
from values.money import Money

FLOAT_ASK: Final = Lifecycle(
    "float_ask",
    initial="asked",
    transitions=[
        ["give", "asked", "given"],
        ["refuse", "asked", "refused"],
        ["withdraw", "asked", "withdrawn"],
        ["expire", "asked", "expired"],
    ],
)
ASK_S: Final = 24 * 60 * 60
BATCH: Final = 200
LISTED_MAXIMUM: Final = 50


@dataclass(frozen=True, slots=True)
class FloatAsk:
    """A request that waits. `asker` is who asks, name and code."""

    id: uuid.UUID
    asker_id: uuid.UUID
    asker: str
    amount: Money


def ask(tx: Tx, *, agent: Agent, agent_name: str, amount: Money) -> None:
    """Ask the one above for float, and text them. Raises NobodyAbove, and AskedBefore (params:
    amount) while one waits."""
    if agent.parent_id is None:
        raise NobodyAbove
    before = mine(tx, agent.subscriber_id)
    until = clock.now() + timedelta(seconds=ASK_S)
    row = before or tx.one(
        "INSERT INTO float_ask (tenant_id, id, asker_id, giver_id, amount_minor, currency,"
        " expires_at) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, asker_id) WHERE state = 'asked' DO NOTHING RETURNING id",
        (
            *(uuid7(), agent.subscriber_id, agent.parent_id),
            *(amount.amount_minor, amount.currency, until),
        ),
    )
    if before or row is None:
        waiting = before or mine(tx, agent.subscriber_id)
        raise AskedBefore(
            amount_minor=(waiting.amount if waiting else amount).amount_minor,
            currency=amount.currency,
        )
    told = FloatAskedFor(amount=amount, agent=f"{agent_name} {agent.code}", at=until)
    write_notice(tx, agent.parent_id, told)


def mine(tx: Tx, asker_id: uuid.UUID) -> FloatAsk | None:
    """What an agent asked for and waits, without their name."""
    row = tx.one(
        "SELECT id, amount_minor, currency FROM float_ask WHERE tenant_id = current_tenant()"
        " AND asker_id = %s AND state = 'asked' AND expires_at > now()",
        (asker_id,),
    )
    return FloatAsk(row[0], asker_id, "", Money(row[1], row[2])) if row else None


def asked_of(tx: Tx, keys: Keyring, giver_id: uuid.UUID) -> list[FloatAsk]:
    """What others ask of an agent, oldest first."""
    rows = tx.all(
        "SELECT k.id, k.asker_id, g.code, k.amount_minor, k.currency FROM float_ask k"
        " JOIN agent g ON g.tenant_id = k.tenant_id AND g.subscriber_id = k.asker_id"
        " WHERE k.tenant_id = current_tenant() AND k.giver_id = %s AND k.state = 'asked'"
        f" AND k.expires_at > now() ORDER BY k.id LIMIT {LISTED_MAXIMUM}",
        (giver_id,),
    )
    found = []
    for id, asker_id, code, minor, currency in rows:
        person = people.get(tx, keys, asker_id)
        assert person is not None, "an agent is a person"
        found.append(FloatAsk(id, asker_id, f"{person.shown_name} {code}", Money(minor, currency)))
    return found


_ENDS: Final = "ended_at = now()"
_GIVE: Final = FLOAT_ASK.advance(
    "give",
    sets=f"{_ENDS}, entry_id = %s",
    where="id = %s AND giver_id = %s AND expires_at > now()",
    returning="id",
)
_REFUSE: Final = FLOAT_ASK.advance(
    "refuse",
    sets=_ENDS,
    where="id = %s AND giver_id = %s",
    returning="asker_id, amount_minor, currency",
)
_WITHDRAW: Final = FLOAT_ASK.advance(
    "withdraw", sets=_ENDS, where="id = %s AND asker_id = %s", returning="id"
)
_EXPIRE: Final = FLOAT_ASK.advance(
    "expire",
    sets=_ENDS,
    where="id = %s AND expires_at <= now()",
    returning="asker_id, amount_minor, currency",
)


def give(tx: Tx, ask_id: uuid.UUID, giver_id: uuid.UUID, *, entry_id: uuid.UUID) -> None:
    """It is given by that entry. Raises AskGone."""
    if tx.one(_GIVE, (entry_id, ask_id, giver_id)) is None:
        raise AskGone


def refuse(tx: Tx, ask_id: uuid.UUID, giver_id: uuid.UUID) -> None:
    """The one above says no; who asked is texted. Raises AskGone."""
    row = tx.one(_REFUSE, (ask_id, giver_id))
    if row is None:
        raise AskGone
    write_notice(tx, row[0], FloatAskRefused(amount=Money(row[1], row[2])))


def withdraw(tx: Tx, ask_id: uuid.UUID, asker_id: uuid.UUID) -> None:
    """Who asked wants it no more. Raises AskGone."""
    if tx.one(_WITHDRAW, (ask_id, asker_id)) is None:
        raise AskGone


def expire_due(app: Database, relay: Database) -> int:
    """End what nobody answered in time, and text who asked. Answers how many."""
    with relay.transaction(None) as tx:
        due = tx.all(
            "SELECT tenant_id, id FROM float_ask WHERE state = 'asked' AND expires_at <= now()"
            " ORDER BY expires_at LIMIT %s",
            (BATCH,),
        )
    ended = 0
    for tenant_id, ask_id in due:
        with app.transaction(tenant_id) as tx:
            row = tx.one(_EXPIRE, (ask_id,))
            if row is not None:
                write_notice(tx, row[0], FloatAskLate(amount=Money(row[1], row[2])))
                ended += 1
    return ended
