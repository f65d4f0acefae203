"""Staff who sign in, programs with keys and places of files, in a database with a history."""

from core.agents import agents, float_asks, float_offers, sale_reversal, signal_queue
from core.agents.float_moves import FLOAT_RETURN
from core.agents.signals import Signal
from core.approvals import requests
from core.approvals.requests import officer
from core.audit import chain
from core.clients import keys as api_keys
from core.clients import results
from core.db.database import Database
from core.exports import exports, parts, writing
from core.lists.listing import Wanted
from core.places import places
from core.places.areas import read_csv
from core.places.gtfs import read_gtfs
from core.sign_in import codes, tokens
from core.sign_in.tokens import Signer
from core.staff import members, sessions, throttle, work
from core.staff.roles import Grant
from core.tenants import directory
from tests.support.domains import DOMAINS
from tests.support.float_stages import give_float, grant_float
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from values.ids import uuid7
from values.money import Money

AREAS = b"district,sector\nGasabo,Remera\n"
STOPS = b"stop_id,stop_name,stop_lat,stop_lon\na,Remera,-1.95,30.1\n"


def who_signs_in(tenant: UssdTenant) -> None:
    """An administrator with every way in, at work; a clerk who was let go; a try that failed; the
    trail is sealed."""
    invited = {"by": "operator test"}
    grants = [Grant("super_admin")]
    link = tenant.change(members.invite, KEYS, tenant.tenant_id, "ann", grants, **invited)
    ann = tenant.change(members.use_link, KEYS, link)
    tenant.change(members.invite, KEYS, tenant.tenant_id, "joe", [Grant("operator")], **invited)
    tenant.change(members.revoke, "joe", by="operator test", reason="left")
    token = tenant.change(sessions.begin, KEYS, ann, "password")
    tenant.change(sessions.end, KEYS, token)
    tenant.change(throttle.count, KEYS, name="bob", place="192.0.2.7")
    tenant.change(work.claim, "call", uuid7(), by=ann)
    for statement in (
        "UPDATE staff_member SET password_hash = 'x', totp_sealed = '\\x01', totp_step = 7,"
        " language = 'rw'",
        "UPDATE staff_role SET scope = 'region', scope_value = 'north'",
        "INSERT INTO staff_passkey (tenant_id, credential_id, staff_id, public_key, sign_count,"
        " used_at) SELECT tenant_id, '\\x01', id, '\\x02', 3, now() FROM staff_member LIMIT 1",
        "INSERT INTO staff_backup_code (tenant_id, code_hash, staff_id, used_at)"
        " SELECT tenant_id, '\\x01', id, now() FROM staff_member LIMIT 1",
        "INSERT INTO staff_device (tenant_id, token_hash, staff_id, expires_at)"
        " SELECT tenant_id, '\\x01', id, now() FROM staff_member LIMIT 1",
        "INSERT INTO staff_challenge (tenant_id, challenge)"
        " SELECT tenant_id, '\\x01' FROM staff_member LIMIT 1",
    ):
        tenant.admin.execute(statement)
    _who_looks_at_agents(tenant)
    _float_that_waits(tenant)
    chain.seal_all(tenant.database, KEYS.audit_seal)


def _who_looks_at_agents(tenant: UssdTenant) -> None:
    """A sign of fraud that was judged; a sale that was to be reversed, contested, and is not."""
    tenant.change(signal_queue.note, Signal(tenant.tenant_id, "A111", "velocity", 61))
    [sign] = tenant.change(signal_queue.waiting)
    tenant.change(signal_queue.judge, sign.id, is_fraud=False, actor="test", why="a market day")
    row = tenant.one("SELECT id FROM entry WHERE kind = 'topup' ORDER BY id DESC LIMIT 1")
    asker, decider = officer("ann", "test"), officer("joe", "test")
    asked = tenant.change(
        sale_reversal.ask_to_reverse, KEYS, row[0], by=asker, reason="wrong number"
    ).request
    tenant.change(sale_reversal.contest, asked.id, "I paid cash", actor="test")
    tenant.change(requests.refuse, asked.id, by=decider, reason="they paid")
    relay = Database(tenant.urls.relay_url)
    sale_reversal.drop_ended(tenant.database, relay)
    relay.close()


def _float_that_waits(tenant: UssdTenant) -> None:
    """Float that was given back and is not taken, then recalled; and float that is asked for
    and given."""
    who = tenant.id_of("bizimana")
    agent = tenant.change(agents.get, who)
    amount = Money(1_000, "RWF")
    tenant.change(float_asks.ask, agent=agent, agent_name="Bizimana O.", amount=amount)
    grant_float(tenant, "kayitesi")
    give_float(tenant, FLOAT_RETURN, "bizimana", "kayitesi", amount)
    [waits] = tenant.change(float_offers.waiting_of, who)
    tenant.change(float_offers.recall, waits.id, who)


def what_programs_ask(tenant: UssdTenant) -> None:
    """A key, one that was revoked, and an answer that is kept; somebody who signed in by a code and
    out again; places of two files."""
    issued = {"by": "operator test"}
    tenant.change(api_keys.issue, KEYS, tenant.tenant_id, "till", ["groups:read"], **issued)
    tenant.change(api_keys.revoke, "till", **issued)
    key = tenant.change(
        api_keys.issue,
        *(KEYS, tenant.tenant_id, "shop", ["people:read"]),
        codes_an_hour=600,
        **issued,
    )
    client = tenant.change(api_keys.find, KEYS, key)
    asked = results.Asked("one", "POST /people", {"body.frozen": True})
    tenant.change(results.keep, KEYS, client, asked, results.Kept(200, b"{}"))
    _who_signs_in_by_code(tenant, client)
    for reading in (read_csv(AREAS), read_gtfs(STOPS)):
        tenant.change(places.keep, reading)


def _who_signs_in_by_code(tenant: UssdTenant, client: api_keys.Client) -> None:
    signer = Signer(KEYS, "https://piga.example")
    for who in tenant.people.values():  # up to one whose number is nobody else's, and not new
        number = who.phones[0]
        asked = tenant.change(codes.ask, KEYS, client=client.name, number=number, by_sms=True)
        with tenant.tx() as tx:
            if codes.send(tx, asked.id, directory.services_of(tx)):
                break
    right = tenant.change(
        codes.check,
        KEYS,
        client=client.name,
        code_id=asked.id,
        code=KEYS.approval_code(asked.id, 0),
    )
    issued = tenant.change(tokens.begin, signer, client, right)
    with tenant.tx() as tx:
        person = tokens.owner(tx, KEYS, tenant.tenant_id, issued.refresh_token)
        assert person is not None
        tokens.rotate(tx, signer, person, issued.refresh_token)
        tokens.end(tx, person)


def what_is_taken_away(tenant: UssdTenant) -> None:
    """A list that was written, one that is being read, and one that could not be written."""
    people = DOMAINS.listings["people"]
    wanted = Wanted(since=None, until=exports.until_now())
    asked = [
        tenant.change(exports.ask, people, "csv", wanted, by="officer ann", enqueued=False)
        for _ in range(3)
    ]
    for _ in writing.run(tenant.database, KEYS, tenant.tenant_id, people, asked[0].id):
        pass
    tenant.change(parts.put_rows, KEYS, asked[1].id, 7, b"rows")
    tenant.change(exports.fail, asked[2].id, "It would have too many rows.")
