"""What may happen in the middle of a conversation: the lines of a transcript with a `!`."""

from collections.abc import Callable
from typing import Any

from core.agents import agents, approvals
from core.approvals import requests
from core.bookings.bookings import BOOK, Move
from core.db.database import Database
from core.messaging import number_changes
from core.money import ledger
from core.people import first_use, people
from core.people.wrong_pins import PEOPLE_A_MINUTE
from core.recovery.new_pin import NEW_PIN
from core.rides import rides
from core.rides.rides import Ride
from core.savings import groups
from core.savings.manifest import SAVINGS
from core.tenants import changes, directory
from tests.support.credit import CREDIT_STAGES
from tests.support.domains import DOMAINS
from tests.support.float_stages import FLOAT_STAGES
from tests.support.group_stages import GROUP_STAGES
from tests.support.history_of_fuel import price_changes, shift_is_opened
from tests.support.history_of_fuel_sales import (
    fuel_is_offered,
    shema_bought_before,
    shema_complains,
)
from tests.support.history_of_fuel_stock import dipped, shift_is_closed
from tests.support.history_of_rates import (
    kayitesi_is_texted_rates,
    rates_are_old,
    rates_are_polled,
)
from tests.support.history_of_rides import begun, booked, ended, on_duty, taken
from tests.support.loan_stages import LOAN_STAGES
from tests.support.orders import an_order_comes_short, goods_are_sold
from tests.support.phone import phone_of
from tests.support.tenants import CURRENCY, KEYS
from tests.support.texter import Texter
from tests.support.texts import Till
from tests.support.ussd import UssdTenant
from values import clock
from values.money import Money

NOTICE = {
    "en": "We count the money today. Back tomorrow.",
    "rw": "Uyu munsi turabara amafaranga. Turagaruka ejo.",
    "fr": "Nous faisons les comptes. De retour demain.",
    "sw": "Leo tunahesabu pesa. Tutarudi kesho.",
}
LAST_SIM = "2098-11-17 08:00Z"
WHY = {"actor": "test", "reason": "test"}


def the_session_is_lost(tenant: UssdTenant) -> None:
    """Redis was started anew: what each phone did last is known no more, either."""
    tenant.redis.flushdb()


def sessions_are_evicted(tenant: UssdTenant) -> None:
    """The sessions alone."""
    for key in tenant.redis.scan_iter("s:*"):
        tenant.redis.delete(key)


def somebody_writes_in_a_chat(tenant: UssdTenant) -> None:
    """From a number that nobody is known at: the chat shows a code."""
    tenant.link_code = Texter(tenant, "+250788999222").text("hi")[-7:-1]


def uwera_has_linked_a_chat(tenant: UssdTenant) -> None:
    somebody_writes_in_a_chat(tenant)
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*8*5#")
    phone.type(tenant.link_code, "1", tenant.people["uwera"].pin)


def _paid_by_menu(key: str, amount: int) -> Callable[[UssdTenant], None]:
    def pay(tenant: UssdTenant) -> None:
        """The text shows the end of the payer's number, and no reference."""
        till = Till(tenant, wallet="IBIMINA", began=clock.now())
        ending = tenant.people[key].phones[0][-3:]
        [worked] = till.take(till.received(amount, payer=f"JUMA MWENDA (*********{ending})"))
        assert (worked.state, worked.flags) == ("credited", ("expected",))

    return pay


def uweras_provider_waits_for_a_code(tenant: UssdTenant) -> None:
    """Of the payment that they asked for just now, or of one that is asked for here."""
    uwera = tenant.id_of("uwera")
    if not tenant.number("SELECT count(*) FROM payment WHERE subscriber_id = %s", uwera):
        phone = phone_of(tenant, "uwera")
        phone.dial("*384*10*3*2*1*1*2000#")
        phone.type("1", tenant.people["uwera"].pin)
    tenant.admin.execute(
        "UPDATE payment SET state = 'pending', reason = 'give_code' WHERE subscriber_id = %s",
        (uwera,),
    )


def ibimina_is_paused(tenant: UssdTenant) -> None:
    tenant.change(changes.pause, paused=True)


def ibimina_is_paused_with_a_notice(tenant: UssdTenant) -> None:
    tenant.change(changes.pause, paused=True, notice=NOTICE)


def ibimina_goes_on(tenant: UssdTenant) -> None:
    tenant.change(changes.pause, paused=False, notice={})


def saving_is_paused(tenant: UssdTenant) -> None:
    tenant.change(changes.pause, paused=True, flow="contribute")


def saving_is_paused_with_a_notice(tenant: UssdTenant) -> None:
    tenant.change(changes.pause, paused=True, flow="contribute", notice=NOTICE)


def saving_goes_on(tenant: UssdTenant) -> None:
    tenant.change(changes.pause, paused=False, flow="contribute", notice={})


def _paused(flow: str) -> Callable[[UssdTenant], None]:
    return lambda tenant: tenant.change(changes.pause, paused=True, flow=flow)


def _asked_at_first_use(kind: first_use.Challenge) -> Callable[[UssdTenant], None]:
    def ask(tenant: UssdTenant) -> None:
        tenant.change(first_use.ask_first_use, KEYS, tenant.id_of("gasana"), kind)

    return ask


def _new_pin_is_asked_for(key: str) -> Callable[[UssdTenant], None]:
    def ask(tenant: UssdTenant) -> None:
        by = requests.officer("ann", "test")
        subject_id = tenant.id_of(key)
        tenant.change(
            requests.ask, KEYS, NEW_PIN, by=by, params={}, reason="lost", subject_id=subject_id
        )

    return ask


def a_second_officer_approves(tenant: UssdTenant) -> None:
    """Whatever waits for one."""
    by = requests.officer("ben", "test")
    with tenant.tx() as tx:
        found = requests.waiting(tx)
    for each in found:
        tenant.change(requests.approve, KEYS, DOMAINS.approvals, each.id, by=by)


def _booked(kind: str, key: str, amount_minor: int) -> Callable[[UssdTenant], None]:
    """Two officers book so much from settlement to somebody's account; back where it is less than
    nothing."""

    def book(tenant: UssdTenant) -> None:
        theirs = ledger.account_id(tenant.id_of(key), kind, CURRENCY)
        ours = tenant.collecting(ledger.SETTLEMENT)
        source, target = (ours, theirs) if amount_minor > 0 else (theirs, ours)
        move = Move(source, target, Money(abs(amount_minor), CURRENCY))
        by = requests.officer("ann", "test")
        tenant.change(requests.ask, KEYS, BOOK, by=by, params=move.params, reason="slip")
        a_second_officer_approves(tenant)

    return book


def uwera_is_frozen(tenant: UssdTenant) -> None:
    tenant.change(people.freeze, tenant.id_of("uwera"), frozen=True, **WHY)


def bizimana_is_frozen(tenant: UssdTenant) -> None:
    tenant.change(people.freeze, tenant.id_of("bizimana"), frozen=True, **WHY)


def bizimana_is_frozen_as_an_agent(tenant: UssdTenant) -> None:
    tenant.change(agents.freeze, tenant.id_of("bizimana"), frozen=True, **WHY)


def kop1_is_frozen(tenant: UssdTenant) -> None:
    found = next(group.id for group in tenant.plan.of(SAVINGS).groups if group.code == "KOP1")
    tenant.change(groups.freeze, found, frozen=True, **WHY)


def too_many_pins_are_wrong(tenant: UssdTenant) -> None:
    """Of other people of ibimina who are worth a guess, as uwera is, within this minute."""
    tenant.faults_are_expected = True  # whoever is wrong now raises an alarm
    tenant.admin.execute("UPDATE subscriber SET created_at = created_at - interval '2 days'")
    tenant.admin.execute(
        "WITH made AS (INSERT INTO subscriber (tenant_id, id, name_sealed, language, pin_attempts)"
        " SELECT %s, gen_random_uuid(), '', 'en', 1 FROM generate_series(1, %s)"
        " RETURNING tenant_id, id)"
        " INSERT INTO wrong_pin (tenant_id, subscriber_id, has_history)"
        " SELECT tenant_id, id, true FROM made",
        (tenant.tenant_id, PEOPLE_A_MINUTE + 1),
    )


def kop1_is_let_go(tenant: UssdTenant) -> None:
    found = next(group.id for group in tenant.plan.of(SAVINGS).groups if group.code == "KOP1")
    tenant.change(groups.freeze, found, frozen=False, **WHY)


def three_of_a_family_share_a_phone(tenant: UssdTenant) -> None:
    """+250788000020, and two of their names begin alike."""
    for name in ("uwimana marie", "Uwimana Marthe", "Niyonzima Jean Bosco"):
        tenant.change(
            people.register,
            KEYS,
            address="+250788000020",
            name=name,
            language="en",
            roles=("member",),
            currency="RWF",
            pin_hash=KEYS.hash_pin("2748"),
        )


def kop2_is_called_as_kop1(tenant: UssdTenant) -> None:
    tenant.admin.execute(
        "UPDATE savings_group g SET name = o.name FROM savings_group o"
        " WHERE g.code = 'KOP2' AND o.code = 'KOP1' AND o.tenant_id = g.tenant_id"
    )


def _number(change: Callable[..., None], who: str, **more: Any) -> Callable[[UssdTenant], None]:
    """Staff change a number: `habimana/2` is the second one of that person."""
    key, _, which = who.partition("/")

    def done(tenant: UssdTenant) -> None:
        number = tenant.people[key].phones[int(which or 1) - 1]
        at = {"service_id": tenant.service().id, **more}
        tenant.change(change, KEYS, tenant.id_of(key), number, **at, **WHY)

    return done


def uweras_number_is_lost(tenant: UssdTenant) -> None:
    """Staff give uwera the number +250788000098 and take the lost one out."""
    who, at = tenant.id_of("uwera"), {"service_id": tenant.service().id, **WHY}
    tenant.change(number_changes.attach, KEYS, who, "+250788000098", **at)
    tenant.change(number_changes.detach, KEYS, who, tenant.people["uwera"].phones[0], **at)
    _sims_changed_at(tenant, LAST_SIM)


def uwera_gets_a_second_number(tenant: UssdTenant) -> None:
    """+250788000098, from staff."""
    who, at = tenant.id_of("uwera"), {"service_id": tenant.service().id, **WHY}
    tenant.change(number_changes.attach, KEYS, who, "+250788000098", **at)
    _sims_changed_at(tenant, LAST_SIM)


def _sims_changed_at(tenant: UssdTenant, at: str) -> None:
    """As it is in every run, where a screen says until when a number is new."""
    tenant.admin.execute(
        "UPDATE address SET sim_changed_at = %s WHERE sim_changed_at < now()", (at,)
    )


def ibimina_speaks_one_language(tenant: UssdTenant) -> None:
    """The first of those that it spoke until now."""
    tenant.admin.execute("UPDATE tenant SET languages = languages[1:1]")
    tenant.change(directory.touch)


def four_days_pass(tenant: UssdTenant) -> None:
    """For SIMs: whatever was new is not."""
    tenant.admin.execute("UPDATE address SET sim_changed_at = sim_changed_at - interval '99 years'")


def _minutes(count: int) -> Callable[[UssdTenant], None]:
    return lambda tenant: tenant.later(count)


def what_is_due_is_ended(tenant: UssdTenant) -> None:
    relay = Database(tenant.urls.relay_url)
    approvals.expire_due(tenant.database, relay)
    relay.close()


def _last_ride(tenant: UssdTenant) -> Ride:
    with tenant.tx() as tx:
        return rides.get(tx, tenant.rides()[-1])


def mbonyi_is_an_agent(tenant: UssdTenant) -> None:
    """Beside driving; agents hang together, and this one below nobody."""
    tenant.admin.execute(
        "INSERT INTO agent (tenant_id, subscriber_id, level, code) VALUES (%s, %s, 'agent', 'A32')",
        (tenant.tenant_id, tenant.id_of("mbonyi")),
    )


def _ignored(_done: object) -> None:
    """Of what was done, nobody asks the answer."""


def uwera_writes_by_whatsapp(tenant: UssdTenant) -> None:
    """From then on documents can be sent there, for a day."""
    Texter(tenant, phone_of(tenant, "uwera").number, "whatsapp").write("hi")


STAGES: dict[str, Callable[[UssdTenant], None]] = {
    "the session is lost": the_session_is_lost,
    "sessions are evicted": sessions_are_evicted,
    "somebody writes in a chat": somebody_writes_in_a_chat,
    "uwera has linked a chat": uwera_has_linked_a_chat,
    "uwera writes by WhatsApp": uwera_writes_by_whatsapp,
    "ibimina is paused": ibimina_is_paused,
    "ibimina is paused with a notice": ibimina_is_paused_with_a_notice,
    "ibimina goes on": ibimina_goes_on,
    "saving is paused": saving_is_paused,
    "saving is paused with a notice": saving_is_paused_with_a_notice,
    "saving goes on": saving_goes_on,
    "goods are sold": goods_are_sold,
    "an order comes short": an_order_comes_short,
    **CREDIT_STAGES,
    **FLOAT_STAGES,
    "rates are polled": rates_are_polled,
    "rates are old": rates_are_old,
    "kayitesi has alerts and a daily text": kayitesi_is_texted_rates,
    "registering is paused": _paused("register"),
    "approving is paused": _paused("approve"),
    "call-backs are paused": _paused("call_back"),
    "gasana is to show a code": _asked_at_first_use("code"),
    "gasana is to show the birth year": _asked_at_first_use("birth_year"),
    "a new PIN is asked for uwera": _new_pin_is_asked_for("uwera"),
    "a new PIN is asked for bizimana": _new_pin_is_asked_for("bizimana"),
    "a second officer approves": a_second_officer_approves,
    "the network's text of 400 from juma comes": _paid_by_menu("juma", 400),
    "two officers book 1,500 into uwera's wallet": _booked(ledger.WALLET, "uwera", 1_500),
    "two officers book 2,000 into kayitesi's wallet": _booked(ledger.WALLET, "kayitesi", 2_000),
    "two officers book 500 out of uwera's wallet": _booked(ledger.WALLET, "uwera", -500),
    "two officers book 90,000 into kayitesi's float": _booked(ledger.FLOAT, "kayitesi", 90_000),
    "two officers book 4,000 out of kayitesi's float": _booked(ledger.FLOAT, "kayitesi", -4_000),
    "uwera is frozen": uwera_is_frozen,
    "bizimana is frozen": bizimana_is_frozen,
    "bizimana is frozen as an agent": bizimana_is_frozen_as_an_agent,
    "group KOP1 is frozen": kop1_is_frozen,
    "group KOP1 is let go": kop1_is_let_go,
    "uwera's provider waits for a code": uweras_provider_waits_for_a_code,
    "too many PINs are wrong": too_many_pins_are_wrong,
    "three of a family share a phone": three_of_a_family_share_a_phone,
    "group KOP2 is called as KOP1": kop2_is_called_as_kop1,
    "habimana's first number is taken out": _number(number_changes.detach, "habimana"),
    "habimana's first number is recycled": _number(
        number_changes.detach, "habimana", is_recycled=True
    ),
    "uwera's number is lost, and another is theirs": uweras_number_is_lost,
    "uwera gets a second number": uwera_gets_a_second_number,
    "ibimina speaks one language": ibimina_speaks_one_language,
    "four days pass": four_days_pass,
    "three minutes pass": _minutes(3),
    "six minutes pass": _minutes(6),
    "eleven minutes pass": _minutes(11),
    "31 minutes pass": _minutes(31),
    "what is due is ended": what_is_due_is_ended,
    "mbonyi is on duty": lambda tenant: on_duty(tenant, "mbonyi"),
    "kabera books a ride from the wallet": lambda tenant: _ignored(booked(tenant, "kabera")),
    "kabera books a ride in cash": lambda tenant: _ignored(booked(tenant, "kabera", in_cash=True)),
    "mbonyi is an agent": mbonyi_is_an_agent,
    "safari is on duty": lambda tenant: on_duty(tenant, "safari"),
    "mbonyi takes it": lambda tenant: taken(tenant, _last_ride(tenant)),
    "mbonyi begins it": lambda tenant: begun(tenant, _last_ride(tenant)),
    "mbonyi finishes it": lambda tenant: ended(tenant, _last_ride(tenant)),
    "ndoli opens a shift": shift_is_opened,
    "ndoli's shift is closed": shift_is_closed,
    "ndoli dips tank 1": lambda tenant: _ignored(dipped(tenant)),
    "the price of fuel changes": price_changes,
    "ndoli sells shema ten litres": lambda tenant: _ignored(fuel_is_offered(tenant)),
    "ndoli sells shema forty litres": lambda tenant: _ignored(fuel_is_offered(tenant, 40)),
    "shema bought fuel before": shema_bought_before,
    "shema complains of fuel": shema_complains,
    **GROUP_STAGES,
    **LOAN_STAGES,
}
