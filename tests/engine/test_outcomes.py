"""What the turn log says of how a turn came out."""

from typing import Any

from core.analytics.turnlog import parse
from engine.turn.ussd import Reply
from menus import sentences
from menus.texts import say
from tests.support.phone import Phone, phone_of
from tests.support.ussd import UssdTenant
from tests.support.ussd_fixtures import Proxies

NOT_NOW = say(sentences.NOT_NOW, "en")


def logged(phone: Phone) -> list[tuple[int, str, str]]:
    """Number, place and outcome of each turn of the phone's session."""
    stream = f"turns:{{{phone.session_hash[:2]}}}"
    entries: Any = phone.tenant.redis.xrange(stream)
    turns = [parse(line[b"t"]) for _, line in entries]
    return [
        (turn.number, turn.place, turn.outcome)
        for turn in turns
        if turn.session == phone.session_hash
    ]


def outcomes(phone: Phone) -> list[str]:
    return [outcome for _, _, outcome in logged(phone)]


def test_shown_wrong_and_ended(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("1", "7", "1", "lots", "500", "x", "1", "12", "2748")
    assert outcomes(phone) == [
        *("shown", "shown", "wrong", "shown", "wrong", "shown", "wrong", "shown", "wrong"),
        "ended",
    ]


def test_what_the_business_refuses(tenant: UssdTenant) -> None:
    tenant.takes_no_mobile_money()
    phone = phone_of(tenant, "juma")
    phone.dial()
    phone.type("1", "1", "400", "1", "9999", "6402")
    assert phone.shows.startswith("Not enough money")
    assert outcomes(phone)[-2:] == ["refused", "refused"]
    agent = phone_of(tenant, "bizimana")
    agent.dial()
    agent.type("9", "1", "0788999999", "0788")
    assert outcomes(agent)[-2:] == ["refused", "wrong"]


def test_who_is_frozen_is_refused(tenant: UssdTenant) -> None:
    tenant.admin.execute(
        "UPDATE subscriber SET status = 'frozen' WHERE id = %s", [tenant.id_of("juma")]
    )
    phone = phone_of(tenant, "juma")
    phone.dial()
    assert outcomes(phone) == ["refused"]


def test_digits_are_as_good_as_the_last_of_them(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*1*7#")
    assert outcomes(phone) == ["wrong"]
    phone.dial("*384*10*1*1#")
    assert outcomes(phone) == ["shown"]
    # What was a slip when it was typed is none of the turn that finds the place again.
    phone = phone_of(tenant, "habimana")
    phone.dial()
    phone.type("1", "7")
    tenant.redis.delete(*tenant.redis.scan_iter("s:*"))
    phone.type("1")
    assert outcomes(phone) == ["shown", "shown", "wrong", "shown"]


def test_not_now_is_logged_as_failed(tenant_behind_proxies: UssdTenant, proxies: Proxies) -> None:
    tenant = tenant_behind_proxies
    tenant.faults_are_expected = True
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial()
    phone.type("1", "1", "500", "1")
    proxies.postgres.shut()
    assert phone.type("2748") == Reply(NOT_NOW, True)
    proxies.postgres.open()
    assert phone.post() == Reply(NOT_NOW, True)
    assert logged(phone)[-1] == (6, "contribute.pin", "failed")


def test_a_first_hop_that_failed_is_logged(
    tenant_behind_proxies: UssdTenant, proxies: Proxies
) -> None:
    tenant_behind_proxies.faults_are_expected = True
    phone = phone_of(tenant_behind_proxies, "uwera", posts_twice=False)
    tenant_behind_proxies.service()  # is known to a process before anybody dials
    proxies.postgres.shut()
    phone.dial()
    assert logged(phone) == [(1, "menu:", "failed")]


def test_a_commit_whose_answer_was_lost_is_unknown(
    tenant_behind_proxies: UssdTenant, proxies: Proxies
) -> None:
    phone = phone_of(tenant_behind_proxies, "uwera")
    phone.dial("*384*10*1*1*500#")
    phone.type("1")
    proxies.postgres.lose_answer_to(b"COMMIT")
    phone.type("2748")
    assert outcomes(phone)[-1] == "unknown"


def test_a_session_that_does_not_fit_leaves_no_line(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial()
    phone.text = "1*2*3"
    phone.post()
    phone.text = "9"
    phone.post()
    assert len(logged(phone)) == 2
