"""A group votes: yes or no, or among the names of members. One member, one vote.

It ends when everybody has voted, when no vote that is left could change it, or at its time. Of a
secret vote only the sums are kept, and who has voted.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from core.audit.trail import record
from core.db.database import Database, Tx
from core.lifecycle import Lifecycle
from core.messaging.notices import write_notice
from core.people.people import get as get_person
from core.savings import committee, constitution, share_outs
from core.savings.committee import RECORDERS
from core.savings.constitution import Constitution
from core.savings.errors import NoSuchMember, NoVote, VotedBefore, VoteIsOn
from core.savings.messages import (
    VoteCarried,
    VoteElected,
    VoteLost,
    VoteNoQuorum,
    VoteOpened,
    VoteTied,
)
from core.security.keyring import Keyring
from values import clock
from values.ids import uuid7

VOTE: Final = Lifecycle(
    "savings_vote",
    initial="open",
    transitions=[
        ["carry", "open", "carried"],
        ["lose", "open", "lost"],
        ["fall_short", "open", "no_quorum"],
        ["cancel", "open", "cancelled"],
    ],
)
YES: Final = 1
NO: Final = 2
YES_NO: Final = "yes_no"
NAMES: Final = "names"
SHARE_OUT: Final = "share_out"
HOURS_MAXIMUM: Final = 14 * 24
NAMES_MAXIMUM: Final = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be voted for. `candidate_id` is None for yes (1) and no (2)."""

    number: int
    candidate_id: uuid.UUID | None
    votes: int


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote as it stands. `cast` of the `members` have voted."""

    id: uuid.UUID
    group_id: uuid.UUID
    group: str
    kind: str
    question: str
    secret: bool
    quorum_percent: int
    members: int
    state: str
    ends_at: datetime
    cast: int
    choices: tuple[Choice, ...]

    @property
    def has_quorum(self) -> bool:
        return self.cast * 100 >= self.quorum_percent * self.members

    @property
    def left(self) -> int:
        """How many votes may still come."""
        return self.members - self.cast

    @property
    def is_decided(self) -> bool:
        """Whether no vote that is left could change what it comes to, its quorum included."""
        first, second = self._best()
        return not self.left or (self.has_quorum and first - second > self.left)

    def _best(self) -> tuple[int, int]:
        counts = sorted((one.votes for one in self.choices), reverse=True)
        return counts[0], counts[1]

    def trigger(self) -> str:
        """What it comes to when it ends now. Of names the first must have more than the second;
        yes must have more than no."""
        if not self.has_quorum:
            return "fall_short"
        first, second = self._best()
        is_won = first > second and (self.kind == NAMES or self.choices[0].votes == first)
        return "carry" if is_won else "lose"


_SELECT: Final = (
    "SELECT v.id, v.group_id, g.name, v.kind, v.question, v.secret, v.quorum_percent, v.members,"
    " v.state, v.ends_at, (SELECT count(*) FROM savings_ballot b WHERE b.tenant_id = v.tenant_id"
    "  AND b.vote_id = v.id) FROM savings_vote v"
    " JOIN savings_group g ON g.tenant_id = v.tenant_id AND g.id = v.group_id"
    " WHERE v.tenant_id = current_tenant()"
)


def get(tx: Tx, vote_id: uuid.UUID, *, locked: bool = False) -> Vote:
    """A vote, whatever has become of it. Raises NoVote."""
    row = tx.one(f"{_SELECT} AND v.id = %s{' FOR UPDATE OF v' if locked else ''}", (vote_id,))
    if row is None:
        raise NoVote
    choices = tx.all(
        "SELECT number, subscriber_id, votes FROM savings_vote_choice"
        " WHERE tenant_id = current_tenant() AND vote_id = %s ORDER BY number",
        (vote_id,),
    )
    values: Sequence[Any] = (*row, tuple(Choice(*choice) for choice in choices))
    return Vote(*values)


_OPEN_TO: Final = (
    "SELECT v.id FROM savings_vote v JOIN membership m ON m.tenant_id = v.tenant_id"
    " AND m.group_id = v.group_id AND m.left_at IS NULL AND m.joined_at <= v.opened_at"
    " WHERE v.tenant_id = current_tenant() AND m.subscriber_id = %s AND v.state = 'open'"
    " AND v.ends_at > now()"
)


def open_to(tx: Tx, member_id: uuid.UUID) -> list[Vote]:
    """What a member can vote on and has not yet, the oldest first."""
    rows = tx.all(
        f"{_OPEN_TO} AND NOT EXISTS (SELECT 1 FROM savings_ballot b"
        " WHERE b.tenant_id = v.tenant_id AND b.vote_id = v.id"
        " AND b.subscriber_id = m.subscriber_id) ORDER BY v.id",
        (member_id,),
    )
    return [get(tx, row[0]) for row in rows]


def candidate_names(tx: Tx, keys: Keyring, vote: Vote) -> dict[int, str]:
    """The names of those who can be voted for, by their numbers; none of yes and no."""
    found = {}
    for choice in vote.choices:
        person = get_person(tx, keys, choice.candidate_id) if choice.candidate_id else None
        if person is not None:
            found[choice.number] = person.shown_name
    return found


def member_by_number(tx: Tx, group_id: uuid.UUID, number: int) -> uuid.UUID:
    """A member by the number that meetings use. Raises NoSuchMember."""
    row = tx.one(
        "SELECT subscriber_id FROM (SELECT subscriber_id, left_at,"
        " row_number() OVER (ORDER BY joined_at, subscriber_id) AS number FROM membership"
        " WHERE tenant_id = current_tenant() AND group_id = %s) m"
        " WHERE left_at IS NULL AND number = %s",
        (group_id, number),
    )
    if row is None:
        raise NoSuchMember
    found: uuid.UUID = row[0]
    return found


# -- it is opened ----------------------------------------------------------------------------------


def open_vote(
    tx: Tx,
    *,
    group_id: uuid.UUID,
    by: uuid.UUID,
    today: date,
    question: str,
    secret: bool,
    hours: int,
    candidate_ids: Sequence[uuid.UUID] = (),
) -> uuid.UUID:
    """Ask a group's members something: yes or no, or which of these members. Each is texted.

    Raises NotInCommittee, NoConstitution (it has the quorum), VoteIsOn.
    """
    assert 1 <= hours <= HOURS_MAXIMUM
    assert len(candidate_ids) != 1, "one name is no choice"
    assert len(candidate_ids) <= NAMES_MAXIMUM
    committee.require(tx, group_id, by, today, RECORDERS)
    rules = constitution.require(tx, group_id, today)
    kind = NAMES if candidate_ids else YES_NO
    asked = _Asked(kind, question, rules.quorum_percent, hours, secret, candidate_ids)
    return _open(tx, group_id, by, asked)


SHARE_OUT_HOURS: Final = 7 * 24


def open_share_out(
    tx: Tx, *, group_id: uuid.UUID, by: uuid.UUID, rules: Constitution, with_social: bool
) -> uuid.UUID:
    """Ask a group whether to share out. Raises VoteIsOn."""
    question = "social" if with_social else ""
    asked = _Asked(SHARE_OUT, question, rules.quorum_percent, SHARE_OUT_HOURS)
    return _open(tx, group_id, by, asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    kind: str
    question: str
    quorum_percent: int
    hours: int
    secret: bool = False
    candidate_ids: Sequence[uuid.UUID] = ()


def _open(tx: Tx, group_id: uuid.UUID, by: uuid.UUID, asked: _Asked) -> uuid.UUID:
    vote_id, members = uuid7(), _members(tx, group_id)
    on = "SELECT 1 FROM savings_vote WHERE tenant_id = current_tenant() AND group_id = %s"
    if tx.one(f"{on} AND state = 'open'", (group_id,)) is not None:
        raise VoteIsOn
    tx.execute(
        "INSERT INTO savings_vote (tenant_id, id, group_id, kind, question, secret,"
        " quorum_percent, members, opened_by, ends_at)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(vote_id, group_id, asked.kind, asked.question, asked.secret, asked.quorum_percent),
            *(len(members), by, clock.now() + timedelta(hours=asked.hours)),
        ),
    )
    for number, candidate_id in enumerate(asked.candidate_ids or (None, None), start=1):
        tx.execute(
            "INSERT INTO savings_vote_choice (tenant_id, vote_id, number, subscriber_id)"
            " VALUES (current_tenant(), %s, %s, %s)",
            (vote_id, number, candidate_id),
        )
    record(tx, f"member {by}", "open vote", vote_id, {"group": str(group_id), "kind": asked.kind})
    told = VoteOpened(group=get(tx, vote_id).group)
    for member_id in members:
        write_notice(tx, member_id, told)
    return vote_id


def _members(tx: Tx, group_id: uuid.UUID) -> list[uuid.UUID]:
    rows = tx.all(
        "SELECT subscriber_id FROM membership WHERE tenant_id = current_tenant()"
        " AND group_id = %s AND left_at IS NULL ORDER BY subscriber_id",
        (group_id,),
    )
    return [row[0] for row in rows]


# -- members vote ----------------------------------------------------------------------------------


def cast(tx: Tx, keys: Keyring, vote_id: uuid.UUID, number: int, *, member_id: uuid.UUID) -> Vote:
    """A member votes, once. Answers the vote as it then stands; the last vote that matters ends it.
    Raises NoVote, VotedBefore."""
    vote = get(tx, vote_id, locked=True)
    if tx.one(f"{_OPEN_TO} AND v.id = %s", (member_id, vote_id)) is None:
        raise NoVote
    assert number in {choice.number for choice in vote.choices}, "asked for one of these"
    kept = None if vote.secret else number
    row = tx.one(
        "INSERT INTO savings_ballot (tenant_id, vote_id, subscriber_id, number)"
        " VALUES (current_tenant(), %s, %s, %s) ON CONFLICT DO NOTHING RETURNING 1",
        (vote_id, member_id, kept),
    )
    if row is None:
        raise VotedBefore
    tx.execute(
        "UPDATE savings_vote_choice SET votes = votes + 1 WHERE tenant_id = current_tenant()"
        " AND vote_id = %s AND number = %s",
        (vote_id, number),
    )
    vote = get(tx, vote_id)
    return _end(tx, keys, vote) if vote.is_decided else vote


# -- it ends ---------------------------------------------------------------------------------------

_END: Final = {
    step.trigger: VOTE.advance(
        step.trigger, sets="ended_at = now()", where="id = %s", returning="id"
    )
    for step in VOTE.steps
}


def _end(tx: Tx, keys: Keyring, vote: Vote) -> Vote:
    trigger = vote.trigger()
    tx.execute(_END[trigger], (vote.id,))
    if vote.kind == SHARE_OUT and trigger != "carry":
        share_outs.vote_was_lost(tx, vote.id)
    told = _result(tx, keys, vote, trigger)
    for member_id in _members(tx, vote.group_id):
        write_notice(tx, member_id, told)
    record(tx, "votes", f"vote: {trigger}", vote.id, {"cast": vote.cast, "members": vote.members})
    return get(tx, vote.id)


def _result(
    tx: Tx, keys: Keyring, vote: Vote, trigger: str
) -> VoteCarried | VoteLost | VoteElected | VoteTied | VoteNoQuorum:
    if trigger == "fall_short":
        return VoteNoQuorum(vote.group, vote.cast, vote.members)
    first, second = (choice.votes for choice in vote.choices[:2])
    if vote.kind != NAMES:
        kind = VoteCarried if trigger == "carry" else VoteLost
        return kind(vote.group, first, second)
    if trigger == "lose":
        return VoteTied(vote.group, vote.cast, vote.members)
    best = max(vote.choices, key=lambda choice: choice.votes)
    name = candidate_names(tx, keys, vote).get(best.number, "")
    return VoteElected(vote.group, name, best.votes, vote.cast)


def cancel(tx: Tx, vote_id: uuid.UUID) -> None:
    """Take a vote back that is still open; one that is over stays as it is."""
    tx.execute(_END["cancel"], (vote_id,))


def end_due(app: Database, relay: Database, keys: Keyring) -> int:
    """End the votes whose time is over, of all tenants, a vote a transaction. Answers how many.
    `relay` looks across tenants, `app` acts within one."""
    with relay.transaction(None) as tx:
        due = tx.all(
            "SELECT tenant_id, id FROM savings_vote WHERE state = 'open' AND ends_at <= now()"
            " ORDER BY ends_at LIMIT 500"
        )
    for tenant_id, vote_id in due:
        with app.transaction(tenant_id) as tx:
            vote = get(tx, vote_id, locked=True)
            if vote.state == "open":
                _end(tx, keys, vote)
    return len(due)
