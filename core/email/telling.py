"""What staff are told by e-mail: in English, as their pages are; to those who have an address."""

import uuid
from typing import Final

from core.db.database import Database, Tx
from core.email import accounts, addresses, emails
from core.email.emails import Content
from core.email.errors import EmailError
from core.security.keyring import Keyring
from core.staff import members
from core.staff.roles import Member
from core.tenants import business

ALARMED_ROLES: Final = frozenset({"super_admin", "company_admin"})
BATCH: Final = 200


def tell(tx: Tx, keys: Keyring, member: Member, kind: str, content: Content) -> bool:
    """Write to a member of staff who has an address. False where nothing is sent."""
    to = addresses.of_member(tx, keys, member.id)
    if not to or not accounts.is_set(tx):
        return False
    try:
        emails.write(tx, keys, kind=kind, to=to, content=content, staff_id=member.id)
    except EmailError:
        return False
    return True


def invitation(tx: Tx, keys: Keyring, handle: str, to: str, link: str) -> None:
    """Give somebody who was invited their link, at an address that is theirs from now on. Raises
    NoEmailAddress, NoEmailAccount, EmailBounced."""
    member, of = members.find(tx, handle), business.of_transaction(tx)
    addresses.give_member(tx, keys, member.id, to, actor="invitation")
    text = (
        f"You are invited to work for {of.name}, as {member.handle}.\n\n"
        f"Open this link within three days, and choose how you sign in:\n{link}\n\n"
        "It works once, and is for you alone. If you do not expect it, do nothing.\n"
    )
    content = Content(f"{of.name}: your invitation", text)
    emails.write(tx, keys, kind="invitation", to=to, content=content, staff_id=member.id)


def export_ready(tx: Tx, keys: Keyring, asked_by: str, title: str) -> bool:
    """Tell the member of staff who asked for a list that it is written; nobody where a program
    did."""
    kind, _, handle = asked_by.partition(" ")
    member = _active(tx, handle) if kind == "officer" else None
    if member is None:
        return False
    name = business.of_transaction(tx).name
    text = (
        f"{title}: the file that you asked for is written.\n\n"
        "Take it under Exports, within seven days.\n"
    )
    return tell(tx, keys, member, "export_ready", Content(f"{name}: your file is written", text))


def tell_of_alarms(app: Database, relay: Database, keys: Keyring) -> int:
    """Write to administrators of each tenant that has new alarms: once for each that opened.
    Answers how many alarms were told of. `relay` looks across tenants, `app` acts within one."""
    with relay.transaction(None) as tx:
        rows = tx.all(
            "SELECT DISTINCT tenant_id FROM alarm WHERE state = 'open' AND emailed_at IS NULL"
            " AND tenant_id IN (SELECT tenant_id FROM email_account) LIMIT %s",
            (BATCH,),
        )
    return sum(_tell_of_alarms(app, keys, tenant_id) for (tenant_id,) in rows)


def _tell_of_alarms(app: Database, keys: Keyring, tenant_id: uuid.UUID) -> int:
    with app.transaction(tenant_id) as tx:
        if not accounts.is_set(tx):
            return 0
        found = tx.all(
            "UPDATE alarm SET emailed_at = now() WHERE tenant_id = current_tenant()"
            " AND state = 'open' AND emailed_at IS NULL RETURNING sentence"
        )
        if not found:
            return 0
        name = business.of_transaction(tx).name
        lines = "\n".join(f"- {sentence}" for (sentence,) in found)
        text = f"Somebody has to look at this:\n\n{lines}\n\nOpen alarms stand under Services.\n"
        content = Content(f"{name}: {len(found)} new alarms", text)
        for one in members.listed(tx):
            if one.state == "active" and any(g.role in ALARMED_ROLES for g in one.grants):
                tell(tx, keys, members.get(tx, one.id), "alarm", content)
    return len(found)


def _active(tx: Tx, handle: str) -> Member | None:
    row = tx.one(
        "SELECT tenant_id, id, handle FROM staff_member WHERE tenant_id = current_tenant()"
        " AND handle = %s AND state = 'active'",
        (handle,),
    )
    return Member(*row) if row else None
