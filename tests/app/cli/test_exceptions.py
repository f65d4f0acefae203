"""`piga tenant device`, `expected` and `exceptions`: from a phone that forwards to two officers."""

import re

import pytest

from core.db.database import Database
from core.payments import crediting, devices, text_inbox
from core.payments.text_inbox import Forwarded
from core.tenants.directory import all_services
from tests.support.cli import KEYS, Piga, demo
from tests.support.texts import PURPOSES
from values import clock

__all__ = ["demo"]

TENANT = ("--tenant", "ibimina")
MEMBER = "+250788000101"
TEXT = (
    "You have received {amount} RWF from Divine UWASE (*********{shown}) on your mobile money"
    " account at 2026-11-29 10:00:{second}. Message from sender: {note}. Your new balance:90000"
    " RWF. Financial Transaction Id: 88{second}."
)


@pytest.fixture
def forward(demo: Piga) -> object:
    """Forward a text of the device `till`, and work it."""

    def run(**said: object) -> None:
        database = Database(demo.database_url)
        tenant_id = next(
            one.tenant.id for one in all_services(database) if one.tenant.slug == "ibimina"
        )
        with database.transaction(tenant_id) as tx:
            till = devices.by_name(tx, "till")
            tx.execute(
                "UPDATE text_device SET balance_minor = NULL WHERE tenant_id = current_tenant()"
            )
            text_inbox.store(
                tx, KEYS, till, [Forwarded("M-Money", TEXT.format(**said), clock.now())]
            )
        with database.transaction(tenant_id) as tx:
            crediting.work_next(tx, KEYS, PURPOSES, tenant_id, till.id)
        database.close()

    return run


def test_a_device_from_its_beginning_to_its_end(demo: Piga) -> None:
    made = demo(
        *("tenant", "device", "add", "old", *TENANT, "--wallet", "MTN", "--network", "mtn-rw"),
        *("--polled", "--for", "contribution:KOP1"),
    )
    found = re.fullmatch(
        r"Address: (http\S+/ingest/sms\?device=[\w-]{43})\nSecret, shown once: (whsec_\S+)\n",
        made.stdout,
    )
    assert found, made.output
    listed = demo("tenant", "device", "list", *TENANT).stdout
    assert "old  on  MTN  mtn-rw  heard never  polled\n" in listed
    assert found[2] not in listed
    rotated = demo("tenant", "device", "rotate", "old", *TENANT).stdout
    assert rotated.startswith("Secret, shown once: whsec_")
    blocked = demo("tenant", "device", "block", "old", *TENANT, "--reason", "lost")
    assert blocked.stdout == "It is refused.\n"
    assert "old  blocked" in demo("tenant", "device", "list", *TENANT).stdout
    assert demo("tenant", "device", "unread", *TENANT).stdout == "All texts are read.\n"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("add", "a", "--wallet", "W", "--network", "nobody"), "nobody: there are "),
        (
            ("add", "a", "--wallet", "W", "--network", "mtn-rw", "--for", "contribution:NONE"),
            "There is no contribution:NONE.",
        ),
        (
            ("add", "a", "--wallet", "W", "--network", "mtn-rw", "--for", "x:KOP1"),
            "Nobody pays for x; there are: contribution.",
        ),
        (("rotate", "nobody"), "There is no such device."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(demo: Piga, args: tuple[str, ...], told: str) -> None:
    assert told in demo("tenant", "device", *args, *TENANT).stderr


def test_a_treasurers_exception_is_decided_by_two(demo: Piga, forward: object) -> None:
    assert callable(forward)
    demo("tenant", "device", "add", "till", *TENANT, "--wallet", "MTN", "--network", "mtn-rw")
    forward(amount=4_000, shown="999", second="11", note="")
    line = demo("exceptions", "list", *TENANT).stdout
    found = re.match(r"(\S{36})  open +4,000 RWF  MTN  no_owner  in suspense  0 h  -\n", line)
    assert found, line
    id = found[1]
    assert "Divine UWASE" in demo("exceptions", "show", id, *TENANT).stdout
    by, reason = ("--by", "j.mugabo"), ("--reason", "she phoned")
    assert demo("exceptions", "claim", id, *TENANT, *by).stdout == "It is yours.\n"
    part = f"{MEMBER}:contribution:KOP1"
    wrong = demo("exceptions", "allocate", id, *TENANT, "--part", f"{part}:5", *by, *reason)
    assert "The parts add up to 5 RWF, and it is 4,000 RWF." in wrong.stderr
    asked = demo("exceptions", "allocate", id, *TENANT, "--part", part, *by, *reason)
    request = re.fullmatch(r"It waits for a second officer: (\S{36})\.\n", asked.stdout)
    assert request, asked.output
    shown = demo("approvals", "list", *TENANT).stdout
    assert "allocate 4,000 RWF of MTN, no_owner" in shown
    done = demo("approvals", "approve", request[1], *TENANT, "--by", "m.uwera", "--yes")
    assert done.stdout.splitlines()[-3] == "Approved."
    assert demo("exceptions", "list", *TENANT).stdout == "Nothing waits.\n"
    assert "allocated" in demo("exceptions", "list", *TENANT, "--settled").stdout
    token = demo("expected", "token", MEMBER, *TENANT, "--for", "contribution:KOP1").stdout.strip()
    forward(amount=2_500, shown="998", second="12", note=f"june {token}")
    assert demo("exceptions", "list", *TENANT).stdout == "Nothing waits.\n"


def test_what_is_expected_is_written_down(demo: Piga) -> None:
    said = ("expected", "add", MEMBER, "2500", *TENANT, "--for", "contribution:KOP1")
    assert demo(*said).stdout == "It is expected for 24 hours.\n"
    for amount, told in (("0", "above nothing"), ("1.5", "no amount in RWF"), ("x", "no amount")):
        wrong = (*said[:3], amount, *said[4:])
        assert told in demo(*wrong).stderr
