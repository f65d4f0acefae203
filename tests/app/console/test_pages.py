"""What the pages show and do, on a tenant whose phones have been used."""

import html
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.console.application import create_console
from core.agents import day_sheet
from core.agents.day_sheet import Day
from core.audit import chain
from core.db.database import Database
from core.email import addresses
from core.messaging import optouts
from core.money import ledger
from core.outbox import outbox
from core.people import call_backs, people
from core.people.people import USSD
from core.staff import members
from core.staff.roles import Grant, Member, Scope
from tests.app.console.conftest import Clerk, settings_of, taken_on
from tests.support.phone import phone_of
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from values import clock
from values.ids import reference_of, uuid7
from workers.queue.drain import drain


@dataclass
class Office:
    """The console of a tenant with phones, and who works there."""

    tenant: UssdTenant
    web: Flask
    staff: dict[str, Member]

    def clerk(self, role: str) -> Clerk:
        return Clerk(self.web, self.tenant).signs_in(self.staff[role])

    def trail(self) -> list[str]:
        """What was done, the newest first."""
        with self.tenant.tx() as tx:
            return [f"{one.actor}: {one.action}" for one in chain.page(tx)]


@pytest.fixture
def office(ussd_database: DatabaseUrls, redis_url: str) -> Iterator[Office]:
    tenant = UssdTenant(ussd_database, redis_url)
    web = create_console(settings_of(tenant), tenant.database, KEYS)
    yield Office(tenant, web, taken_on(tenant))
    tenant.close()


def id_of(clerk: Clerk, asked: str, **more: str) -> str:
    """The only person who is found."""
    found = re.findall(
        r'href="/console/people/([0-9a-f-]{36})"',
        clerk.post("/console/people", asked=asked, **more).text,
    )
    assert len(found) == 1, (asked, found)
    return str(found[0])


def test_somebody_is_found_by_number_name_and_reference_and_each_look_is_recorded(
    office: Office,
) -> None:
    tenant = office.tenant
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("1", "1", "500", "1", "2748")
    who = str(tenant.id_of("uwera"))
    entry = tenant.one("SELECT id FROM entry WHERE kind = 'contribution' ORDER BY id DESC LIMIT 1")
    operator = office.clerk("company_admin")
    with tenant.tx() as tx:
        person = people.get(tx, KEYS, tenant.id_of("uwera"))
    assert person is not None
    first_word = person.name.split()[0]
    assert id_of(operator, phone.number) == who
    assert who in operator.post("/console/people", asked=first_word.upper()).text
    assert id_of(operator, person.name) == who
    assert who in operator.post("/console/people", asked=reference_of(entry[0]).lower()).text
    assert "Nobody was found" in operator.post("/console/people", asked="no such").text
    page = operator.reads(f"/console/people/{who}")
    assert person.shown_name in page
    assert phone.number not in page
    assert phone.number[-3:] in page
    assert reference_of(entry[0]) in page
    assert ">-510 RWF<" in page
    whole = operator.post(f"/console/people/{who}/whole", reason="to call back")
    assert phone.number in whole.text
    assert operator.post(f"/console/people/{who}/whole", reason=" ").status_code == 409
    trail = office.trail()
    assert trail[0] == "officer company-admin: see whole number"
    assert "officer company-admin: look at person" in trail
    assert "officer company-admin: find people" in trail
    words = str(tenant.admin.execute("SELECT detail FROM audit").fetchall())
    assert phone.number not in words
    assert person.name not in words


def test_a_session_is_replayed_as_the_phone_saw_it(office: Office) -> None:
    tenant = office.tenant
    phone = phone_of(tenant, "uwera")
    shown = [phone.dial().text]
    for answer in ("1", "1", "500", "1", "2748"):
        phone.type(answer)
        shown.append(phone.shows)
    relay = Database(tenant.urls.relay_url)
    connection = tenant.redis
    assert drain(relay, connection) == 6
    relay.close()
    auditor = office.clerk("auditor")
    page = auditor.reads(f"/console/people/{tenant.id_of('uwera')}")
    [session] = re.findall(r"/console/sessions/([0-9a-f]{32})", page)
    replayed = auditor.reads(f"/console/sessions/{session}")
    screens = re.findall(r'<p class="screen">(.*?)</p>', replayed, re.S)
    assert [html.unescape(one) for one in screens] == shown
    assert len(screens) == 6
    assert "2748" not in replayed
    assert office.trail()[0] == "officer auditor: replay session"
    kept = tenant.admin.execute("SELECT screen_sealed FROM turn").fetchall()
    assert all(row[0] for row in kept)
    assert b"Welcome" not in b"".join(row[0] for row in kept)


def test_a_person_is_erased_by_two_administrators_once_nothing_of_theirs_waits(
    office: Office,
) -> None:
    tenant = office.tenant
    admin, other, operator = (
        office.clerk("company_admin"),
        office.clerk("super_admin"),
        office.clerk("operator"),
    )
    who = tenant.person("Bizimana Eric", pin="2748")
    assert operator.post(f"/console/people/{who}/erase", reason="asked").status_code == 403
    held = admin.post(f"/console/people/{tenant.id_of('uwera')}/erase", reason="she asked")
    assert held.status_code == 409
    assert "There is money on an account of theirs" in held.text
    assert "It waits for a second person" in admin.does(
        f"/console/people/{who}/erase", reason="he asked"
    )
    [path] = re.findall(r"/console/approvals/[0-9a-f-]{36}", other.reads("/console/approvals"))
    tenant.admin.execute("UPDATE message SET state = 'failed' WHERE subscriber_id = %s", (who,))
    asked = other.reads(path)
    assert "the books stay whole" in asked
    other.post(f"{path}/approve")
    page = admin.reads(f"/console/people/{who}")
    assert ">erased<" in page
    assert "Bizimana" not in page


def test_what_somebody_said_of_news_is_seen_and_written_down_for_each_address(
    office: Office,
) -> None:
    tenant = office.tenant
    clerk, auditor = office.clerk("operator"), office.clerk("auditor")
    number = "+250788111333"
    who = tenant.person("Bizimana Eric", address=number)
    with tenant.tx() as tx:
        addresses.give_person(tx, KEYS, who, "eric@example.org", actor="officer a", reason="r")
        optouts.opt_out(tx, KEYS, number, source=optouts.Source.WORD)
    path = f"/console/people/{who}"
    assert auditor.post(f"{path}/wishes", reason="x").status_code == 403

    def held() -> list[tuple[str, ...]]:
        """Of each address: its channel, whether news go there, whether reminders do."""
        page = auditor.reads(path)
        found = re.findall(
            r"\((\w+)\): news <span class=\"[a-z ]+\">(\w+)</span> reminders"
            r" <span class=\"[a-z ]+\">(\w+)</span>",
            page,
        )
        return sorted(found)

    assert held() == [("email", "yes", "yes"), ("phone", "no", "no")]
    assert "by their own word" in auditor.reads(path)
    said = clerk.does(f"{path}/wishes", reason="she called", wanted="0", purpose="news")
    assert "they want none" in said
    assert held() == [("email", "no", "yes"), ("phone", "no", "no")]
    clerk.does(f"{path}/wishes", reason="r", wanted="1", purpose="reminders", channel=USSD)
    assert held() == [("email", "no", "yes"), ("phone", "no", "yes")]
    clerk.does(f"{path}/wishes", reason="r", wanted="0", purpose="reminders", channel="email")
    assert held() == [("email", "no", "no"), ("phone", "no", "yes")]
    clerk.does(f"{path}/wishes", reason="she called again", wanted="1")
    assert held() == [("email", "yes", "yes"), ("phone", "yes", "yes")]
    page = clerk.reads(path)
    assert "by officer operator" in page
    assert {"officer operator: opt out", "officer operator: opt in"} <= {*office.trail()}


def test_a_freeze_is_one_officers_and_a_new_pin_two_persons(office: Office) -> None:
    tenant, who = office.tenant, office.tenant.id_of("uwera")
    operator, admin = office.clerk("company_admin"), office.clerk("super_admin")
    said = operator.does(f"/console/people/{who}/freeze", reason="stolen phone", frozen="1")
    assert "No money moves" in said
    assert tenant.one("SELECT status FROM subscriber WHERE id = %s", who) == ("frozen",)
    assert "Money moves again" in operator.does(
        f"/console/people/{who}/freeze", reason="found", frozen="0"
    )
    operator.does(f"/console/people/{who}/new-pin", reason="forgot it")
    [path] = re.findall(r"/console/approvals/[0-9a-f-]{36}", operator.reads("/console/approvals"))
    own = operator.reads(path)
    assert "somebody else decides" in own
    assert operator.post(f"{path}/approve").status_code == 409
    asked = admin.reads(path)
    assert "forgot it" in asked
    assert "chosen at the next dial" in asked
    done = admin.post(f"{path}/approve")
    assert re.search(r"<code>\d{4} \d{4}</code>", done.text)
    twice = admin.post(f"{path}/approve")  # a double click
    assert twice.status_code == 303
    assert "You approved it before" in admin.reads(twice.location)
    assert admin.post(f"{path}/refuse", reason="no").status_code == 409


def test_what_waits_is_one_queue_and_in_one_pair_of_hands(office: Office) -> None:
    tenant = office.tenant
    with tenant.tx() as tx:
        call_backs.ask(
            tx, KEYS, service_id=uuid7(), subscriber_id=None, address="+250788000777", place="main"
        )
        job = outbox.write(tx, kind="send_text", subject_id=uuid7())
    with tenant.tx() as tx:
        tx.execute(
            "UPDATE outbox SET state = 'dead', done_at = now(), attempts = 9 WHERE id = %s", (job,)
        )
    first, second = office.clerk("company_admin"), office.clerk("super_admin")
    queue = first.reads("/console")
    assert "Call back: gave up at main" in queue
    assert "Given up on after 9 tries: send_text" in queue
    assert "+250788000777" not in queue
    [call] = re.findall(r"/console/home/call/([0-9a-f-]{36})/take", queue)
    first.does(f"/console/home/call/{call}/take")
    assert second.post(f"/console/home/call/{call}/take").status_code == 409
    told = second.post(f"/console/calls/{call}/made")
    assert told.status_code == 409
    assert "company-admin has it in hand" in told.text
    assert "off the list" in first.does(f"/console/calls/{call}/made")
    assert "tried again" in first.does(f"/console/jobs/{job}/retry")
    assert tenant.one("SELECT state, attempts FROM outbox WHERE id = %s", job) == ("waiting", 0)
    assert "Nothing waits" in first.reads("/console")
    # An operator has no jobs in their queue, and cannot take one.
    operator = office.clerk("government")
    assert "Nothing waits" in operator.reads("/console")
    assert operator.post(f"/console/home/job/{job}/take").status_code == 403


def test_a_message_whose_outcome_is_unknown_is_settled_by_hand(office: Office) -> None:
    tenant = office.tenant
    message = uuid7()
    tenant.admin.execute(
        "INSERT INTO message (tenant_id, id, subscriber_id, service_id, template, params, state)"
        " VALUES (%s, %s, %s, %s, 'contributed', '{}', 'unknown')",
        (tenant.tenant_id, message, tenant.id_of("uwera"), uuid7()),
    )
    operator = office.clerk("company_admin")
    assert "Nobody knows whether contributed arrived" in operator.reads("/console")
    assert "It arrived" in operator.reads("/console/messages?state=unknown")
    path = f"/console/messages/{message}/settle"
    assert operator.post(path, became="delivered", reason="").status_code == 409
    assert "It is settled" in operator.does(path, became="delivered", reason="they wrote back")
    assert tenant.one("SELECT state, reason FROM message WHERE id = %s", message) == (
        "delivered",
        "by_hand",
    )
    assert "nothing was changed" in operator.does(path, became="failed", reason="again")


def test_an_organisations_staff_see_its_people_and_nobody_else(office: Office) -> None:
    tenant, who = office.tenant, office.tenant.id_of("uwera")
    organisation = tenant.one(
        "SELECT g.organisation_id FROM savings_group g JOIN membership m ON m.group_id = g.id"
        " WHERE m.subscriber_id = %s LIMIT 1",
        who,
    )[0]

    def clerk_of(handle: str, id: uuid.UUID) -> Clerk:
        grant = Grant("organisation_staff", Scope("organisation", str(id)))
        with tenant.tx() as tx:
            link = members.invite(tx, KEYS, tenant.tenant_id, handle, [grant], by="test")
        with tenant.tx() as tx:
            return Clerk(office.web, tenant).signs_in(members.use_link(tx, KEYS, link))

    own, other = clerk_of("own", organisation), clerk_of("other", uuid7())
    number = phone_of(tenant, "uwera").number
    assert id_of(own, number) == str(who)
    assert own.get(f"/console/people/{who}").status_code == 200
    assert own.post(f"/console/people/{who}/freeze", reason="x", frozen="1").status_code == 403
    assert "Nobody was found" in other.post("/console/people", asked=number).text
    nobody = other.get(f"/console/people/{who}")
    assert (nobody.status_code, nobody.text) == (
        409,
        other.get(f"/console/people/{uuid7()}").text,
    )


def test_who_is_invited_by_a_page_is_nobody_until_two_agree(office: Office) -> None:
    """Whatever else the form says; and nobody does it to themselves, or agrees to their own."""
    first, second = office.clerk("super_admin"), office.clerk("second")
    page = first.post("/console/staff/invite", handle="N.Keza", role="super_admin", state="active")
    [link] = re.findall(r"/console/welcome/([\w=-]+)", page.text)
    with office.tenant.tx() as tx:
        member = members.use_link(tx, KEYS, link)
        assert members.find(tx, "n.keza").grants == ()
    clerk = Clerk(office.web, office.tenant).signs_in(member)
    assert clerk.get("/console").status_code == 403
    roles = f"/console/staff/{member.id}/roles"
    assert first.post(roles, roles="boss", reason="r").status_code == 409
    assert first.post(f"/console/staff/{office.staff['super_admin'].id}/roles").status_code == 409
    asked = first.post(roles, roles="operator station Tema 2\nauditor", reason="starts today")
    assert first.post(f"{asked.location}/approve").status_code == 409
    assert office.clerk("company_admin").post(f"{asked.location}/approve").status_code == 403
    assert "It is approved" in second.does(f"{asked.location}/approve")
    assert "auditor, operator (station Tema 2)" in clerk.reads("/console/me")
    clerk.reads("/console/audit")


def test_an_agents_day_balances_and_opens_to_its_entries(office: Office) -> None:
    tenant, reader = office.tenant, office.clerk("government")
    code, account, balance = tenant.one(
        "SELECT g.code, a.id, a.balance_minor FROM agent g JOIN account a"
        " ON a.owner_id = g.subscriber_id AND a.kind = 'float' ORDER BY g.code LIMIT 1"
    )
    tenant.fund(account, 7_000)
    tenant.move(account, tenant.collecting(ledger.SETTLEMENT), 2_000)
    zone = ZoneInfo("Africa/Kigali")
    begins = clock.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    today = Day(begins, begins + timedelta(days=1))
    before = Day(begins - timedelta(days=1), begins)
    with tenant.tx() as tx:
        found = {one.code: one for one in day_sheet.sheets(tx, today)}[code]
        earlier = day_sheet.sheet(tx, before, code)
    assert found.closing_minor == balance + 5_000
    assert (found.came_minor, found.went_minor) == (7_000, 2_000)
    assert found.opening_minor + found.came_minor - found.went_minor == found.closing_minor
    assert earlier is not None
    assert earlier[0].closing_minor == found.opening_minor
    assert code in reader.reads("/console/agents")
    page = reader.reads(f"/console/agents/{code}")
    assert page.count("transfer") == 2
    assert ">7,000 RWF<" in page
    assert reader.get("/console/agents/nobody").status_code == 404
    assert reader.reads("/console/agents?day=nonsense")


def test_webhook_addresses_are_for_who_may_and_are_made_anew(office: Office) -> None:
    admin = office.clerk("super_admin")
    page = admin.reads("/console/services")
    assert "/hooks/" not in page
    before = admin.post("/console/services/addresses").text
    assert "/hooks/" in before
    service = re.findall(r"/console/services/([0-9a-f-]{36})/rotate", page)[0]
    admin.does(f"/console/services/{service}/rotate")
    assert admin.post("/console/services/addresses").text != before
    assert admin.post(f"/console/services/{uuid7()}/rotate").status_code == 404


def test_a_name_with_script_in_it_is_text(office: Office) -> None:
    tenant = office.tenant
    with tenant.tx() as tx:
        person = people.register(
            tx,
            KEYS,
            address="+250788000778",
            name='<script>alert(1)</script> "Jo" \'x',
            language="en",
            roles=(),
            currency="RWF",
            pin_hash=None,
        )
    operator = office.clerk("company_admin")
    for page in (
        operator.post("/console/people", asked="+250788000778").text,
        operator.reads(f"/console/people/{person.id}"),
        operator.post(f"/console/people/{person.id}/whole", reason="r").text,
    ):
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_a_page_of_what_waits_names_the_changes_at_which_it_is_shown_anew(office: Office) -> None:
    tenant = office.tenant
    clerk = office.clerk("operator")
    # Nobody tells of changes here: the page asks for itself, and needs no script.
    assert "data-changes" not in clerk.reads("/console")
    assert clerk.get("/console").headers["Refresh"].startswith("30;")
    office.web = create_console(replace(settings_of(tenant), live_port=8001), tenant.database, KEYS)
    clerk = office.clerk("operator")
    for path, words in (("", "work messages payments"), ("/messages", "messages")):
        page = clerk.reads(f"/console{path}")
        assert f'data-changes="{words}" data-changes-url="/console/live"' in page
        assert '<script src="/console/static/changes.js" defer></script>' in page
    assert "data-changes" not in clerk.reads("/console/people")
    policy = clerk.get("/console").headers["Content-Security-Policy"]
    assert "connect-src 'self';" in policy


def test_in_a_demo_changes_are_told_at_another_port_of_this_machine(office: Office) -> None:
    settings = replace(settings_of(office.tenant), demo=True, port=8000)
    web = create_console(settings, office.tenant.database, KEYS)
    answer = web.test_client().get("/console/sign-in", base_url="http://localhost:8000")
    policy = answer.headers["Content-Security-Policy"]
    assert "connect-src 'self' http://localhost:8001;" in policy
    assert "script-src 'self';" in policy
