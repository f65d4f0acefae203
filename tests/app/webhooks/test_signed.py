"""A provider that signs, over HTTP: what is refused unread, what a batch does, the handshake."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import Client

from core.db.database import Database
from providers.contracts.messages import Account
from providers.meta.signature import sign
from providers.meta.webhook import BODY_BYTES_MAXIMUM
from tests.support.domains import DOMAINS
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from tests.support.whatsapp import ACCOUNTS, APP_SECRET, VERIFY_TOKEN, MetaHook, body_of
from workers.schedule.tasks import Databases, forgetting, run_alone
from workers.sending.accounts import Accounts, Installed

TOKEN = f"hub.mode=subscribe&hub.challenge=42&hub.verify_token={VERIFY_TOKEN}"


@pytest.fixture
def meta(tenant: UssdTenant) -> MetaHook:
    return MetaHook(tenant)


def text(id: str, words: str = "hi", number: int = 301) -> dict[str, Any]:
    return {
        "from": f"250788000{number:03}",
        "id": id,
        "timestamp": "1796000000",
        "type": "text",
        "text": {"body": words},
    }


def test_a_signed_message_is_stored_and_taken(meta: MetaHook) -> None:
    answer = meta.post(body_of(messages=[text("wamid.1")]))
    assert (answer.status_code, answer.get_data()) == (200, b"")
    assert meta.stored() == 1


@pytest.mark.parametrize(
    "header",
    ["", "sha256=", sign(b"another body", APP_SECRET), sign(b"", "another secret")],
    ids=["none", "empty", "of another body", "by another secret"],
)
def test_what_is_not_signed_is_refused_unread(
    meta: MetaHook, caplog: pytest.LogCaptureFixture, header: str
) -> None:
    """The reason is in the log and not in the answer."""
    with caplog.at_level(logging.WARNING):
        answer = meta.post(body_of(messages=[text("wamid.1")]), header)
    assert (answer.status_code, answer.get_data()) == (403, b"")
    assert meta.stored() == 0
    assert "signature" in caplog.text


UNSET = Account("piga", "a-token", options=(("portfolio", "piga"),))


@pytest.mark.parametrize(
    "installation", [(), (Installed("main", "meta", UNSET),)], ids=["no account", "no secret"]
)
def test_a_missing_secret_is_refused_and_not_skipped(
    tenant: UssdTenant, installation: tuple[Installed, ...]
) -> None:
    meta = MetaHook(tenant, Accounts(installation=installation))
    assert meta.post(body_of(messages=[text("wamid.1")])).status_code == 403
    assert meta.stored() == 0


def test_the_handshake_is_answered_with_the_challenge(meta: MetaHook) -> None:
    answer = Client(meta.web).get(meta.path, query_string=TOKEN)
    assert (answer.status_code, answer.get_data()) == (200, b"42")
    refused = Client(meta.web).get(meta.path, query_string=TOKEN.replace(VERIFY_TOKEN, "x"))
    assert (refused.status_code, refused.get_data()) == (403, b"")
    assert Client(meta.web).get(meta.path[:-4], query_string=TOKEN).status_code == 403


def test_a_thousand_updates_of_three_megabytes(meta: MetaHook) -> None:
    """Each is stored once, in the order of its person; the same body again adds nothing."""
    messages = [text(f"wamid.{n}", "x" * 2_800, n % 10) for n in range(1_000)]
    body = body_of(messages=messages)
    assert 2.8e6 < len(body) < BODY_BYTES_MAXIMUM
    assert meta.post(body).status_code == 200
    assert meta.stored() == 1_000
    ids = meta.tenant.admin.execute(
        "SELECT m.provider_message_id FROM inbound_message m JOIN conversation c"
        " ON c.id = m.conversation_id WHERE c.address_lookup = %s ORDER BY m.id",
        (KEYS.lookup("msisdn", "+250788000003"),),
    ).fetchall()
    assert [id for (id,) in ids] == [f"wamid.{n}" for n in range(3, 1_000, 10)]
    assert meta.post(body_of(messages=messages[:50])).status_code == 200
    assert meta.stored() == 1_000


def test_one_byte_more_than_three_megabytes(meta: MetaHook) -> None:
    assert meta.post(b" " * (BODY_BYTES_MAXIMUM + 1)).status_code == 413


def test_the_same_message_at_once_and_later_is_one(meta: MetaHook) -> None:
    body = body_of(messages=[text("wamid.1")])
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: meta.post(body).status_code, range(8)))
    assert answers == [200] * 8
    again = body_of(messages=[text("wamid.1"), text("wamid.2")])
    assert meta.post(again).status_code == 200
    assert meta.stored() == 2


def test_a_message_that_comes_again_after_eight_days_is_known(meta: MetaHook) -> None:
    """A provider may go on for seven: what was worked is not forgotten sooner."""
    body = body_of(messages=[text("wamid.1")])
    assert meta.post(body).status_code == 200
    meta.tenant.admin.execute(
        "UPDATE inbound_message SET state = 'done', received_at = now() - interval '8 days'"
    )
    relay = Database(meta.tenant.urls.relay_url)
    run_alone(forgetting(DOMAINS.retention), Databases(meta.tenant.database, relay))
    relay.close()
    assert meta.post(body).status_code == 200
    assert meta.stored() == 1


def test_what_cannot_be_stored_costs_the_others_nothing(
    meta: MetaHook, caplog: pytest.LogCaptureFixture
) -> None:
    """It comes again, since the answer is no 200; the others are known by then."""
    meta.tenant.admin.execute(
        "CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.provider_message_id = 'wamid.2' THEN RAISE 'no'; END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER refuse_one BEFORE INSERT ON inbound_message"
        " FOR EACH ROW EXECUTE FUNCTION refuse_one()"
    )
    body = body_of(messages=[text(f"wamid.{n}", number=n) for n in (1, 2, 3)])
    try:
        assert meta.post(body).status_code == 503
        assert meta.stored() == 2
    finally:
        meta.tenant.admin.execute("DROP FUNCTION refuse_one CASCADE")
    assert meta.post(body).status_code == 200
    assert meta.stored() == 3


def test_what_nobody_described_is_counted_and_answered_200(
    meta: MetaHook, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.loads(body_of(messages=[text("wamid.1") | {"type": "hologram"}] * 1))
    body["entry"][0]["changes"].append({"field": "telepathy", "value": {}})
    body["entry"][0]["changes"].append({"field": "telepathy", "value": {}})
    assert meta.post(json.dumps(body).encode()).status_code == 200
    assert "ALARM meta sends what nobody described to us: field telepathy (2 times)" in caplog.text
    assert "message hologram (1 times)" in caplog.text
    assert meta.stored() == 1  # the person is answered that it was not understood


def test_a_message_to_a_number_of_another_account_is_left(meta: MetaHook) -> None:
    other = replace(ACCOUNTS.installation[0].account, username="another")
    accounts = Accounts(installation=(Installed("other", "meta", other),))
    assert accounts.name(meta.service) != ACCOUNTS.name(meta.service)
    body = body_of(messages=[text("wamid.1")], to="999999999999")
    assert meta.post(body).status_code == 200
    assert meta.stored() == 0
