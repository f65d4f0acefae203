"""`piga tenant number`: whose a number is, when phones are lost, shared or sold on."""

import contextlib
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from app.cli.groups import Group
from app.errors import OperatorError
from app.operations.servers import Core, opened
from app.operations.tenants import operator, tenant_id_of
from app.settings import Settings

if TYPE_CHECKING:
    from core.db.database import Tx

Command = TypeVar("Command", bound=Callable[..., Any])

_WHICH = "Which of those who share it."


@click.group(cls=Group)
def number() -> None:
    """Numbers of people: list them, give one, take one out, move one to somebody else.

    Each is in the audit trail, and the person is texted. Nothing is changed while money of theirs
    waits for somebody's word.
    """


def _reason(command: Command) -> Command:
    return click.option("--reason", required=True, help="Kept in the audit trail.")(command)


def _which(name: str = "--which") -> Callable[[Command], Command]:
    return click.option(name, type=click.IntRange(1, 9), help=_WHICH)


@number.command("list")
@click.argument("slug")
@click.option("--person", required=True, metavar="NUMBER", help="A number that they have, or had.")
@_which()
def list_numbers(slug: str, person: str, which: int | None) -> None:
    """List the numbers of somebody, also those that were taken out.

    In full: this is for the officer who helps that person, and not for a log.
    """
    from app.operations.persons import person_at
    from core.people.numbers import numbers_of

    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id) as tx:
            found = person_at(tx, core.keys, person, which, also_former=True)
            numbers = numbers_of(tx, core.keys, found)
        for one in numbers:
            state = "taken out" if one.detached_at else "in use" if one.is_in_use else "theirs"
            times = {
                "since": one.since,
                "used": one.used_at,
                "new SIM": one.sim_changed_at,
                "taken out": one.detached_at,
            }
            said = ", ".join(f"{name} {_time(at)}" for name, at in times.items() if at)
            click.echo(f"{one.address}  {state}  (by {one.given_by}; {said})")


@number.command()
@click.argument("slug")
@click.argument("number")
@click.option("--person", required=True, metavar="NUMBER", help="A number that they have, or had.")
@_which()
@_reason
def attach(slug: str, number: str, *, person: str, which: int | None, reason: str) -> None:
    """Give NUMBER to somebody who is known here, beside the numbers that they have.

    For 72 hours (the tenant's `new_sim_h`) it gets no code and agrees to no sale. It and the number
    in use until now are texted.
    """
    from core.messaging import number_changes

    with _changing(slug) as (core, tx):
        who, address = _find(core, tx, person, which, also_former=True), _read(tx, number)
        number_changes.attach(
            tx,
            core.keys,
            who,
            address,
            service_id=_service(tx),
            actor=operator(),
            reason=reason,
        )
    click.echo(f"{address} is theirs, and new for a while.")


@number.command()
@click.argument("slug")
@click.argument("number")
@_which()
@click.option("--recycled", is_flag=True, help="Somebody else has it by now: text nothing to it.")
@_reason
def detach(slug: str, number: str, *, which: int | None, recycled: bool, reason: str) -> None:
    """Take NUMBER out of somebody's account: it opens nothing of theirs any more.

    At once, also in a session that is under way. Their money and their history stay theirs; attach
    another number, and they go on.
    """
    from core.messaging import number_changes

    with _changing(slug) as (core, tx):
        who, address = _find(core, tx, number, which), _read(tx, number)
        number_changes.detach(
            tx,
            core.keys,
            who,
            address,
            service_id=_service(tx),
            actor=operator(),
            reason=reason,
            is_recycled=recycled,
        )
    click.echo(f"{address} is no longer theirs.")


@number.command()
@click.argument("slug")
@click.argument("number")
@_which()
@click.option("--to", required=True, metavar="NUMBER", help="A number that the other has, or had.")
@_which("--to-which")
@_reason
def move(
    slug: str, number: str, *, which: int | None, to: str, to_which: int | None, reason: str
) -> None:
    """Move NUMBER from the person who has it to somebody else who is known here.

    It is texted as the other's, and new for 72 hours; who had it is texted at what is left to them.
    """
    from core.messaging import number_changes

    with _changing(slug) as (core, tx):
        who, address = _find(core, tx, number, which), _read(tx, number)
        number_changes.move(
            tx,
            core.keys,
            who,
            address,
            to_id=_find(core, tx, to, to_which, option="--to-which", also_former=True),
            service_id=_service(tx),
            actor=operator(),
            reason=reason,
        )
    click.echo(f"{address} is the other's now.")


@number.command()
@click.argument("slug")
@click.option("--person", required=True, metavar="NUMBER", help="A number that they have, or had.")
@_which()
@click.option("--chat", "ending", metavar="END", help="How the chat's number or id ends.")
@click.option("--reason", help="Kept in the audit trail.")
def unlink(
    slug: str, *, person: str, which: int | None, ending: str | None, reason: str | None
) -> None:
    """Take a chat out of somebody's account, such as one that is known by an id and no number.

    Without --chat their chats are listed. What is under way in the chat ends, and the person is
    texted.
    """
    from core.inbox import links, messages
    from core.messaging.messages import write_text
    from values import clock

    with _changing(slug) as (core, tx):
        who = _find(core, tx, person, which, also_former=True)
        chats = links.chats_of(tx, core.keys, who)
        if ending is None:
            for chat in chats:
                click.echo(f"{chat.shown}  {chat.channel}  (since {_time(chat.since)})")
            click.echo(f"{len(chats)} chats." if chats else "No chat is theirs.")
            return
        if not reason:
            raise OperatorError("A reason is needed: --reason.")
        found = [chat for chat in chats if chat.address.endswith(ending)]
        if not ending or len(found) != 1:
            raise OperatorError(f"{len(found)} of their chats end so: exactly one must.")
        links.unlink(tx, core.keys, who, found[0], actor=operator(), reason=reason)
        write_text(
            tx,
            subscriber_id=who,
            service_id=_service(tx),
            message=messages.ChatUnlinked(at=clock.now()),
        )
    click.echo(f"{found[0].shown} is no longer theirs.")


@number.command("sim-changed")
@click.argument("slug")
@click.argument("number")
@click.option(
    "--hours-ago", type=click.IntRange(0, 720), default=0, help="When, as the network says."
)
@_reason
def sim_changed(slug: str, number: str, *, hours_ago: int, reason: str) -> None:
    """Note that another SIM answers at NUMBER since then: it is new for everybody who has it."""
    from core.people import numbers
    from values import clock

    with _changing(slug) as (core, tx):
        address = _read(tx, number)
        at = clock.now() - timedelta(hours=hours_ago)
        told = numbers.sim_changed(tx, core.keys, address, at=at, actor=operator(), reason=reason)
        if not told:
            raise OperatorError("Nobody has that number here.")
    click.echo(f"{address} is new for a while, for {told} who have it.")


@contextlib.contextmanager
def _changing(slug: str) -> "Iterator[tuple[Core, Tx]]":
    """The core and a transaction of the tenant. What is refused is told in its own sentence."""
    from values.refusals import BusinessError

    with opened(Settings.load()) as core:
        tenant_id = tenant_id_of(core, slug)
        try:
            with core.database.transaction(tenant_id) as tx:
                yield core, tx
        except BusinessError as refused:
            raise OperatorError(refused.sentence.format(**refused.params)) from None


def _find(core: Core, tx: "Tx", typed: str, which: int | None, **more: Any) -> uuid.UUID:
    from app.operations.persons import person_at

    return person_at(tx, core.keys, typed, which, **more)


def _read(tx: "Tx", typed: str) -> str:
    from app.operations.persons import number_of

    return number_of(tx, typed)


def _service(tx: "Tx") -> uuid.UUID:
    """The service that staff text people from: the tenant's first that is dialled."""
    row = tx.one(
        "SELECT s.id FROM service s WHERE s.tenant_id = current_tenant() AND EXISTS"
        " (SELECT 1 FROM service_address a WHERE a.service_id = s.id)"
        " ORDER BY s.channel <> 'ussd', s.code LIMIT 1"
    )
    if row is None:
        raise OperatorError("The tenant has no service to text people from.")
    found: uuid.UUID = row[0]
    return found


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
