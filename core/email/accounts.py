"""By which server a tenant sends e-mail: said by an operator, its password sealed."""

import uuid
from dataclasses import dataclass, field
from typing import Literal

from core.audit.trail import record
from core.db.database import Tx
from core.email.addresses import as_email
from core.security.keyring import Keyring

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class EmailAccount:
    """A server and who e-mail is from. `username` is '' where the server asks for none. `security`
    none is for a server on this machine alone: nothing is encrypted."""

    host: str
    port: int
    security: Security
    username: str
    password: str = field(repr=False)
    sender: str
    sender_name: str


def keep(tx: Tx, keys: Keyring, tenant_id: uuid.UUID, account: EmailAccount, *, by: str) -> None:
    """This is the tenant's account from now on. Raises NoEmailAddress."""
    sender = as_email(account.sender)
    sealed = keys.seal(account.password, tenant_id.bytes) if account.username else None
    tx.execute(
        "INSERT INTO email_account AS a (tenant_id, host, port, security, username,"
        " password_sealed, sender, sender_name, changed_by)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id) DO UPDATE SET host = excluded.host, port = excluded.port,"
        " security = excluded.security, username = excluded.username,"
        " password_sealed = excluded.password_sealed, sender = excluded.sender,"
        " sender_name = excluded.sender_name, changed_by = excluded.changed_by,"
        " changed_at = now()",
        (
            *(account.host, account.port, account.security, account.username, sealed),
            *(sender, account.sender_name, by),
        ),
    )
    detail = {"host": account.host, "port": account.port, "security": account.security}
    record(tx, by, "set email account", None, detail | {"sender": sender})


def of_tenant(tx: Tx, keys: Keyring, tenant_id: uuid.UUID) -> EmailAccount | None:
    """The tenant's account; None where it sends no e-mail."""
    row = tx.one(
        "SELECT host, port, security, username, password_sealed, sender, sender_name"
        " FROM email_account WHERE tenant_id = current_tenant()"
    )
    if row is None:
        return None
    host, port, security, username, sealed, sender, sender_name = row
    password = keys.open(sealed, tenant_id.bytes) if sealed is not None else ""
    return EmailAccount(host, port, security, username, password, sender, sender_name)


def is_set(tx: Tx) -> bool:
    """Whether the tenant sends e-mail."""
    return tx.one("SELECT 1 FROM email_account WHERE tenant_id = current_tenant()") is not None
