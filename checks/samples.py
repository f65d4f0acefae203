"""What the core answers while flows are explored: for each of its functions a sample as long as it
plausibly gets. Answers that differ are in scenarios.

A flow that asks the core for something new needs a sample of it here; the check says so.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from core.agents.approvals import Approval
from core.money.intents import Intent
from core.money.ledger import StatementLine
from core.people.people import Person
from core.savings.groups import Group
from core.tenants.directory import Service, Tenant
from core.tenants.tariffs import Tariff
from menus.languages import LANGUAGES
from values.ids import uuid7

# A function of the core -> what it answers, given what it was asked with (without the transaction).
Answer = Callable[..., Any]
Answers = Mapping[Callable[..., Any], Answer]

OWN_NUMBER: Final = "+250788120647"
OTHER_NUMBER: Final = "+250788654321"
NO_NUMBER: Final = "+25071865432100000"  # as long as one is shown again
# Of 80 letters, as many as are taken.
LONG_NAME: Final = (
    "Andriantsimitoviaminandriandrazaka Rakotomalalarivonjatovo Marie-Chantal Bernada"
)
HELP_PHONE: Final = "+250788000100"
# What is typed, by what comes of it.
RIGHT_PIN, WRONG_PIN, LOCKING_PIN = "2748", "9999", "8888"
NEW_PIN, OTHER_PIN = "730518", "692407"
CODE: Final = "904127"
FIRST_USE_CODE, LOCKING_CODE = "30916472", "99999999"

BIRTH_YEAR: Final = 1987
AT: Final = datetime(2026, 9, 30, 21, 59, tzinfo=UTC)  # two digits each
WALLETS: Final = [
    {
        **{"provider": "mtn_momo", "code": "A", "name": "Vodafone Cash GH"},
        **{"merchant_code": "0123456789", "dial": "*182*8*1*CODE*AMOUNT#"},
    },
    {"provider": "mtn_momo", "code": "B", "name": "MTN MoMo"},
]
ENTRY: Final = uuid7(int(AT.timestamp() * 1000))
ID: Final = uuid.UUID(int=5)
FILE_ID: Final = uuid.UUID(int=6)
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
    "from": AGENT_SHOWN,
    "to": AGENT_SHOWN,
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


def nothing(*_: Any, **__: Any) -> None:
    return None


def an_id(*_: Any, **__: Any) -> uuid.UUID:
    return ID


def service(
    tree: dict[str, Any],
    *,
    currency: str = CURRENCY,
    charges: bool = True,
    languages: tuple[str, ...] = LANGUAGES,
    channel: str = "ussd",
) -> Service:
    """A service with this tree, of a tenant with fees and limits, and in every language."""
    bands = [{"up_to_minor": None, "fee_minor": FEE_MINOR}] if charges else []
    names = ("maximum", "day_maximum", "approval_above_day")
    limits = dict.fromkeys((f"{name}_minor" for name in names), MOST_MINOR)
    tariffs = [
        Tariff(operation, kind, body, AT, None)
        for operation in (
            *("contribute", "topup", "float_sale", "float_return"),
            *("float_purchase", "cash_out"),
        )
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
        languages=languages,
        settings={"help_phone": HELP_PHONE, "wallets": WALLETS},
        paused=False,
        paused_flows=frozenset(),
        paused_notice={},
        tariffs=tuple(tariffs),
        version=1,
    )
    return Service(ID, tenant, "africastalking", channel, "*384*10#", {}, tree, 1)
