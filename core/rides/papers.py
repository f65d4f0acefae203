"""Papers of riders: brought on the phone with pictures, checked by staff, then in force.

waiting ─┬► accepted   staff compared them: the rider's plate and days are these
         ├► refused    staff say why
         └► replaced   others were brought first
"""

import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from core.audit.trail import record
from core.db.database import Tx
from core.messaging.notices import write_notice
from core.people import people
from core.rides import drivers, rides
from core.rides.drivers import Driver
from core.rides.errors import NotARider, PlateTaken, WrongPlate
from core.rides.lifecycle import PAPERS
from core.rides.messages import PapersAccepted, PapersBrought, PapersRefused
from core.security.keyring import Keyring
from core.staff.errors import StaffError
from values.ids import uuid7

DRIVER: Final = "driver"
PLATE: Final = "[A-Z0-9]{1,4}( ?[A-Z0-9]{1,5}){0,2}"
_PLATE: Final = re.compile(PLATE, re.ASCII)
LISTED_MAXIMUM: Final = 100


class DecidedBefore(StaffError):
    """Somebody decided on these papers before you, or others were brought meanwhile."""


class PlateOfAnother(StaffError):
    """Another driver has that plate."""


class EndedBefore(StaffError):
    """One of these papers has ended by now."""


@dataclass(frozen=True, slots=True)
class Papers:
    """What a rider has to have. The files are pictures of two of them, None where none was sent."""

    plate: str
    licence: str
    licence_until: date
    insurance_until: date
    licence_file_id: uuid.UUID | None = None
    insurance_file_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Papers that staff have not decided on, and what is in force until then."""

    id: uuid.UUID
    subscriber_id: uuid.UUID
    papers: Papers
    brought_by: uuid.UUID
    brought_at: datetime
    before: Driver | None


def plate_of(words: str) -> str:
    """A plate as it is written down. Raises WrongPlate."""
    plate = " ".join(words.upper().split())
    if _PLATE.fullmatch(plate) is None:
        raise WrongPlate
    return plate


def known(tx: Tx, subscriber_id: uuid.UUID) -> Driver | None:
    """What is in force of somebody; None for who is no rider yet."""
    try:
        return drivers.get(tx, subscriber_id)
    except NotARider:
        return None


_HAS_PLATE: Final = (
    "SELECT 1 FROM driver WHERE tenant_id = current_tenant() AND replace(plate, ' ', '') = %s"
    " AND subscriber_id <> %s"
)


def require_own_plate(tx: Tx, subscriber_id: uuid.UUID, words: str) -> str:
    """A plate that no other rider has, as it is written down. Raises WrongPlate, PlateTaken."""
    plate = plate_of(words)
    if tx.one(_HAS_PLATE, (plate.replace(" ", ""), subscriber_id)) is not None:
        raise PlateTaken
    return plate


_REPLACED: Final = PAPERS.advance("replace", sets="ended_at = now()", where="subscriber_id = %s")


def bring(
    tx: Tx, keys: Keyring, *, subscriber_id: uuid.UUID, papers: Papers, brought_by: uuid.UUID
) -> None:
    """Have papers checked; those of the same rider that wait are replaced. Whoever did not bring
    them is texted. Raises WrongPlate, PlateTaken."""
    plate = require_own_plate(tx, subscriber_id, papers.plate)
    tx.execute(_REPLACED, (subscriber_id,))
    papers_id = uuid7()
    tx.execute(
        "INSERT INTO driver_papers (tenant_id, id, subscriber_id, plate, licence, licence_until,"
        " insurance_until, licence_file_id, insurance_file_id, brought_by)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(papers_id, subscriber_id, plate, papers.licence, papers.licence_until),
            *(papers.insurance_until, papers.licence_file_id, papers.insurance_file_id),
            brought_by,
        ),
    )
    record(tx, f"subscriber {brought_by}", "bring papers", papers_id, {})
    if brought_by != subscriber_id:
        told = PapersBrought(agent=rides.name_of(tx, keys, brought_by), plate=plate)
        write_notice(tx, subscriber_id, told)


_SELECT: Final = (
    "SELECT p.id, p.subscriber_id, p.plate, p.licence, p.licence_until, p.insurance_until,"
    " p.licence_file_id, p.insurance_file_id, p.brought_by, p.brought_at FROM driver_papers p"
    " WHERE p.tenant_id = current_tenant() AND p.state = 'waiting'"
)


def waiting(tx: Tx) -> list[Waiting]:
    """Papers that wait for staff, the longest waiting first."""
    rows = tx.all(f"{_SELECT} ORDER BY p.brought_at, p.id LIMIT {LISTED_MAXIMUM}")
    return [
        Waiting(id, who, Papers(*said), brought_by, brought_at, known(tx, who))
        for id, who, *said, brought_by, brought_at in rows
    ]


_DECIDED: Final = {
    trigger: PAPERS.advance(
        trigger,
        sets="ended_at = now(), decided_by = %s, reason = %s",
        where="id = %s",
        returning="subscriber_id, plate, licence, licence_until, insurance_until",
    )
    for trigger in ("accept", "refuse")
}
_IN_FORCE: Final = (
    "INSERT INTO driver (tenant_id, subscriber_id, plate, licence, licence_until, insurance_until)"
    " VALUES (current_tenant(), %s, %s, %s, %s, %s) ON CONFLICT (tenant_id, subscriber_id)"
    " DO UPDATE SET plate = excluded.plate, licence = excluded.licence,"
    " licence_until = excluded.licence_until, insurance_until = excluded.insurance_until"
)


def accept(tx: Tx, papers_id: uuid.UUID, *, today: date, actor: str) -> None:
    """Staff found them right: they are in force, and whose they are is a rider, and is texted.
    Raises DecidedBefore, PlateOfAnother, EndedBefore."""
    row = tx.one(_DECIDED["accept"], (actor, None, papers_id))
    if row is None:
        raise DecidedBefore
    who, plate, _licence, licence_until, insurance_until = row
    if min(licence_until, insurance_until) < today:
        raise EndedBefore
    if tx.one(_HAS_PLATE, (plate.replace(" ", ""), who)) is not None:
        raise PlateOfAnother
    tx.execute(_IN_FORCE, row)
    people.add_role(tx, who, DRIVER)
    record(tx, actor, "accept papers", papers_id, {"plate": plate})
    told = PapersAccepted(
        plate=plate,
        licence_day=f"{licence_until:%d/%m/%Y}",
        insurance_day=f"{insurance_until:%d/%m/%Y}",
    )
    write_notice(tx, who, told)


def refuse(tx: Tx, papers_id: uuid.UUID, *, actor: str, reason: str) -> None:
    """Staff say what is wrong with them; what was in force is. Raises DecidedBefore."""
    row = tx.one(_DECIDED["refuse"], (actor, reason, papers_id))
    if row is None:
        raise DecidedBefore
    record(tx, actor, "refuse papers", papers_id, {"reason": reason})
    write_notice(tx, row[0], PapersRefused(why=reason))
