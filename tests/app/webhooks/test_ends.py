"""The gateway's word that a session is over: a line for the operator, without what was typed."""

import re

import pytest

from tests.support.population import PIN
from tests.support.tenants import PROVIDER
from tests.support.waiting import until
from tests.support.web import CODE, KEYS, Phone, Web, form


def event(phone: Phone, **changed: str) -> bytes:
    return form(
        **{
            "date": "2026-11-20 12:05:41",
            "sessionId": phone.session_id,
            "serviceCode": CODE,
            "networkCode": "63510",
            "phoneNumber": phone.number,
            "status": "Incomplete",
            "cost": "RWF 12.5000",
            "durationInMillis": "181000",
            "hopsCount": "6",
            "input": f"1*1*500*1*{PIN}",
            "lastAppResponse": "CON Enter your PIN",
        }
        | changed
    )


def line_of(web: Web, phone: Phone) -> str:
    """What the log says of the phone's session, behind its name."""
    session = KEYS.session(PROVIDER, CODE, phone.session_id)
    head = f"session ended: service={CODE} session={session} "
    lines = until(lambda: [line for line in web.said().splitlines() if head in line])
    assert len(lines) == 1
    return str(lines[0]).partition(head)[2]


def test_an_end_is_a_line_of_what_the_session_took_and_cost(web: Web) -> None:
    phone = Phone(web)
    phone.to_pin(500)
    said_before = len(web.said())
    answer = web.post(event(phone), web.hook("ussd-end"))
    assert (answer.status, answer.body) == (200, b"")
    assert line_of(web, phone) == (
        "status=incomplete hops=6 duration_ms=181000 cost=12.5000 currency=RWF network=63510"
    )
    said = web.said()[said_before:]
    for never in (PIN, phone.number, phone.number[4:], phone.session_id, "Enter"):
        assert never not in said


ODD = {
    "nothing but the names": (
        {"cost": "", "durationInMillis": "", "hopsCount": "", "networkCode": "", "status": ""},
        "status=unknown hops=- duration_ms=- cost=- currency=- network=-",
    ),
    "a cost without its currency": (
        {"cost": "0.9", "status": "Success"},
        "status=success hops=6 duration_ms=181000 cost=0.9 currency=- network=63510",
    ),
    "a line break": (
        {"networkCode": "63510\nERROR x", "hopsCount": "six"},
        "status=incomplete hops=- duration_ms=181000 cost=12.5000 currency=RWF network=-",
    ),
    "a number without its country": (
        {"phoneNumber": "0790000001"},
        "status=incomplete hops=6 duration_ms=181000 cost=12.5000 currency=RWF network=63510",
    ),
}


@pytest.mark.parametrize("what", ODD)
def test_what_the_gateway_does_not_say_is_a_dash(web: Web, what: str) -> None:
    changed, told = ODD[what]
    phone = Phone(web)
    phone.dial()
    assert web.post(event(phone, **changed), web.hook("ussd-end")).status == 200
    assert line_of(web, phone) == told


def test_an_answer_that_the_gateway_could_not_use_is_told_as_well(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    body = event(phone, status="Failed", lastAppResponse="Traceback")
    assert web.post(body, web.hook("ussd-end")).status == 200
    assert line_of(web, phone).startswith("status=failed ")
    assert f"ALARM gateway refused our screen: service={CODE} began=other chars=9" in web.said()
    # The server's process keeps it as a row.
    query = "SELECT kind, subject, count FROM alarm WHERE state = 'open'"
    raised = until(lambda: web.admin.execute(query).fetchall())
    assert raised == [("screen_refused", CODE, 1)]


def test_what_a_session_cost_is_a_row_however_often_it_is_told(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    for _ in range(3):
        assert web.post(event(phone), web.hook("ussd-end")).status == 200
    session = KEYS.session(PROVIDER, CODE, phone.session_id)
    rows = web.admin.execute(
        "SELECT kind, amount_micro, currency, network FROM gateway_cost WHERE reference = %s",
        (session,),
    ).fetchall()
    assert rows == [("session", 12_500_000, "RWF", "63510")]
    free = Phone(web)
    free.dial()
    assert web.post(event(free, cost=""), web.hook("ussd-end")).status == 200
    session = KEYS.session(PROVIDER, CODE, free.session_id)
    count = web.admin.execute(
        "SELECT count(*) FROM gateway_cost WHERE reference = %s", (session,)
    ).fetchone()
    assert count == (0,)


def test_every_line_of_the_log_has_its_time(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    web.post(event(phone), web.hook("ussd-end"))
    line_of(web, phone)
    lines = web.said().splitlines()
    assert lines
    assert [
        line
        for line in lines
        if not re.match(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ [a-z_.]+ ", line)
    ] == []
