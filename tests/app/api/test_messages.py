"""Messages, broadcasts, sessions and events by the API, up to what leaves."""

import uuid
from contextlib import closing

import pytest

from core.approvals import requests
from core.approvals.requests import Officer
from core.broadcasts.sending import SEND
from core.db.database import Database
from core.events import subscriptions
from tests.app.api.conftest import Programs, said
from tests.support.phone import phone_of
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from workers.queue.drain import drain

WORDS = {"rw": "Muraho {name}!", "en": "Hello {name}, it is {tenant}."}
NOBODY = {"number": "+250788999999"}
MUST = {"en": "The meeting is tomorrow."}


def sealed_words(tenant: UssdTenant, id: str) -> str:
    sealed = tenant.one("SELECT content_sealed FROM message WHERE id = %s", id)[0]
    return KEYS.open(bytes(sealed), uuid.UUID(id).bytes)


def test_words_to_a_person_in_their_language_and_what_became_of_them(
    program: Programs, tenant: UssdTenant, uwera: uuid.UUID
) -> None:
    tenant.speak("en")
    shop = program()
    body = {"to": {"person_id": str(uwera)}, "words": WORDS}
    sent = said(shop.post("/messages", body, "one"))
    assert said(shop.post("/messages", body, "one")) == sent
    assert sealed_words(tenant, sent["id"]) == '{"text":"Hello Uwera C., it is Ibimina."}'
    status = said(shop.get(f"/messages/{sent['id']}"))
    assert (status["state"], status["template"], status["left_at"]) == ("queued", "program", None)
    tenant.admin.execute(
        "UPDATE message SET state = 'failed', reason = 'invalid_number', ended_at = now()"
    )
    status = said(shop.get(f"/messages/{sent['id']}"))
    assert (status["state"], status["reason"]) == ("failed", "invalid_number")
    assert status["ended_at"] is not None
    assert tenant.count("message", "template = 'program'") == 1


def test_words_to_a_number_that_is_nobodys(program: Programs, tenant: UssdTenant) -> None:
    shop = program()
    body = {"to": NOBODY, "words": MUST, "priority": "bulk"}
    id = said(shop.post("/messages", body, "one"))["id"]
    assert tenant.one("SELECT priority FROM outbox WHERE subject_id = %s", id) == (3,)
    again = said(shop.post("/messages", body | {"priority": "prompt"}, "two"))["id"]
    assert again != id
    assert tenant.one("SELECT count(DISTINCT conversation_id) FROM message") == (1,)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"words": MUST}, 422, "invalid"),
        (
            {"number": "+250788999999", "person_id": str(uuid.uuid4()), "words": MUST},
            422,
            "invalid",
        ),
        ({"to": {"person_id": str(uuid.uuid4())}, "words": MUST}, 404, "not_found"),
        ({"to": {"number": "0788999999"}, "words": MUST}, 422, "invalid"),
        ({"to": NOBODY, "words": {"rw": "Muraho"}}, 409, "refused"),
        ({"to": NOBODY, "words": WORDS}, 409, "refused"),  # nobody's name
        ({"to": NOBODY, "words": {"en": "x" * 1_001}}, 409, "refused"),
        ({"to": NOBODY, "words": {"en": "{pin}"}}, 409, "refused"),
        ({"to": NOBODY, "words": MUST, "priority": "code"}, 422, "invalid"),
        ({"to": NOBODY, "words": MUST, "sender": "BANK"}, 422, "invalid"),
    ],
)
def test_a_message_that_is_not_taken(
    program: Programs, tenant: UssdTenant, body: object, status: int, code: str
) -> None:
    answer = program().post("/messages", body, "one")
    assert (answer.status_code, said(answer)["code"]) == (status, code)
    assert tenant.count("message") == 0


def test_a_broadcast_to_many_waits_for_a_second_person(
    program: Programs, tenant: UssdTenant
) -> None:
    shop = program()
    body = {"where": ["language=rw,en"], "words": MUST, "reason": "the yearly meeting"}
    few = said(shop.post("/broadcasts", body, "one"))
    assert (few["state"], few["request_id"], few["created_by"]) == ("running", None, "api shop")
    same = shop.post("/broadcasts", body, "two")
    assert (same.status_code, said(same)["code"]) == (409, "refused")
    tenant.admin.execute("UPDATE tenant SET settings = settings || '{\"broadcast_alone\": 0}'")
    many = said(shop.post("/broadcasts", body | {"where": []}, "three"))
    assert many["state"] == "draft"
    request_id = uuid.UUID(many["request_id"])
    with tenant.tx() as tx:
        requests.approve(tx, KEYS, {SEND.name: SEND}, request_id, by=Officer("ann", "test"))
    status = said(shop.get(f"/broadcasts/{many['id']}"))
    assert (status["state"], status["outcomes"]) == ("running", {"waiting": many["people"]})
    listed = said(shop.get("/broadcasts?limit=1"))
    assert [one["id"] for one in listed["items"]] == [many["id"]]
    last = said(shop.get(f"/broadcasts?cursor={listed['next_cursor']}"))
    assert [one["id"] for one in last["items"]] == [few["id"]]
    wrong = shop.post("/broadcasts", body | {"where": ["colour=red"]}, "four")
    assert said(wrong)["detail"].startswith("colour=red: no such filter.")


def test_sessions_and_events_are_read_and_say_nothing_that_was_typed(
    program: Programs, tenant: UssdTenant, uwera: uuid.UUID
) -> None:
    with tenant.tx() as tx:
        subscriptions.subscribe(
            *(tx, KEYS, "https://example.com/hook", ["payment.posted"]), actor="operator test"
        )
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial("*384*10*1*1*500#")
    phone.type("1")
    phone.type("2748")
    with closing(Database(tenant.urls.relay_url)) as relay:
        drain(relay, tenant.redis)
    shop = program()
    [session] = said(shop.get(f"/people/{uwera}/sessions"))["items"]
    turns = said(shop.get(f"/sessions/{session['session']}"))["items"]
    assert len(turns) == session["turns"] == 3
    assert {one["person_id"] for one in turns} == {str(uwera)}
    assert not {"screen", "text", "input"} & set(turns[0])
    [event] = said(shop.get("/events?type=payment.posted"))["items"]
    assert event["data"]["kind"] == "contribution"
    assert event["data"]["number"] is None
    assert said(shop.get("/events?type=session.ended"))["items"] == []
