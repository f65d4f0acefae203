"""Bring the members of a file in: all of them in one transaction, or nobody.

Who is killed on the way leaves nothing behind, and the same file again goes on from there: who came
in is known by then.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from core.audit.trail import record
from core.db.database import Tx
from core.people import people
from core.people.people import USSD
from core.savings import groups, member_plan
from core.savings.errors import ImportNotReady
from core.savings.member_file import MemberFile
from core.savings.member_plan import WRITTEN, Plan, Planned, Word
from core.security.keyring import Keyring
from core.tenants.business import Business

ROLE: Final = "member"
Progress = Callable[[int, int], None]  # rows that are done, of how many


def apply(
    tx: Tx,
    keys: Keyring,
    business: Business,
    file: MemberFile,
    *,
    by: str,
    group_code: str = "",
    words: Mapping[str, Word] | None = None,
    within: Collection[UUID] | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Make everybody of the file a member. What is planned is planned here, behind the locks of
    the file's numbers: nobody registers one of them in between. Who speaks none of the tenant's
    languages is new in its first. Raises ImportNotReady where the plan has a fault or a doubt."""
    _lock(tx, keys, {row.number for row in file.rows if row.number})
    made = member_plan.plan(tx, keys, file, group_code=group_code, words=words, within=within)
    if not made.is_ready:
        raise ImportNotReady
    written = [one for one in made.rows if one.decision in WRITTEN]
    languages = _languages(tx)
    for done, one in enumerate(written, start=1):
        _write(tx, keys, business, one, languages)
        if progress is not None:
            progress(done, len(written))
    record(
        tx,
        by,
        "import members",
        None,
        {**made.counts, "groups": sorted({one.group_code for one in written})[:50]},
    )
    return made


def _write(
    tx: Tx, keys: Keyring, business: Business, one: Planned, languages: Sequence[str]
) -> None:
    assert one.person_id is not None
    if one.decision == "new":
        people.register(
            tx,
            keys,
            address=one.row.number or None,
            name=one.row.name,
            language=one.row.language if one.row.language in languages else languages[0],
            roles=(ROLE,),
            currency=business.currency,
            pin_hash=None,
            id=one.person_id,
            by_phone=False,
            birth_year=one.row.birth_year,
        )
    else:
        people.add_role(tx, one.person_id, ROLE)
    groups.join(
        tx,
        group_id=one.group_id,
        subscriber_id=one.person_id,
        currency=business.currency,
        member_since=one.row.joined_on,
    )


def _languages(tx: Tx) -> list[str]:
    row = tx.one("SELECT languages FROM tenant WHERE id = current_tenant()")
    return list(row[0]) if row else []


def _lock(tx: Tx, keys: Keyring, numbers: Collection[str]) -> None:
    """As `people.lock_address` of each, in one order, so that two files do not wait for each
    other."""
    locks = sorted(int.from_bytes(keys.lookup(USSD, one)[:8], signed=True) for one in numbers)
    tx.execute(
        "SELECT pg_advisory_xact_lock(n) FROM (SELECT n FROM unnest(%s::bigint[]) n ORDER BY n) o",
        (locks,),
    )
