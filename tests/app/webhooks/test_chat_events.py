"""Who people are on WhatsApp, with and without a number, and what is said beside messages."""

import logging
import uuid

import pytest

from core.inbox import handovers
from core.messaging import optouts, templates
from core.people import numbers, people
from core.people.people import USSD
from providers.contracts.chat import AccountNotice
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from tests.support.whatsapp import NUMBER, PORTFOLIO, MetaPosts
from workers.sending.parties import WHATSAPP, party_of

PHONE, WIRE_PHONE = "+250788000301", "250788000301"
ID = "RW.7Hq2"
ADDRESS = f"{PORTFOLIO}:{ID}"


@pytest.fixture
def meta(tenant: UssdTenant) -> MetaPosts:
    return MetaPosts(tenant)


# --- with a number, and without -------------------------------------------------------------------


def test_who_has_no_number_is_known_by_the_id_within_the_portfolio(meta: MetaPosts) -> None:
    meta.text("wamid.1", from_user_id=ID)
    assert meta.conversation_of("wamid.1") == (WHATSAPP, ADDRESS)
    assert party_of(WHATSAPP, ADDRESS).user_id == ID


def test_a_number_and_an_id_that_came_together_are_the_same_person_later(meta: MetaPosts) -> None:
    meta.post(
        contacts=[{"wa_id": WIRE_PHONE, "user_id": ID}],
        messages=[{"from": WIRE_PHONE, "id": "wamid.1", "type": "text", "text": {"body": "1"}}],
    )
    meta.text("wamid.2", from_user_id=ID)
    assert meta.conversation_of("wamid.1") == (USSD, PHONE)
    assert meta.conversation_of("wamid.2") == (USSD, PHONE)


def test_the_number_that_comes_later_is_taken_from_then_on(meta: MetaPosts) -> None:
    meta.text("wamid.1", from_user_id=ID)
    meta.text("wamid.2", **{"from": WIRE_PHONE, "from_user_id": ID})
    meta.text("wamid.3", from_user_id=ID)
    assert meta.conversation_of("wamid.2") == meta.conversation_of("wamid.3") == (USSD, PHONE)


def test_who_linked_their_id_by_a_code_stays_who_they_are(meta: MetaPosts) -> None:
    """Even when a number shows that is somebody else's in our books."""
    person = meta.tenant.person(address="+250788000999")
    with meta.tenant.tx() as tx:
        people.add_address(tx, KEYS, person, ADDRESS, WHATSAPP, given_by="phone")
    meta.text("wamid.1", **{"from": WIRE_PHONE, "from_user_id": ID})
    assert meta.conversation_of("wamid.1") == (WHATSAPP, ADDRESS)


@pytest.mark.parametrize(
    ("card", "known"),
    [
        ({"origin": "contact_request"}, (USSD, PHONE)),
        ({"origin": "other", "vcard": "BEGIN:VCARD"}, (WHATSAPP, ADDRESS)),
        ({}, (WHATSAPP, ADDRESS)),
    ],
    ids=["asked for", "from the address book", "of unknown origin"],
)
def test_a_number_is_proven_only_by_the_contact_that_we_asked_for(
    meta: MetaPosts, card: dict[str, str], known: tuple[str, str]
) -> None:
    """Whatever the name on the card."""
    shared = {"name": {"formatted_name": "Aline"}, "phones": [{"wa_id": WIRE_PHONE}], **card}
    meta.post(
        messages=[{"from_user_id": ID, "id": "wamid.1", "type": "contacts", "contacts": [shared]}]
    )
    meta.text("wamid.2", from_user_id=ID)
    assert meta.conversation_of("wamid.1") == meta.conversation_of("wamid.2") == known


def test_the_same_name_is_nobody(meta: MetaPosts) -> None:
    meta.tenant.person(address=PHONE, name="Aline Uwase")
    contact = {"user_id": ID, "profile": {"name": "Aline Uwase", "username": WIRE_PHONE}}
    meta.post(
        contacts=[contact],
        messages=[{"from_user_id": ID, "id": "wamid.1", "type": "text", "text": {"body": "1"}}],
    )
    assert meta.conversation_of("wamid.1") == (WHATSAPP, ADDRESS)


# --- another number, id or phone ------------------------------------------------------------------


def changed(
    id: str = "wamid.S", kind: str = "user_changed_number", **system: str
) -> dict[str, object]:
    return {
        "id": id,
        "timestamp": "1796000000",
        "type": "system",
        "system": {"type": kind, **system},
    }


@pytest.mark.parametrize("shape", ["number", "id", "phone"])
def test_after_a_change_nobody_is_trusted_by_what_they_had(meta: MetaPosts, shape: str) -> None:
    """As after another SIM: the session ends, what waits for a dial is dropped, the number is new,
    and whoever writes from the new number or id is nobody yet."""
    tenant = meta.tenant
    person = tenant.person(address=PHONE, pin="2748")
    meta.text("wamid.1", **{"from": WIRE_PHONE, "from_user_id": ID})
    tenant.admin.execute(
        "UPDATE conversation SET session_sealed = '\\x00', session_until = now() + '1 day',"
        " expects_pin = true"
    )
    with tenant.tx() as tx:
        handovers.hand_over(tx, KEYS, person, b"{}", lasts_s=3600)
    event = {
        "number": changed(wa_id="250788000302") | {"from": WIRE_PHONE},
        "id": changed(kind="user_changed_user_id", previous_user_id=ID, user_id="RW.new"),
        "phone": changed(kind="customer_identity_changed") | {"from": WIRE_PHONE},
    }[shape]
    meta.post(messages=[event])
    assert tenant.one("SELECT session_sealed, session_until, expects_pin FROM conversation") == (
        *(None, None),
        False,
    )
    with tenant.tx() as tx:
        assert handovers.take_over(tx, KEYS, person) is None
        [found] = people.identify(tx, KEYS, PHONE)
        assert numbers.new_until(meta.service.tenant, found.sim_changed_at) is not None
        assert people.identify(tx, KEYS, "+250788000302") == []
        assert people.identify(tx, KEYS, f"{PORTFOLIO}:RW.new", WHATSAPP) == []
    assert tenant.number("SELECT count(*) FROM party_change") == 1
    assert tenant.number("SELECT count(*) FROM audit WHERE action = 'sim changed'") == 1


def test_an_id_that_ended_is_its_number_no_longer(meta: MetaPosts) -> None:
    meta.text("wamid.1", **{"from": WIRE_PHONE, "from_user_id": ID})
    meta.post(
        messages=[changed(kind="user_changed_user_id", previous_user_id=ID, user_id="RW.new")]
    )
    meta.text("wamid.2", from_user_id=ID)
    meta.text("wamid.3", from_user_id="RW.new")
    assert meta.conversation_of("wamid.2") == (WHATSAPP, ADDRESS)
    assert meta.conversation_of("wamid.3") == (WHATSAPP, f"{PORTFOLIO}:RW.new")


def test_a_change_that_comes_again_ends_no_session_again(meta: MetaPosts) -> None:
    tenant = meta.tenant
    event = changed(wa_id="250788000302") | {"from": WIRE_PHONE}
    meta.text("wamid.1", **{"from": WIRE_PHONE})
    meta.post(messages=[event])
    tenant.admin.execute("UPDATE conversation SET session_until = now() + interval '1 day'")
    meta.post(messages=[event])
    assert tenant.number("SELECT count(*) FROM conversation WHERE session_until > now()") == 1


# --- edited, taken back, not answered ------------------------------------------------------------


def waiting(meta: MetaPosts, id: str) -> tuple[str, str, bool]:
    message, state, sealed, had_pin = meta.tenant.one(
        "SELECT id, state, content_sealed, had_pin FROM inbound_message"
        " WHERE provider_message_id = %s",
        id,
    )
    return state, KEYS.open(sealed, message.bytes), had_pin


def edited(original: str, words: str, **sender: str) -> dict[str, object]:
    edit = {"original_message_id": original, "message": {"type": "text", "text": {"body": words}}}
    return {"id": "wamid.E", "type": "edit", "edit": edit, **sender}


def test_an_edited_text_takes_the_place_of_one_that_waits(meta: MetaPosts) -> None:
    meta.text("wamid.1", "5000", **{"from": WIRE_PHONE})
    meta.post(messages=[edited("wamid.1", "500", **{"from": WIRE_PHONE})])
    state, content, _ = waiting(meta, "wamid.1")
    assert (state, content) == ("waiting", '{"text":"500"}')


def test_a_pin_is_taken_out_of_an_edited_text_too(meta: MetaPosts) -> None:
    meta.text("wamid.1", "pay", **{"from": WIRE_PHONE})
    meta.post(messages=[edited("wamid.1", "my PIN is 2748", **{"from": WIRE_PHONE})])
    _, content, had_pin = waiting(meta, "wamid.1")
    assert had_pin
    assert "2748" not in content


def test_nobody_edits_what_another_wrote(meta: MetaPosts) -> None:
    meta.text("wamid.1", "5000", **{"from": WIRE_PHONE})
    meta.post(messages=[edited("wamid.1", "1", **{"from": "250788000399"})])
    assert waiting(meta, "wamid.1")[1] == '{"text":"5000"}'


@pytest.mark.parametrize(("state", "ends"), [("waiting", "done"), ("failed", "failed")])
def test_what_was_taken_back_is_not_answered_any_more(
    meta: MetaPosts, state: str, ends: str
) -> None:
    meta.text("wamid.1", "5000", **{"from": WIRE_PHONE})
    meta.tenant.admin.execute("UPDATE inbound_message SET state = %s", (state,))
    revoke = {"original_message_id": "wamid.1"}
    meta.post(messages=[{"id": "wamid.R", "from": WIRE_PHONE, "type": "revoke", "revoke": revoke}])
    assert waiting(meta, "wamid.1")[0] == ends


@pytest.mark.parametrize(
    "message",
    [
        {"type": "reaction", "reaction": {"message_id": "wamid.X", "emoji": "👍"}},
        {"type": "text", "text": {"body": "hi"}, "group_id": "G.1"},
    ],
    ids=["a reaction", "a group"],
)
def test_what_nobody_answers_is_not_stored(meta: MetaPosts, message: dict[str, object]) -> None:
    meta.post(messages=[{"id": "wamid.1", "from": WIRE_PHONE, **message}])
    assert meta.tenant.number("SELECT count(*) FROM inbound_message") == 0


# --- wishes, templates, the account ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("wire", "channel", "address"),
    [({"wa_id": WIRE_PHONE}, USSD, PHONE), ({"user_id": ID}, WHATSAPP, ADDRESS)],
)
def test_a_wish_holds_for_this_number_of_ours(
    meta: MetaPosts, wire: dict[str, str], channel: str, address: str
) -> None:
    lookup = KEYS.lookup(channel, address)
    for wish, is_out in (("stop", True), ("resume", False)):
        preference = wire | {"category": "marketing_messages", "value": wish}
        meta.post(field="user_preferences", user_preferences=[preference])
        with meta.tenant.tx() as tx:
            assert optouts.is_opted_out(tx, lookup, sender=NUMBER) is is_out
            assert not optouts.is_opted_out(tx, lookup, sender="ANOTHER")


def template(meta: MetaPosts, event: str, at: int) -> None:
    meta.post(
        field="message_template_status_update",
        at=at,
        event=event,
        message_template_name="receipt",
        message_template_language="en",
    )


def test_the_newest_state_of_a_template_holds(
    meta: MetaPosts, caplog: pytest.LogCaptureFixture
) -> None:
    def state() -> str:
        with meta.tenant.tx() as tx:
            return templates.states(tx, "meta")["receipt", "en"]

    template(meta, "APPROVED", 1_796_000_000)
    template(meta, "PAUSED", 1_796_000_100)
    assert state() == "paused"
    template(meta, "APPROVED", 1_796_000_050)  # one that came late
    assert state() == "paused"
    with caplog.at_level(logging.ERROR):
        template(meta, "DISABLED", 1_796_000_200)
        template(meta, "DISABLED", 1_796_000_200)
    assert state() == "disabled"
    alarms = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(alarms) == 1


def test_what_is_said_of_the_account_is_an_alarm(
    meta: MetaPosts, caplog: pytest.LogCaptureFixture
) -> None:
    meta.callbacks.store(AccountNotice("meta", "9001", "security", "pin_reset"), meta.service)
    assert "ALARM meta says of the account 9001: security pin_reset" in caplog.text


# --- reports that bring our own id back ---------------------------------------------------------


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_a_report_finds_its_message_by_our_own_id(meta: MetaPosts, state: str) -> None:
    """It overtook the answer to our request, or that answer was lost."""
    meta.text("wamid.1", **{"from": WIRE_PHONE})
    tenant, id = meta.tenant, uuid.UUID(int=uuid.uuid4().int)
    (conversation,) = tenant.one("SELECT id FROM conversation")
    tenant.admin.execute(
        "INSERT INTO message (tenant_id, id, conversation_id, service_id, template, params,"
        " content_sealed, state, sending_at) VALUES (%s, %s, %s, %s, 'reply', '{}', '', %s, now())",
        (tenant.tenant_id, id, conversation, meta.service.id, state),
    )
    status = {"id": "wamid.OURS", "recipient_id": WIRE_PHONE, "biz_opaque_callback_data": str(id)}
    meta.post(statuses=[status | {"status": "read"}])
    meta.post(statuses=[status | {"status": "sent"}])
    assert tenant.one("SELECT state FROM message WHERE id = %s", id) == ("delivered",)
    assert tenant.one("SELECT message_id FROM message_receipt") == (id,)


def test_nobody_settles_a_message_that_has_not_left(meta: MetaPosts) -> None:
    meta.post(
        statuses=[
            {
                "id": "wamid.OURS",
                "status": "delivered",
                "recipient_id": WIRE_PHONE,
                "biz_opaque_callback_data": str(uuid.uuid4()),
            }
        ]
    )
    assert meta.tenant.number("SELECT count(*) FROM message_receipt") == 0
