"""The accounts in which people's money stands: what is owed to people never exceeds them.

A wallet at a provider is such an account, and so is a bank's. What is in one, staff say, as its
statement or menu shows it; the newest word counts, with what moved on the wallet since. What is
owed is in the ledger: wallets, floats and savings, and what arrived and is nobody's yet.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.approvals.requests import Officer
from core.audit.trail import record
from core.db.database import Database, Tx
from core.money import ledger
from core.payments.text_errors import WrongTrustBalance
from values import clock
from values.ids import uuid7
from values.money import Money

OLD_AFTER: Final = timedelta(hours=36)
ACCOUNT_CHARS_MAXIMUM: Final = 40


@dataclass(frozen=True, slots=True)
class TrustAccount:
    """What is in one: as it was said, and what moved there since."""

    account: str
    balance_minor: int
    moved_minor: int
    as_of: datetime

    @property
    def holds_minor(self) -> int:
        return self.balance_minor + self.moved_minor

    @property
    def is_old(self) -> bool:
        """Nobody has looked for too long."""
        return self.as_of < clock.now() - OLD_AFTER


@dataclass(frozen=True, slots=True)
class Standing:
    """A currency of a tenant: what is owed to people, and the accounts that stand behind it."""

    currency: str
    owed_minor: int
    accounts: tuple[TrustAccount, ...]

    @property
    def holds_minor(self) -> int:
        return sum(one.holds_minor for one in self.accounts)

    @property
    def short_minor(self) -> int:
        """How much more is owed than is there; 0 where all is covered."""
        return max(0, self.owed_minor - self.holds_minor)


def say(tx: Tx, account: str, balance: Money, *, as_of: datetime, by: Officer) -> uuid.UUID:
    """Write down what is in an account at that time. Raises WrongTrustBalance."""
    account = account.strip()
    if not account or len(account) > ACCOUNT_CHARS_MAXIMUM or not account.isprintable():
        raise WrongTrustBalance("An account has a name, such as a wallet's code, or BANK.")
    if balance.amount_minor < 0 or as_of > clock.now():
        raise WrongTrustBalance("A balance is no less than nothing, and of no later than now.")
    id = uuid7()
    tx.execute(
        "INSERT INTO trust_balance (tenant_id, id, account, currency, balance_minor, as_of,"
        " said_by) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s)",
        (id, account, balance.currency, balance.amount_minor, as_of, by.name),
    )
    detail = {"account": account, "balance_minor": balance.amount_minor, "via": by.via}
    record(tx, by.actor, "say trust balance", id, detail)
    return id


_ACCOUNTS = (
    "SELECT b.currency, b.account, b.balance_minor, coalesce((SELECT sum(m.amount_minor)"
    "  FROM provider_movement m WHERE m.tenant_id = b.tenant_id AND m.wallet = b.account"
    "  AND m.currency = b.currency AND m.happened_at > b.as_of), 0)::bigint, b.as_of"
    " FROM (SELECT DISTINCT ON (currency, account) * FROM trust_balance"
    "  WHERE tenant_id = current_tenant() ORDER BY currency, account, as_of DESC, id DESC) b"
    " ORDER BY 1, 2"
)
_OWED = (
    "SELECT currency, sum(owed)::bigint FROM ("
    "  SELECT currency, balance_minor AS owed FROM account WHERE tenant_id = current_tenant()"
    "   AND kind = ANY (%s)"
    "  UNION ALL SELECT currency, amount_minor FROM provider_movement"
    "   WHERE tenant_id = current_tenant() AND state = 'suspense'"
    "  UNION ALL SELECT currency, amount_minor FROM payment_exception"
    "   WHERE tenant_id = current_tenant() AND state = 'to_pay_back') each GROUP BY 1"
)


def standings(tx: Tx) -> list[Standing]:
    """Each currency of which an account was told."""
    owed: dict[str, int] = dict(tx.all(_OWED, (sorted(ledger.GUARDED),)))
    accounts: dict[str, list[TrustAccount]] = {}
    for currency, *columns in tx.all(_ACCOUNTS):
        accounts.setdefault(currency, []).append(TrustAccount(*columns))
    return [
        Standing(currency, owed.get(currency, 0), tuple(found))
        for currency, found in accounts.items()
    ]


def of_all(app: Database, relay: Database) -> Iterator[tuple[uuid.UUID, Standing]]:
    """Each tenant's that has said what it holds. `relay` looks across them, `app` acts within one.
    Raises Unavailable."""
    with relay.transaction(None) as tx:
        tenants = tx.all("SELECT DISTINCT tenant_id FROM trust_balance ORDER BY 1")
    for (tenant_id,) in tenants:
        with app.transaction(tenant_id) as tx:
            found = standings(tx)
        for standing in found:
            yield tenant_id, standing
