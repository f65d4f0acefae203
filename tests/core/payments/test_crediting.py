"""Texts become money: whose it is, what is never booked, and a chain that breaks."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from core.money import ledger
from core.money.errors import FrozenAccount
from core.payments import devices, exceptions, expected, movements, text_inbox, tokens
from core.payments.crediting import work_next
from core.payments.movements import Source
from core.payments.text_inbox import Forwarded
from core.people import people
from core.savings.arrivals import ARRIVED_CONTRIBUTION
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS, Tenant, new_tenant
from tests.support.texts import PURPOSES, Till, group, join
from values import clock
from values.ids import uuid7
from values.money import Money


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        with made.tx() as tx:
            tx.execute(
                "INSERT INTO service (tenant_id, id, provider, channel, code, tree) VALUES"
                " (current_tenant(), %s, 'africastalking', 'ussd', '*384*77#', '{}')",
                (uuid7(),),
            )
        yield made


class Koop:
    """A group with a member, and a till."""

    def __init__(self, tenant: Tenant, *, is_polled: bool = False) -> None:
        self.tenant = tenant
        code = f"K{uuid7().hex[-6:].upper()}"
        self.group = group(tenant, code)
        self.member = tenant.person()
        join(tenant, self.group, self.member)
        self.till = Till(tenant, name=code, wallet=code, is_polled=is_polled)

    def saved(self, member: uuid.UUID | None = None) -> int:
        account = ledger.savings_account_id(self.group, member or self.member, CURRENCY)
        return self.tenant.balance(account)[0]

    def expect(self, amount: int, member: uuid.UUID | None = None) -> None:
        with self.tenant.tx() as tx:
            payee = ARRIVED_CONTRIBUTION.payee(tx, member or self.member, self.group)
            assert payee
            until = clock.now() + timedelta(hours=1)
            expected.expect(tx, payee, Money(amount, CURRENCY), until=until)
            tx.execute(
                "UPDATE expected_payment SET created_at = now() - interval '1 day'"
                " WHERE tenant_id = current_tenant()"
            )

    def token(self, member: uuid.UUID | None = None) -> str:
        with self.tenant.tx() as tx:
            payee = ARRIVED_CONTRIBUTION.payee(tx, member or self.member, self.group)
            assert payee
            return tokens.token_of(tx, payee)

    def exceptions(self) -> list[exceptions.PaymentException]:
        with self.tenant.tx() as tx:
            return [one for one in exceptions.listed(tx) if one.wallet == self.till.wallet]


@pytest.fixture
def koop(tenant: Tenant) -> Iterator[Koop]:
    yield Koop(tenant)
    assert tenant.broken() == []


def test_a_token_says_whose_it_is_and_the_receipt_is_any_contributions(koop: Koop) -> None:
    assert koop.token() == koop.token()
    [worked] = koop.till.take(koop.till.received(7_500, note=f"june {koop.token().lower()}"))
    assert (worked.state, worked.flags, koop.saved()) == ("credited", ("token",), 7_500)
    [(kind, receipts)] = koop.tenant.admin.execute(
        "SELECT e.kind, count(m.id) FROM contribution c JOIN entry e ON e.id = c.entry_id"
        " LEFT JOIN message m ON m.entry_id = e.id WHERE c.subscriber_id = %s GROUP BY 1",
        (koop.member,),
    ).fetchall()
    assert (kind, receipts) == ("contribution", 1)


def test_a_text_is_stored_and_credited_once(koop: Koop) -> None:
    text = koop.till.received(7_500, note=koop.token())
    assert koop.till.store(text, text) == [True, False]
    assert koop.till.store(text) == [False]
    assert [one.state for one in koop.till.work()] == ["credited"]
    assert koop.till.work() == []
    assert koop.saved() == 7_500


def test_an_expected_payment_is_met_by_the_person_who_said_so(koop: Koop) -> None:
    number = koop.tenant.number_of(koop.member)
    koop.expect(4_000)
    hidden = f"Divine UWASE (*********{number[-3:]})"
    [worked] = koop.till.take(koop.till.received(4_000, payer=hidden))
    assert (worked.state, worked.flags) == ("credited", ("expected",))
    [again] = koop.till.take(koop.till.received(4_000, payer=hidden))  # it was met
    assert again.state == "in_question"
    assert koop.saved() == 4_000


def test_amount_and_time_alone_match_nothing(koop: Koop) -> None:
    koop.expect(4_100)
    number = koop.tenant.number_of(koop.member)
    other = f"{(int(number[-3:]) + 1) % 1000:03}"
    [worked] = koop.till.take(koop.till.received(4_100, payer=f"Divine UWASE (*********{other})"))
    assert (worked.state, koop.saved()) == ("in_question", 0)
    [waits] = koop.exceptions()
    assert (waits.reason, waits.amount_minor) == ("no_owner", 4_100)
    assert [one["reasons"] for one in waits.suggestions] == [["expected"]]
    assert waits.movement_id is not None  # it is booked, in suspense


def test_two_who_said_the_same_and_end_alike_are_only_suggested(tenant: Tenant) -> None:
    koop = Koop(tenant)
    other = tenant.person(address="+250733001321")
    third = tenant.person(address="+250733002321")
    join(tenant, koop.group, other, third)
    koop.expect(4_200, other)
    koop.expect(4_200, third)
    [worked] = koop.till.take(koop.till.received(4_200))
    assert worked.state == "in_question"
    assert len(koop.exceptions()[0].suggestions) == 2


def test_the_merchants_code_and_a_known_payer_say_whose_it_is(tenant: Tenant) -> None:
    koop = Koop(tenant)
    number = tenant.number_of(koop.member)[1:]
    [worked] = koop.till.take(koop.till.received(900, payer=f"Keza ({number})"))
    assert worked.state == "in_question"  # the wallet is for several groups
    assert koop.exceptions()[0].suggestions[0]["reasons"] == ["payer"]
    till = Till(tenant, name=f"{koop.till.name}-2", wallet="own", group_id=koop.group)
    [worked] = till.take(till.received(900, payer=f"Keza ({number})", txid="9900"))
    assert (worked.state, worked.flags, koop.saved()) == ("credited", ("merchant",), 900)


def test_what_the_api_booked_is_not_booked_again(koop: Koop) -> None:
    text = koop.till.received(5_000, note=koop.token(), txid="771100")
    with koop.tenant.tx() as tx:
        movements.credit_once(
            tx,
            tenant_id=koop.tenant.tenant_id,
            wallet=koop.till.wallet,
            provider_txid="771100",
            source=Source.API,
            amount=Money(5_000, CURRENCY),
            happened_at=clock.now(),
        )
    [worked] = koop.till.take(text)  # from suspense to whose it is
    assert (worked.flags, koop.saved()) == (("token",), 5_000)
    assert koop.tenant.count("provider_movement", "provider_txid = '771100'") == 1


def test_another_amount_than_is_booked_is_a_question(koop: Koop) -> None:
    with koop.tenant.tx() as tx:
        movements.credit_once(
            tx,
            tenant_id=koop.tenant.tenant_id,
            wallet=koop.till.wallet,
            provider_txid="771101",
            source=Source.API,
            amount=Money(50, CURRENCY),
            happened_at=clock.now(),
        )
        movement = movements.find(tx, wallet=koop.till.wallet, provider_txid="771101")
        assert movement
        gives = [ledger.Line(ledger.account_id(koop.member, ledger.WALLET, CURRENCY), 50)]
        tenant_id = koop.tenant.tenant_id
        movements.allocate(tx, tenant_id=tenant_id, movement=movement, gives=gives)
    [worked] = koop.till.take(koop.till.received(5_000, note=koop.token(), txid="771101"))
    assert (worked.flags, koop.saved()) == (("other_amount",), 0)
    with koop.tenant.tx() as tx:
        exceptions.settle_known(tx)  # that the 50 have an owner answers nothing about the 5,000
    assert [one.amount_minor for one in koop.exceptions()] == [5_000]


def test_a_text_without_an_id_on_a_polled_wallet_only_suggests(tenant: Tenant) -> None:
    koop = Koop(tenant, is_polled=True)
    [worked] = koop.till.take(koop.till.received(5_000, note=koop.token(), txid=None))
    assert (worked.flags, koop.saved()) == (("no_id",), 0)
    assert koop.exceptions()[0].movement_id is None
    koop = Koop(tenant)  # not polled: nobody else will tell of it
    [worked] = koop.till.take(koop.till.received(5_000, note=koop.token(), txid=None))
    assert (worked.flags, koop.saved()) == (("token",), 5_000)


def test_what_a_provider_was_asked_for_waits_for_its_word(koop: Koop) -> None:
    with koop.tenant.tx() as tx:
        tx.execute(
            "INSERT INTO payment (tenant_id, id, kind, reference, provider, wallet,"
            " wallet_service_id, subscriber_id, operation, amount_minor, currency, party_sealed,"
            " party_lookup, state) VALUES (current_tenant(), gen_random_uuid(), 'collection',"
            " gen_random_uuid(), 'mtn_momo', %s, gen_random_uuid(), %s, 'deposit', 5000, 'RWF',"
            " '', '', 'pending')",
            (koop.till.wallet, koop.member),
        )
    [worked] = koop.till.take(koop.till.received(5_000, note=koop.token(), txid="881"))
    assert (worked.flags, koop.saved()) == (("asked_for",), 0)
    [waits] = koop.exceptions()
    with koop.tenant.tx() as tx:
        movement = movements.find(tx, wallet=koop.till.wallet, provider_txid="881")
        assert movement
        assert waits.movement_id == movement.id
        wallet = ledger.account_id(koop.member, ledger.WALLET, CURRENCY)
        movements.allocate(
            tx,
            tenant_id=koop.tenant.tenant_id,
            movement=movement,
            gives=[ledger.Line(wallet, 5_000)],
        )
        assert exceptions.settle_known(tx) >= 1
        tx.execute(
            "UPDATE payment SET state = 'failed' WHERE tenant_id = current_tenant()"
            " AND wallet = %s",
            (koop.till.wallet,),
        )
    assert koop.exceptions() == []


def test_a_wallet_of_the_folder_is_polled(tenant: Tenant) -> None:
    koop = Koop(tenant)
    with tenant.tx() as tx:
        tx.execute(
            "INSERT INTO service (tenant_id, id, provider, channel, code, tree) VALUES"
            " (current_tenant(), %s, 'mtn_momo', 'payments', %s, '{}')",
            (uuid7(), koop.till.wallet),
        )
    [worked] = koop.till.take(koop.till.received(5_000, note=koop.token(), txid=None))
    assert worked.flags == ("no_id",)


def test_a_frozen_members_money_waits_in_suspense(koop: Koop) -> None:
    token = koop.token()
    with koop.tenant.tx() as tx:
        people.freeze(tx, koop.member, frozen=True, actor="operator test", reason="lost")
    koop.till.store(koop.till.received(5_000, note=token))
    steps = (KEYS, PURPOSES, koop.tenant.tenant_id, koop.till.added.id)
    with pytest.raises(FrozenAccount), koop.tenant.tx() as tx:
        work_next(tx, *steps)
    with koop.tenant.tx() as tx:
        worked = work_next(tx, *steps, only_question=True)
    assert worked
    assert worked.flags == ("refused",)
    assert koop.exceptions()[0].movement_id is not None


# --- what is never booked -------------------------------------------------------------------------


def test_forgeries_copies_and_strangers_move_nothing(koop: Koop) -> None:
    till, token = koop.till, koop.token()
    real = till.received(5_000, note=token, txid="5511")
    assert [one.state for one in till.take(real)] == ["credited"]
    stranger = replace(real, sender="+250788000111")
    airtel = replace(real, sender="Airtel Money")
    later = replace(real, received_at=real.received_at + timedelta(seconds=40))
    forged = replace(real, text=real.text.replace("received 5000", "received 9000"))
    worked = till.take(stranger, airtel, later, forged)
    assert {one.state for one in worked} == {"set_aside"}
    flags = sorted(one.flags[0] for one in worked)
    assert flags == ["copy", "other_network", "spoof", "spoof"]
    assert {one.alarm for one in worked} == {"text_forged", ""}
    assert koop.saved() == 5_000


def test_an_unknown_wording_is_kept_and_its_digits_are_hidden(koop: Koop) -> None:
    words = "Amafaranga 4,321 RWF yageze kuri konti nshya ya Keza."
    [worked] = koop.till.take(Forwarded("M-Money", words, clock.now()))
    assert (worked.state, worked.alarm) == ("set_aside", "text_unknown")
    with koop.tenant.tx() as tx:
        newest = text_inbox.unread(tx, KEYS)[0]
    assert newest.words == "Amafaranga #,### RWF yageze kuri konti nshya ya Keza."


# --- the chain of balances ------------------------------------------------------------------------


def late(koop: Koop) -> None:
    """As if the texts that wait had come a while ago."""
    koop.tenant.admin.execute(
        "UPDATE payment_text SET created_at = created_at - interval '1 hour'"
        " WHERE tenant_id = %s AND state = 'stored'",
        (koop.tenant.tenant_id,),
    )


def test_a_text_that_comes_late_takes_its_place(koop: Koop) -> None:
    first, second, third = (koop.till.received(100, note=koop.token()) for _ in range(3))
    assert [one.state for one in koop.till.take(first, third)] == ["credited", "waiting"]
    assert [one.state for one in koop.till.take(second)] == ["credited", "credited"]
    assert (koop.till.state, koop.saved()) == ("on", 300)


def test_a_broken_chain_holds_the_device(koop: Koop) -> None:
    till, token = koop.till, koop.token()
    till.take(till.received(100, note=token))
    till.store(till.received(9_000, note=token, balance=250_000))
    assert [one.state for one in till.work()] == ["waiting"]
    late(koop)
    [broken] = till.work()
    assert (broken.flags, broken.alarm, till.state) == (("broken_chain",), "device_held", "held")
    [after] = till.take(till.received(200, note=token))  # it goes on, and is held all the same
    assert (after.flags, after.alarm, koop.saved()) == (("broken_chain",), "", 100)
    assert [one.movement_id for one in koop.exceptions()] == [None, None]
    with koop.tenant.tx() as tx:
        devices.go_on(tx, till.name, actor="operator test", reason="compared")
    [again] = till.take(till.received(300, note=token))
    assert (again.state, koop.saved()) == ("credited", 400)


def test_a_blocked_device_has_no_secret(koop: Koop) -> None:
    with koop.tenant.tx() as tx:
        first = devices.secrets_of(tx, KEYS, koop.till.added.id)
        second = devices.rotate(tx, KEYS, koop.till.name, actor="operator test")
        assert devices.secrets_of(tx, KEYS, koop.till.added.id) == (second, *first)
        devices.block(tx, koop.till.name, actor="operator test", reason="stolen")
        assert devices.secrets_of(tx, KEYS, koop.till.added.id) == ()


def test_a_text_that_leaves_the_balance_out_does_not_get_round_the_chain(koop: Koop) -> None:
    till, token = koop.till, koop.token()
    till.take(till.received(100, note=token))
    start = till.balance

    def without(amount: int, txid: str) -> Forwarded:
        told = till.received(amount, note=token, txid=txid, balance=start)
        words = told.text.replace(f" Your new balance:{start} RWF.", "")
        assert words != told.text
        return replace(told, text=words)

    [worked] = till.take(without(9_000, "990001"))
    assert (worked.flags, koop.saved()) == (("no_balance",), 100)
    [waits] = koop.exceptions()
    assert waits.movement_id is None  # nobody has booked what may never have come
    # It never came: the next balance says so.
    till.balance = start
    till.store(till.received(200, note=token))
    assert [one.state for one in till.work()] == ["waiting"]


def test_two_devices_of_a_wallet_tell_of_one_payment_without_an_id(koop: Koop) -> None:
    text = koop.till.received(5_000, note=koop.token(), txid=None)
    second = Till(koop.tenant, name=f"{koop.till.name}-2", wallet=koop.till.wallet)
    for till, flag in ((koop.till, "token"), (second, "known")):
        [worked] = till.take(text)
        assert (worked.state, worked.flags) == ("credited", (flag,))
    assert koop.saved() == 5_000
