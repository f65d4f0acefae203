"""What is held of a person: declared for every column that could hold it, and handed out whole."""

import io
import json
import uuid
from collections.abc import Iterator

import pypdf
import pytest
from sqlalchemy import ARRAY, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB

from app.operations.personal_data import held_of
from core.approvals import requests
from core.approvals.requests import officer
from core.lists import personal
from core.messaging import optouts
from core.messaging.optouts import Source
from core.money import ledger
from core.recovery.new_pin import NEW_PIN
from core.tables import metadata
from tests.support.domains import DOMAINS
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.workers import MessagingTenant

DECLARED = {one.table: one for one in DOMAINS.personal}
# Words, documents and bytes that are of nobody whom the tenant serves: states and kinds, names of
# things, what staff and programs are called, keys and hashes of the server's own. Staff's own data
# is the tenant's to hand out.
NOT_PERSONAL = {
    "agent_signal": "judged_by",
    "alarm": "kind subject sentence state closed_by",
    "api_key": "name key_hash scopes created_by",
    "api_result": "client idempotency_key",
    "approval": "state ended_session",
    "approval_request": "key params requested_by decided_by result",
    "audit_link": "hash",
    "audit_seal": "hash mac",
    "broadcast": "audience group_name reply_flow state created_by",
    "conversation": "reply_flow",
    "driver_papers": "decided_by",
    "early_report": "provider provider_message_id state reason",
    "email_account": "host security username password_sealed sender sender_name changed_by",
    "entry": "key inputs_hash",
    "event": "kind state reason",
    "event_subscription": (
        "url_sealed secret_sealed old_secret_sealed kinds state reason created_by"
    ),
    "export": "listing format wanted asked_by state reason",
    "export_part": "stage",
    "fuel_points_rule": "terms approved_by",
    "fuel_price": "product",
    "fuel_price_line": "product code name part",
    "fuel_product": "key name unit",
    "fuel_publication": "source_sha256 submission",
    "fuel_tank": "product",
    "fuel_tariff": "terms approved_by",
    "funnel_day": "language network place",
    "fuel_chart": "certificate chart source_sha256",
    "fuel_delivery": "seals",
    "fuel_stock_alarm": "kind",
    "fuel_stock_limits": "terms approved_by",
    "gateway_cost": "kind reference network currency",
    "hold": "state",
    "inbound_file": "reason",
    "inbound_message": "provider provider_message_id",
    "installation": "key_check",
    "known_id": "channel source",
    "loan": "terms",
    "loan_product": "key name terms approved_by",
    "loan_provisioning": "bands approved_by",
    "long_text": "provider reference",
    "message": "reason",
    "message_receipt": "provider provider_message_id",
    "opt_out": "actor",
    "organisation": "name",
    "outbox": "kind state",
    "credit_policy": "terms approved_by",
    "price_book": "version published approved_by",
    "product": "code category names units",
    "party_change": "provider event_id",
    "pause": "what name reason actor",
    "payment_exception": "wallet provider_txid reason suggestions state owner",
    "payment_hint": "provider_id said provider_txid",
    "payment_text": "kind direction parser txid state flags",
    "place": "kind source_key level path",
    "provider_movement": "source seen_by state",
    "provider_template": "provider name language state reason",
    "rate": "provider reason",
    "rate_pair": "provider changes held_provider held_reason",
    "rate_plan": "providers compared_with",
    "reconciliation": "wallet figures sheet_digest signature sheet state closed_by",
    "refresh_token": "token_hash",
    "ride_tariff": "terms approved_by",
    "savings_area": "level name place ancestors",
    "savings_consent": "bank recorded_by revoked_by reason",
    "savings_constitution": "body",
    "savings_group": "code name",
    "savings_meeting": "state first_typed_by reason",
    "savings_share_out": "state",
    "savings_vote": "kind question state",
    "sender_claim": "provider sender_id",
    "service": "provider channel code settings tree",
    "service_address": "provider channel code",
    "staff_backup_code": "code_hash",
    "staff_challenge": "challenge",
    "staff_device": "token_hash",
    "staff_invitation": "token_hash created_by",
    "staff_member": "handle state password_hash totp_sealed email_sealed language invited_by",
    "staff_passkey": "credential_id public_key",
    "staff_role": "role scope scope_value given_by",
    "staff_session": "token_hash way",
    "staff_try": "what",
    "stock": "warehouse product",
    "stock_movement": "warehouse product reason actor",
    "tariff": "operation kind body approved_by",
    "tenant": "slug name calling_code time_zone languages settings paused_flows paused_notice",
    "text_device": "name wallet network purpose secret_sealed old_secret_sealed state created_by",
    "trust_balance": "account said_by",
    "wallet_outage": "kind",
    "warehouse": "code name regions",
    "work_claim": "kind owner",
}


def test_every_column_that_could_hold_personal_data_is_declared_or_listed() -> None:
    """A new table's author is asked here what of it is personal."""
    found = {}
    for table in metadata.tables.values():
        declared = DECLARED[table.name].columns if table.name in DECLARED else ()
        could = [
            column.name
            for column in table.columns
            if isinstance(column.type, Text | LargeBinary | ARRAY | JSONB)
            and column.name not in declared
        ]
        if could:
            found[table.name] = " ".join(could)
    assert found == NOT_PERSONAL


@pytest.mark.parametrize("table", DECLARED)
def test_what_is_declared_is_there(table: str) -> None:
    one = DECLARED[table]
    columns = metadata.tables[table].columns
    assert {*one.columns, *one.sealed.values()} <= {*columns.keys()}
    assert len(one.columns) == len({*one.columns})
    # Sealed columns and keyed hashes are opened or hidden, never handed out as they are.
    for name in one.shown:
        assert not isinstance(columns[name].type, LargeBinary), name
        assert not name.endswith("_hash"), name


# Sealed columns and keyed hashes that stay when a person is erased, for a reason of the table's.
STAYS_HASHED = {
    "intent": "session",  # of a session: nobody's number is in it
    "opt_out": "address_lookup",  # so that who wants no news gets none later either
}


@pytest.mark.parametrize("table", [one.table for one in DECLARED.values() if one.whose])
def test_each_table_says_what_is_left_of_somebody_who_is_erased(table: str) -> None:
    one = DECLARED[table]
    assert one.goes != bool(one.kept), "its rows go, or stay for a reason"
    assert not (one.goes and one.emptied)
    assert {*one.emptied} <= {*metadata.tables[table].columns.keys()}
    if one.kept:
        left = {*one.sealed, *one.hidden} - {*one.emptied}
        assert left == {*STAYS_HASHED.get(table, "").split()}, "it still says who somebody was"


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[MessagingTenant]:
    made = MessagingTenant(module_database)
    yield made
    assert made.broken() == []
    made.close()


def test_all_that_is_held_is_handed_out_and_nothing_of_others(tenant: MessagingTenant) -> None:
    who = tenant.person("Uwera Claudine", pin="2748", address="+250788111222")
    other = tenant.person("Mugabo Jean", address="+250788333444")
    tenant.known = {"+250788111222": who, "+250788333444": other}
    for number in tenant.known:
        tenant.text(number)
        with tenant.tx() as tx:
            optouts.opt_out(tx, KEYS, number, source=Source.WORD)
    wallet, others = (ledger.account_id(one, ledger.WALLET, "RWF") for one in (who, other))
    tenant.fund(wallet, 5_000)
    tenant.move(wallet, others, 1_200)
    with tenant.tx() as tx:
        ann = officer("ann", "test")
        requests.ask(*(tx, KEYS, NEW_PIN), by=ann, params={}, reason="Came here", subject_id=who)
    with tenant.tx() as tx:
        said = json.loads(held_of(tx, KEYS, who, "json", by="officer ann", reason="asked for it"))
    held = said["held"]
    assert [one["name"] for one in held["subscriber"]] == ["Uwera Claudine"]
    assert [one["identifier"] for one in held["address"]] == ["+250788111222"]
    assert sorted(one["amount_minor"] for one in held["posting"]) == [-1_200, 5_000]
    assert len(held["entry"]) == 2
    assert [one["balance_minor"] for one in held["account"]] == [3_800]
    assert {one["template"] for one in held["message"]} >= {"float_low"}
    assert [one["is_out"] for one in held["opt_out"]] == [True]
    assert [one["reason"] for one in held["approval_request"]] == ["Came here"]
    everything = json.dumps(said)
    row = tenant.one("SELECT pin_hash FROM subscriber WHERE id = %s", who)
    for secret in ("Mugabo", "+250788333444", str(other), row[0], "$argon2"):
        assert secret not in everything
    with tenant.tx() as tx:
        pdf = held_of(tx, KEYS, who, "pdf", by="officer ann", reason="asked for it")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "Uwera Claudine" in text
    assert "+250788111222" in text
    assert "Mugabo" not in text
    noted = tenant.one(
        "SELECT count(*) FROM audit WHERE action = 'export personal data' AND object_id = %s", who
    )
    assert noted == (2,)


def test_of_nobody_nothing_is_held(tenant: MessagingTenant) -> None:
    with tenant.tx() as tx:
        assert list(personal.held(tx, KEYS, DOMAINS.personal, uuid.uuid4())) == []
