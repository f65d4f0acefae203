"""What the core answers while flows are walked: for each of its functions a specimen as long as it
plausibly gets. Worlds in which the answers are others are in `worlds`.

A flow that asks the core for something new needs a specimen of it here; the check says so.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from core.agents import agents, topups
from core.agents.agents import Agent
from core.agents.errors import WrongCode
from core.agents.topups import Approval
from core.messaging import messages
from core.money import intents, ledger
from core.money.intents import Intent, Opened
from core.money.ledger import Balance, Posted, StatementLine
from core.people import call_backs, people
from core.people.people import Person
from core.savings import groups
from core.savings.groups import Contributed, Group
from core.tenants.directory import Service, Tariff, Tenant
from menus.texts import LANGUAGES
from values.ids import uuid7

# A function of the core -> what it answers, given what it was asked with (without the transaction).
Answer = Callable[..., Any]
Answers = Mapping[Callable[..., Any], Answer]

OWN_NUMBER: Final = "+250788120647"
OTHER_NUMBER: Final = "+250788654321"
HELP_PHONE: Final = "+250788000100"
# What is typed, by what comes of it.
RIGHT_PIN, WRONG_PIN, LOCKING_PIN = "2748", "9999", "8888"
NEW_PIN, OTHER_PIN = "730518", "692407"
CODE: Final = "904127"

BIRTH_YEAR: Final = 1987
AT: Final = datetime(2026, 9, 30, 21, 59, tzinfo=UTC)  # two digits, and the longest months
ENTRY: Final = uuid7(int(AT.timestamp() * 1000))
ID: Final = uuid.UUID(int=5)
CURRENCY: Final = "RWF"
AMOUNT_MINOR: Final = 300_000
FEE_MINOR: Final = 3_000
MOST_MINOR: Final = 10_000_000  # that may be paid at once
MUCH_MINOR: Final = 1_000_000_000

CALLER: Final = Person(
    ID, "Nyiransengiyumva Marie-Chantal", "en", ("member", "agent"), frozen=False, has_pin=True
)
CUSTOMER: Final = replace(CALLER, id=uuid.UUID(int=6), name="Niyonsabamahoro Bernadette")
AGENT_SHOWN: Final = f"{CALLER.shown_name} A10234"
GROUP_NAMES: Final = (
    *("Abishyizehamwe Nyamirambo", "Kopera Twisungane", "Duterimbere", "Icyerekezo Cyiza"),
    *("Ubumwe n'Amahoro", "Terimbere Mugore", "Abahuje Ibitekerezo", "Twiteze Imbere"),
    *("Dukundane", "Inkingi z'Umuryango", "Tuzamurane", "Abadahigwa ba Kigali"),
)
QUOTE: Final = {
    "name": GROUP_NAMES[0],
    "code": "KOP10234",
    "customer": CUSTOMER.shown_name,
    "agent": AGENT_SHOWN,
    "service": str(ID),
}
INTENT: Final = Intent(
    *(ID, CALLER.id, "contribute", ID, AMOUNT_MINOR, FEE_MINOR, CURRENCY, QUOTE),
    *("done", ENTRY, "0" * 32),
)
APPROVAL: Final = Approval(
    *(ID, ID, ID, CALLER.id, CUSTOMER.id, AMOUNT_MINOR, FEE_MINOR, CURRENCY),
    *("pending", 1, QUOTE),
)


def at_number(_keys: Any, address: str) -> list[Person]:
    return [CALLER if address == OWN_NUMBER else CUSTOMER]


def groups_of(_id: uuid.UUID) -> list[Group]:
    return [
        Group(uuid.UUID(int=number), number, f"KOP{number}", name, ID, MUCH_MINOR, CURRENCY, False)
        for number, name in enumerate(GROUP_NAMES, start=1)
    ]


def lines_of(*_: Any) -> list[StatementLine]:
    return [
        StatementLine(ENTRY, kind, amount_minor, CURRENCY, {**QUOTE, "fee_minor": FEE_MINOR})
        for kind, amount_minor in (
            ("topup", AMOUNT_MINOR),
            ("topup", -AMOUNT_MINOR),
            ("contribution", -AMOUNT_MINOR),
            ("opening", MUCH_MINOR),
            ("another", AMOUNT_MINOR),
        )
    ]


class _Much(dict[uuid.UUID, int]):
    """The new balance of whatever account is asked for."""

    def __missing__(self, account: uuid.UUID) -> int:
        return MUCH_MINOR


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _id(*_: Any, **__: Any) -> uuid.UUID:
    return ID


ANSWERS: Final[Answers] = MappingProxyType(
    {
        agents.count_lookup: _nothing,
        agents.get: lambda _id: Agent(ID, ID, "agent", "A10234", False),
        call_backs.ask: _nothing,
        groups.contribute: lambda **_: Contributed(ENTRY, MUCH_MINOR),
        groups.of_member: groups_of,
        intents.claim: lambda *_, **__: (INTENT, True),
        intents.count_usage: _nothing,
        intents.open_intent: lambda **_: Opened(ID, None),
        intents.void: _nothing,
        ledger.balance: lambda id: Balance(id, "wallet", CURRENCY, MUCH_MINOR, AMOUNT_MINOR),
        ledger.receipts: lambda *_: lines_of()[:3],
        ledger.statement: lines_of,
        messages.write_text: _id,
        people.birth_year: lambda _id: BIRTH_YEAR,
        people.forget_proposed_pin: _nothing,
        people.mark_chosen: _nothing,
        people.get: lambda _keys, _id: CALLER,
        people.identify: at_number,
        people.lock_address: _nothing,
        people.pin_was_right: _nothing,
        people.propose_pin: _nothing,
        people.pin_hash_of: lambda _id: RIGHT_PIN,
        people.proposed_pin: lambda _session: NEW_PIN,
        people.register: lambda *_, **__: CALLER,
        people.set_language: _nothing,
        people.set_first_pin: _nothing,
        people.set_pin: _nothing,
        topups.approve: lambda **_: (INTENT, Posted(ENTRY, True, _Much())),
        topups.hold: _id,
        topups.refuse: lambda *_: True,
        topups.sell: lambda **_: Posted(ENTRY, True, _Much()),
        topups.try_code: lambda *_, code, **__: code == CODE,
        topups.unapproved_today_minor: lambda *_: 0,
        people.is_frozen: lambda _id: False,
        groups.is_frozen: lambda _id: False,
        topups.was_approved_alike: lambda _approval: False,
        topups.get: lambda _approval: APPROVAL,
        topups.first_waiting_for: lambda _id: APPROVAL,
        topups.approval_of: lambda _intent: APPROVAL.id,
        topups.waiting_of: lambda _id: [APPROVAL] * 9,
        topups.why_not: lambda _id: WrongCode(tries=2),
        topups.withdraw: _nothing,
    }
)


def service(tree: dict[str, Any], *, currency: str = CURRENCY, charges: bool = True) -> Service:
    """A service with this tree, of a tenant with fees and limits and in every language."""
    bands = [{"up_to_minor": None, "fee_minor": FEE_MINOR}] if charges else []
    names = ("maximum", "day_maximum", "approval_above_day")
    limits = dict.fromkeys((f"{name}_minor" for name in names), MOST_MINOR)
    tariffs = [
        Tariff(operation, kind, body, AT, None)
        for operation in ("contribute", "topup")
        for kind, body in (("fee", {"bands": bands}), ("limit", limits))
    ]
    tenant = Tenant(
        id=ID,
        slug="koperative",
        name="Koperative Impuye Kigali",
        country="RW",
        calling_code="250",
        currency=currency,
        zone=ZoneInfo("Africa/Kigali"),
        languages=LANGUAGES,
        settings={"help_phone": HELP_PHONE},
        paused=False,
        paused_flows=frozenset(),
        paused_notice={},
        tariffs=tuple(tariffs),
        version=1,
    )
    return Service(ID, tenant, "africastalking", "ussd", "*384*10#", {}, tree, 1)
