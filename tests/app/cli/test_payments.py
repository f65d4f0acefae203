"""`piga payments`: what is in review, looked at and settled by two officers."""

import re
import uuid

from core.db.database import Database
from core.money.operations import open_quote
from core.payments import beginning, outcomes, wallets
from core.payments.outcomes import Deciding
from core.payments.wallet_operations import DEPOSIT
from core.people.people import identify
from core.tenants.directory import all_services
from tests.support.cli import KEYS, Piga, demo
from values.money import Money

__all__ = ["demo"]

TENANT = ("--tenant", "ibimina")
MEMBER = "+250788000101"


def unclear(piga: Piga, amount_minor: int) -> None:
    """A deposit of a member's whose provider does not say what became of it."""
    database = Database(piga.database_url)
    service = next(one for one in all_services(database) if one.tenant.slug == "ibimina")
    tenant = service.tenant
    [wallet] = wallets.of_tenant(tenant)
    with database.transaction(tenant.id) as tx:
        person = identify(tx, KEYS, MEMBER)[0].id
        quote = DEPOSIT.quote(tenant, wallet, Money(amount_minor, "RWF"))
        session = uuid.uuid4().hex
        opened = open_quote(tx, quote, subscriber_id=person, session=session, service_id=service.id)
        beginning.begin_collection(
            *(tx, KEYS),
            tenant=tenant,
            wallet=wallet,
            intent_id=opened.id,
            subscriber_id=person,
            address=MEMBER,
        )
    with database.transaction(tenant.id) as tx:
        row = tx.one(
            "UPDATE payment SET state = 'unknown' WHERE intent_id = %s RETURNING id", (opened.id,)
        )
        assert row is not None
        outcomes.give_up_asking(tx, Deciding(KEYS, tenant, {}), row[0])
    database.close()


def test_a_payment_that_nobody_says_the_end_of_is_settled_by_two(demo: Piga) -> None:
    unclear(demo, 1_500)
    line = demo("payments", "list", *TENANT).stdout
    found = re.fullmatch(
        r"(\S{36})  review     1,500 RWF  collection  IBIMINA  no_outcome  0 h\n", line
    )
    assert found, line
    id = found[1]
    shown = demo("payments", "show", id, *TENANT).stdout
    assert shown.startswith("collection of 1,500 RWF by IBIMINA, review, no_outcome\nfor deposit, ")
    by = ("--by", "m.uwera", "--reason", "on the statement")
    nothing = demo("payments", "settle", id, "paid", *TENANT, *by)
    assert nothing.stderr == "Error: Say by which transaction of the network it was paid.\n"
    asked = demo("payments", "settle", id, "paid", "--txid", "139", *TENANT, *by).stdout
    waits = re.fullmatch(r"It waits for a second officer: (\S{36})\.\n", asked)
    assert waits, asked
    listed = demo("approvals", "list", *TENANT).stdout
    assert "settle collection of 1,500 RWF by IBIMINA" in listed
    assert "    transaction: - -> 139\n" in listed
    done = demo("approvals", "approve", waits[1], *TENANT, "--by", "j.mugabo", "--yes").stdout
    assert done.endswith("Approved.\nstate: paid\ntransaction: 139\n")
    assert demo("payments", "list", *TENANT).stdout == "Nothing waits.\n"
    assert "1,500 RWF came by 139, allocated\n" in demo("payments", "show", id, *TENANT).stdout
    late = demo("payments", "settle", id, "failed", *TENANT, *by)
    assert late.stderr.startswith("Error: This payment is paid, and waits for no officer.")
    for verb in (("refund", id), ("reversed", id, "140")):
        assert demo("payments", *verb, *TENANT, *by).stdout.startswith("It waits for a second ")
        assert demo("payments", *verb, *TENANT, *by).stdout.startswith("It waits already for a ")


def test_only_a_provider_that_tells_of_them_is_told_where(demo: Piga) -> None:
    nowhere = demo("payments", "register-urls", "NONE", *TENANT)
    assert nowhere.stderr == "Error: ibimina has no wallet NONE.\n"
    mtn = demo("payments", "register-urls", "IBIMINA", *TENANT)
    assert mtn.exit_code == 1
    assert mtn.stderr.startswith("Error: ")


def test_what_stands_behind_peoples_money_is_said_and_shown(demo: Piga) -> None:
    assert demo("trust", "show", *TENANT).stdout.startswith("Nobody has said what is in ")
    by = ("--by", "m.uwera")
    assert demo("trust", "say", "BANK", "1", *TENANT, *by).stdout == "It is written down.\n"
    short = demo("trust", "show", *TENANT)
    assert short.exit_code == 1
    assert "\nSHORT by " in short.stdout
    demo("trust", "say", "IBIMINA", "900000000", *TENANT, *by)
    shown = demo("trust", "show", *TENANT)
    assert shown.exit_code == 0
    assert shown.stdout.endswith("All of it is there.\n")
    wrong = demo("trust", "say", "BANK", "1.5", *TENANT, *by)
    assert wrong.stderr == "Error: 1.5 is no amount in RWF.\n"
