"""Africa's Talking's REST fake over real HTTP: taking texts, faults, reports, restarts."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
import requests

from providers.africastalking.fake import Mode, Rule
from providers.africastalking.send import SmsSender
from providers.africastalking.sms import parse_opt_out, parse_sms_in, parse_sms_report
from providers.contracts.messages import Account, DeliveryStatus, OutcomeUnknown, Refused, Sms
from providers.simulator.hooks import Hook
from providers.simulator.inbox import Text, Texts
from providers.simulator.process import TEXTS_FILE, Fakes
from tests.support.providers import Us

E = "+250788000105"
GOOD = {"username": "impuye", "to": E, "message": "Paid.", "from": "IMPUYE", "bulkSMSMode": "1"}
KEY = {"apiKey": "k3y", "Accept": "application/json"}


def post(fakes: Fakes, form: dict[str, str] = GOOD, **headers: str) -> requests.Response:
    return requests.post(
        f"{fakes.url}/at/version1/messaging", data=form, headers=KEY | headers, timeout=5
    )


def taken(fakes: Fakes) -> list[Text]:
    return fakes.texts.find(lambda _: True)


def test_a_text_is_taken(fakes: Fakes) -> None:
    answer = post(fakes)
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/json")
    data = answer.json()["SMSMessageData"]
    assert data["Message"] == "Sent to 1/1 Total Cost: RWF 12.0000"
    (entry,) = data["Recipients"]
    assert entry.pop("messageId") == taken(fakes)[0].id
    assert entry == {"statusCode": 101, "number": E, "cost": "RWF 12.0000", "status": "Success"}


def test_several_numbers_at_once(fakes: Fakes) -> None:
    answer = post(fakes, GOOD | {"to": f"{E},0788,+250788000106"}).json()["SMSMessageData"]
    assert answer["Message"] == "Sent to 2/3 Total Cost: RWF 24.0000"
    assert [e["statusCode"] for e in answer["Recipients"]] == [101, 403, 101]
    assert [e["messageId"] == "None" for e in answer["Recipients"]] == [False, True, False]
    assert [text.to for text in taken(fakes)] == [E, "+250788000106"]


@pytest.mark.parametrize(
    ("form", "key", "status", "said"),
    [
        (GOOD, "wrong", 401, "The supplied authentication is invalid"),
        (GOOD, "", 401, "The supplied authentication is invalid"),
        (GOOD | {"username": "umoja"}, "k3y", 401, "The supplied authentication is invalid"),
        ({k: v for k, v in GOOD.items() if k != "to"}, "k3y", 400, "form field 'to'"),
        (GOOD | {"message": ""}, "k3y", 400, "form field 'message'"),
    ],
)
def test_refused(fakes: Fakes, form: dict[str, str], key: str, status: int, said: str) -> None:
    answer = post(fakes, form, apiKey=key)
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "text/plain; charset=UTF-8",
    )
    assert said in answer.text
    assert taken(fakes) == []


@pytest.mark.parametrize(
    ("form", "message"),
    [(GOOD | {"from": "NOBODY"}, "InvalidSenderId"), (GOOD | {"to": "0788"}, "InvalidPhoneNumber")],
)
def test_refused_as_a_whole_with_201(fakes: Fakes, form: dict[str, str], message: str) -> None:
    fakes.rest.senders = frozenset(["IMPUYE"])
    answer = post(fakes, form)
    assert answer.status_code == 201
    assert answer.json() == {"SMSMessageData": {"Message": message, "Recipients": []}}


def test_balance_and_unknown_pages(fakes: Fakes) -> None:
    url = f"{fakes.url}/at/version1/user?username=impuye"
    answer = requests.get(url, headers=KEY, timeout=5)
    assert answer.json() == {"UserData": {"balance": "RWF 100000.0000"}}
    assert requests.get(url, timeout=5).status_code == 401
    assert requests.get(f"{fakes.url}/at/version1/voice", timeout=5).status_code == 404
    assert requests.get(f"{fakes.url}/at/version1/messaging", timeout=5).status_code == 404


def outcome(fakes: Fakes, number: str = E) -> str:
    """What our own sender makes of it, over the wire."""
    sender = SmsSender(Account("impuye", "k3y", f"{fakes.url}/at", read_timeout_s=1.0))
    try:
        return f"Sent {sender.send(Sms(number, 'Paid.', 'IMPUYE')).message_id is not None}"
    except (Refused, OutcomeUnknown) as error:
        return f"{type(error).__name__} {error.code}"


@pytest.mark.parametrize(
    ("mode", "expected", "kept"),
    [
        ({"mode": "delay", "delay_s": 0.05}, "Sent True", 1),
        ({"mode": "unauthorized"}, "Refused unauthorized", 0),
        ({"mode": "http", "status": 500}, "OutcomeUnknown http_500", 0),
        ({"mode": "http", "status": 502, "takes": True}, "OutcomeUnknown http_502", 1),
        ({"mode": "http", "status": 429}, "Refused throttled", 0),
        ({"mode": "empty"}, "Refused invalid_sender", 0),
        ({"mode": "empty", "body": "InsufficientBalance"}, "Refused insufficient_balance", 0),
        ({"mode": "charset"}, "Sent True", 1),
        ({"mode": "xml"}, "OutcomeUnknown unreadable_answer", 1),
        ({"mode": "no_id"}, "Sent False", 1),
        ({"mode": "code", "status": 405}, "Refused insufficient_balance", 0),
        ({"mode": "code", "status": 502}, "Refused gateway_error", 0),
        ({"mode": "drop_before"}, "OutcomeUnknown connection_dropped", 0),
        ({"mode": "drop_after"}, "OutcomeUnknown connection_dropped", 1),
    ],
    ids=lambda value: value["mode"] if isinstance(value, dict) else "",
)
def test_modes(fakes: Fakes, mode: dict[str, Any], expected: str, kept: int) -> None:
    fakes.rest.script([Mode.read(mode)])
    assert outcome(fakes) == expected
    assert len(taken(fakes)) == kept
    assert outcome(fakes) == "Sent True"


def test_modes_come_one_after_the_other(fakes: Fakes) -> None:
    fakes.rest.script([Mode("unauthorized", times=2), Mode("empty"), Mode("charset", times=None)])
    assert [outcome(fakes) for _ in range(5)] == [
        *["Refused unauthorized"] * 2,
        "Refused invalid_sender",
        *["Sent True"] * 2,
    ]
    fakes.rest.clear()
    assert post(fakes).headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"mode": "explode"},
        {"mode": "delay", "delay_s": 61},
        {"mode": "delay", "delay_s": "1"},
        {"mode": "http", "status": "500"},
        {"mode": "empty", "body": 1},
        {"mode": "empty", "times": "always"},
        {"mode": "empty", "colour": "red"},
    ],
    ids=str,
)
def test_impossible_modes(wanted: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^modes: "):
        Mode.read(wanted)


def test_rules_for_numbers(fakes: Fakes) -> None:
    fakes.rest.rules[E] = Rule(code=406)
    assert outcome(fakes) == "Refused blacklisted"
    assert outcome(fakes, "+250788000405") == "Sent True"
    fakes.rest.by_ending = True
    assert outcome(fakes, "+250788000405") == "Refused insufficient_balance"
    assert outcome(fakes, "+250788000502") == "Refused gateway_error"
    assert outcome(fakes, "+250788000123") == "Sent True"


# --- delivery reports -------------------------------------------------------------------------


def reports(us: Us) -> list[tuple[DeliveryStatus, str]]:
    read = [parse_sms_report(taken.body) for taken in us.of("sms-report")]
    return [(report.status, report.failure) for report in read]


SENT, DELIVERED = (DeliveryStatus.SENT, ""), (DeliveryStatus.DELIVERED, "")


def test_a_delivered_text_is_reported_twice_on_its_way(us: Us, fakes: Fakes) -> None:
    post(fakes)
    assert fakes.later.settle()
    assert reports(us) == [SENT, DELIVERED]
    assert us.of("sms-report")[0].path.endswith("/s3cr3t-impuye")
    assert parse_sms_report(us.of("sms-report")[0].body).message_id == taken(fakes)[0].id
    assert taken(fakes)[0].status == "Success"


@pytest.mark.parametrize(
    ("dlr", "expected"),
    [
        ("off", []),
        ("twice", [SENT, SENT, DELIVERED, DELIVERED]),
        ("reorder", [DELIVERED, SENT]),
    ],
)
def test_reports_can_be_odd(us: Us, fakes: Fakes, dlr: str, expected: list[object]) -> None:
    fakes.callbacks.options = fakes.callbacks.options.changed({"dlr": dlr})
    post(fakes)
    assert fakes.later.settle()
    assert reports(us) == expected
    assert taken(fakes)[0].status == ("Success" if expected else "Sent")


def test_a_failed_delivery(us: Us, fakes: Fakes) -> None:
    fakes.rest.rules[E] = Rule(plan=["Submitted", "Rejected"], failure="UserInBlackList")
    post(fakes)
    assert fakes.later.settle()
    assert reports(us) == [SENT, (DeliveryStatus.FAILED, "UserInBlackList")]
    assert not taken(fakes)[0].arrives


def test_a_report_is_repeated_until_it_is_taken(us: Us, fakes: Fakes) -> None:
    from werkzeug.wrappers import Response

    answers = iter([503, 404, 302])
    us.respond = lambda request: (
        Response("no", status) if (status := next(answers, None)) is not None else None
    )
    post(fakes)
    assert fakes.later.settle()
    assert fakes.callbacks.counts.retried == 3
    assert fakes.callbacks.counts.taken == 2
    assert set(reports(us)) == {SENT, DELIVERED}


def test_reports_wait_until_the_hooks_can_be_read(us: Us) -> None:
    down = [True, True, True]

    def hooks() -> list[Hook]:
        if down:
            down.pop()
            raise ConnectionError("postgres://owner:s3cr3t@nowhere")
        return us.hooks()

    with Fakes("127.0.0.1", 0, hooks) as running:
        running.callbacks.options = running.callbacks.options.changed(
            {"dlr_delay_s": 0, "dlr_gap_s": 0, "retry_every_s": 0.01}
        )
        answer = requests.post(
            f"{running.url}/phone/dial", json={"from": E, "dial": "*384*10#"}, timeout=5
        )
        assert (answer.status_code, answer.json()) == (503, {"error": "not now"})
        post(running)
        assert running.later.settle()
        assert sorted(reports(us)) == sorted([SENT, DELIVERED])


def test_a_report_for_nobody(us: Us, fakes: Fakes) -> None:
    hooks = [hook for hook in us.hooks() if hook["kind"] != "sms-report"]
    us.hooks = lambda: hooks  # type: ignore[method-assign]
    with Fakes("127.0.0.1", 0, lambda: hooks, accounts={"impuye": "k3y"}) as other:
        other.callbacks.options = other.callbacks.options.changed({"dlr_delay_s": 0})
        post(other)
        assert other.later.settle()
        assert other.callbacks.counts.no_hook == 2


# --- texts from handsets ----------------------------------------------------------------------


def test_a_text_from_a_handset_comes_until_it_is_taken(us: Us, fakes: Fakes) -> None:
    from werkzeug.wrappers import Response

    answers = iter([500, 201, 200])
    us.respond = lambda request: Response("", next(answers))
    event_id = fakes.callbacks.text_in(E, "7227", "PAY KOP1 500 & more")
    assert fakes.later.settle()
    read = [parse_sms_in(taken.body) for taken in us.of("sms-in")]
    assert [(r.event_id, r.text, r.address, r.to) for r in read] == [
        (event_id, "PAY KOP1 500 & more", E, "7227")
    ] * 3


def test_an_opt_out(us: Us, fakes: Fakes) -> None:
    fakes.callbacks.opt_out("IMPUYE", E)
    assert fakes.later.settle()
    assert [parse_opt_out(t.body).sender for t in us.of("sms-optout")] == ["IMPUYE"]


# --- what is kept -----------------------------------------------------------------------------


def test_the_same_text_twice_is_listed(fakes: Fakes) -> None:
    for form in (GOOD, GOOD | {"message": "Other."}, GOOD | {"to": "+250788000106"}):
        post(fakes, form)
    assert fakes.texts.twice() == []
    fakes.rest.script([Mode("unauthorized")])
    post(fakes)
    assert fakes.texts.twice() == []
    post(fakes)
    (twice,) = fakes.texts.twice()
    assert (twice["to"], twice["text"], len(twice["ids"])) == (E, "Paid.", 2)


def test_a_restart_keeps_texts_and_goes_on_reporting(us: Us, tmp_path: Path) -> None:
    state = tmp_path / "state"
    slow = {"dlr_delay_s": 0.0, "dlr_gap_s": 60.0}
    with Fakes("127.0.0.1", 0, us.hooks, state) as first:
        first.callbacks.options = first.callbacks.options.changed(slow)
        post(first)
        assert first.later.settle(within_s=1)
        assert reports(us) == [SENT]
    with Fakes("127.0.0.1", 0, us.hooks, state) as second:
        assert [(t.to, t.text, t.reported) for t in taken(second)] == [(E, "Paid.", ["Submitted"])]
        assert second.later.settle()
        assert reports(us) == [SENT, DELIVERED]
        post(second)
        assert len(second.texts.twice()) == 1
    with Fakes("127.0.0.1", 0, us.hooks, state) as third:
        assert next(t.status for t in taken(third)) == "Success"
        assert len({t.id for t in taken(third)}) == 2


def some_text(nth: int) -> Text:
    return Text(f"ATXid_{nth}", "2026-11-20T08:00:00+00:00", "u", "S", E, f"n° {nth}\n", 101)


def test_a_line_torn_by_a_kill_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / TEXTS_FILE
    texts = Texts(path)
    texts.add(some_text(1))
    texts.report("ATXid_1", "Success", final=True)
    texts.close()
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"id":"ATXid_2","at":"20')
    texts = Texts(path)
    assert [t.status for t in texts.find(lambda _: True)] == ["Success"]
    texts.add(some_text(3))
    texts.close()
    assert [json.loads(line)["id"] for line in path.read_bytes().splitlines()] == [
        *("ATXid_1", "ATXid_1", "ATXid_3"),
    ]
    again = Texts(path)
    assert [t.text for t in again.find(lambda _: True)] == ["n° 1\n", "n° 3\n"]
    again.close()
