"""A tenant's second provider: it takes over what provably never left, and nothing else."""

import pytest

from providers.africastalking.fake import Mode
from providers.contracts.messages import Account
from providers.simulator.process import Fakes
from tests.support.workers import MessagingTenant, received
from tests.workers.sending.test_in_the_way import on_service
from tests.workers.sending.test_send import make_due, send
from workers.jobs.context import Context
from workers.sending.accounts import Installed

AT = "africastalking"
NOBODY = "http://127.0.0.1:9"


def with_a_second(tenant: MessagingTenant, first_url: str, second_url: str) -> Context:
    """Two accounts, of which the service names the second one as such."""
    on_service(
        tenant,
        '{"account": "one", "second": {"provider": "africastalking", "account": "two",'
        ' "code": "IMPUYE2"}}',
    )
    tenant.fakes_url = ""
    return tenant.context(
        accounts=[
            Installed(name, AT, Account(username, "key", base_url=url))
            for name, username, url in (("one", "first", first_url), ("two", "second", second_url))
        ]
    )


def test_it_takes_over_what_never_left(tenant: MessagingTenant, fakes: Fakes) -> None:
    """At once, for the first text, and for those behind it while the first one is left alone."""
    context = with_a_second(tenant, NOBODY, fakes.url + "/at")
    texts = [tenant.text(f"+25078800000{number}") for number in range(3)]
    for message in texts:
        send(tenant, message)
    assert [tenant.state(message) for message in texts] == ["accepted"] * 3
    assert {text.username for text in fakes.texts.find(lambda _: True)} == {"second"}
    assert {text.sender for text in fakes.texts.find(lambda _: True)} == {"IMPUYE2"}
    # Below 0: the pause is over, on a slow machine. 0: there was none.
    assert context.breaker.wait_s(f"{AT}:one texts") != 0
    assert context.breaker.wait_s(f"{AT}:two texts") == 0


@pytest.mark.parametrize(
    ("mode", "state", "taken"),
    [
        (Mode("drop_before"), "unknown", 0),
        (Mode("drop_after"), "unknown", 1),
        (Mode("http", status=502, takes=True), "unknown", 1),
        (Mode("xml"), "unknown", 1),
        (Mode("code", status=403), "failed", 0),
    ],
    ids=lambda value: value.mode if isinstance(value, Mode) else None,
)
def test_it_never_takes_over_what_may_have_left(
    tenant: MessagingTenant, fakes: Fakes, mode: Mode, state: str, taken: int
) -> None:
    with_a_second(tenant, fakes.url + "/at", fakes.url + "/at")
    fakes.rest.script([mode])
    message = tenant.text()
    for _ in range(3):
        make_due(tenant)
        send(tenant, message)
    assert tenant.state(message) == state
    assert fakes.rest.requests == 1
    assert len(received(fakes)) == taken


def test_without_a_credential_for_the_first_the_second_has_it(
    tenant: MessagingTenant, fakes: Fakes
) -> None:
    with_a_second(tenant, NOBODY, fakes.url + "/at")
    on_service(tenant, '{"account": "nobodys"}')
    message = tenant.text()
    send(tenant, message)
    assert tenant.state(message) == "accepted"


def test_where_neither_is_reached_the_text_waits(tenant: MessagingTenant) -> None:
    with_a_second(tenant, NOBODY, NOBODY)
    first, behind = tenant.text(), tenant.text("+250788000002")
    send(tenant, first)
    send(tenant, behind)
    assert tenant.row(first) == ("waiting", 1)
    assert tenant.row(behind) == ("waiting", 0)
    assert tenant.states() == {"queued": 2}
