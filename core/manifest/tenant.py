"""tenant.yaml: who the business is."""

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Final
from zoneinfo import available_timezones

import orjson
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    TypeAdapter,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from core.db.database import Tx
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry, reading_of, wrong
from core.manifest.section import Reading
from core.manifest.values import (
    Flag,
    OptionalAmount,
    Text,
    local_text,
    matching,
    one_of,
    read_phone,
    whole,
)
from values.phone import calling_code_of

FILE = "tenant.yaml"
# Kept with the tenant's settings, but not one of them.
HASH = "applied_hash"
# Fewer would hold a tenant's people for their own slips, more would hold nobody who is guessed at.
WRONG_PINS_A_MINUTE: Final = (30, 3_000)
# Of these nobody is held: staff are alarmed.
WRONG_PINS_A_DAY: Final = (10, 30_000)
WRONG_PINS_A_WEEK: Final = (10, 100_000)
# For how long a number is new that staff gave, or whose SIM changed; networks and rules ask for 72.
NEW_SIM_H: Final = (0, 720)
# For more people than any tenant has, one officer is always enough; for none, two always decide.
BROADCAST_ALONE: Final = (0, 10_000_000)
# More segments in a day than any tenant sends.
BUDGET_TEXTS_A_DAY: Final = (1, 10_000_000)
WALLETS_MAXIMUM: Final = 9
KEEP_DAYS_MAXIMUM: Final = 3_650
SHORT_NUMBER_DIGITS_MAXIMUM: Final = 6
# A network's menu down to its last question, where the merchant's code and the amount stand.
_DIAL: Final = r"\*[0-9*]{1,12}\*CODE\*([0-9]\*)?AMOUNT(\*[0-9])?#"
FIRST_USES: Final = ("code", "birth_year", "none")


@cache
def _currencies() -> frozenset[str]:
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


def _currency(value: str, info: ValidationInfo) -> str:
    if value not in _currencies():
        raise wrong("no such currency")
    reading_of(info).currency = value  # the settings' amounts are read by it
    return value


def _country(value: str) -> str:
    if not calling_code_of(value):
        raise wrong("no such country")
    return value


def _calling_code(value: str, info: ValidationInfo) -> str:
    country = info.data.get("country", "")
    if country and value != calling_code_of(country):
        raise wrong(f"the calling code of {country} is {calling_code_of(country)}")
    return value


def _time_zone(value: str) -> str:
    if value not in available_timezones():
        raise wrong("a time zone such as Africa/Kigali is needed here")
    return value


def _languages(value: list[str]) -> list[str]:
    if len(set(value)) != len(value):
        raise wrong("one stands here twice")
    return value


def _names(value: Any, info: ValidationInfo) -> dict[str, str]:
    """By language; with the languages that are known so far (they may be wrong themselves)."""
    return local_text(value, info.data.get("languages") or reading_of(info).languages)


def _self_registered(reading: Reading) -> list[str]:
    return [role.name for role in reading.roles if role.self_registered]


_TIME = matching("([01][0-9]|2[0-3]):[0-5][0-9]", 'a time such as "20:30", in quotes')


class QuietHours(Entry):
    """When nothing goes out that goes to many at once, by the clock of who gets it."""

    starts: Annotated[Text, _TIME]
    ends: Annotated[Text, _TIME]


class Spending(Entry):
    """What a tenant wants to spend on messages in a day, of what is charged in a currency."""

    currency: Annotated[Text, one_of(lambda _: sorted(_currencies()))]
    amount: Annotated[Text, matching(r"[0-9]{1,9}([.][0-9]{1,6})?", 'an amount such as "5000"')]

    @field_validator("amount")
    @classmethod
    def _above_nothing(cls, value: str) -> str:
        if not float(value):
            raise wrong("more than 0 is needed here")
        return value


class WalletEntry(Entry):
    """A wallet of the tenant's at a provider of mobile money: its code there, how its people call
    the provider, and which of the installation's accounts it is reached by. With `merchant_code`
    and `dial`, people may also pay into it by the network's own menu."""

    provider: Annotated[Text, one_of(lambda reading: reading.rules.providers)]
    code: Annotated[Text, matching(r"[A-Za-z0-9][A-Za-z0-9 ._-]{1,29}", "the wallet's code")]
    name: Annotated[Text, matching(r"[A-Za-z0-9][A-Za-z0-9 .-]{1,15}", "what people call it")]
    account: Text | None = None
    merchant_code: Annotated[Text, matching("[0-9]{3,10}", "a merchant's code of digits")] = ""
    dial: Annotated[Text, matching(_DIAL, 'what is dialled, such as "*182*8*1*CODE*AMOUNT#"')] = ""


def _keep_days(value: dict[str, int], info: ValidationInfo) -> dict[str, int]:
    """Each kind is one that is kept for a while, and for no longer than the house keeps it."""
    keeps = reading_of(info).rules.keeps
    for kind, days in value.items():
        if kind not in keeps:
            raise wrong(f"{kind} is none of {', '.join(sorted(keeps))}")
        least, most = keeps[kind]
        if not least <= days <= most:
            raise wrong(f"{kind}: {least} to {most} days are possible here")
    return value


class Settings(Entry):
    """What a tenant may say of itself."""

    help_phone: Annotated[Text, matching(r"\+?[0-9]{3,15}", "a phone number")] = ""
    sms_sender: Annotated[
        Text, matching("[A-Za-z0-9 ]{3,11}|[0-9]{3,8}", "a sender id of 3 to 11 letters")
    ] = ""
    # Whether letters that a text message cannot carry may be replaced, where that saves a segment.
    sms_transliterate: Flag = True
    # In a demo: another tenant's account at the fakes, as one installation's tenants share one.
    demo_account: Annotated[Text, matching("[a-z][a-z0-9-]{0,31}", "the slug of a demo tenant")] = (
        ""
    )
    # What somebody is who registers on their own phone: never an agent.
    new_roles: list[Annotated[str, one_of(_self_registered)]] = Field(default_factory=list)
    wrong_pins_a_minute: Annotated[int, whole(*WRONG_PINS_A_MINUTE)] | None = None
    wrong_pins_a_day: Annotated[int, whole(*WRONG_PINS_A_DAY)] | None = None
    wrong_pins_a_week: Annotated[int, whole(*WRONG_PINS_A_WEEK)] | None = None
    first_use: Annotated[str, one_of(FIRST_USES)] = ""
    new_sim_h: Annotated[int, whole(*NEW_SIM_H)] | None = None
    quiet_hours: QuietHours | None = None
    spending_a_day: list[Spending] = Field(default_factory=list)
    # The same in segments of texts and messages of chats, where a provider names no price.
    budget_texts_a_day: Annotated[int, whole(*BUDGET_TEXTS_A_DAY)] | None = None
    # What may be paid in all on the first day of a PIN that officers let somebody choose.
    new_pin_limit: OptionalAmount = None
    # Where people can pay by mobile money, in the order in which they choose.
    wallets: list[WalletEntry] = Field(default_factory=list, max_length=WALLETS_MAXIMUM)
    # To how many people one officer may send a broadcast alone.
    broadcast_alone: Annotated[int, whole(*BROADCAST_ALONE)] | None = None
    # Of what is kept for a while, for how many days: less than the house keeps it.
    keep_days: Annotated[
        dict[str, Annotated[int, whole(1, KEEP_DAYS_MAXIMUM)]], AfterValidator(_keep_days)
    ] = Field(default_factory=dict)


def _settings(value: Settings | None, info: ValidationInfo) -> Settings | None:
    """A help phone of few digits is a code of the network's; a whole number must exist. A limit
    lets something through."""
    if value and len(value.help_phone) > SHORT_NUMBER_DIGITS_MAXIMUM:
        try:
            read_phone(value.help_phone, info.data.get("country", ""))
        except PydanticCustomError as error:
            raise wrong(f"help_phone: {error.message()}") from None
    if value and len({wallet.code for wallet in value.wallets}) != len(value.wallets):
        raise wrong("wallets: a code stands here twice")
    if value and any(bool(one.merchant_code) != bool(one.dial) for one in value.wallets):
        raise wrong("wallets: merchant_code and dial go together")
    if value and value.new_pin_limit == 0:
        raise wrong("new_pin_limit: more than 0 is needed here")
    return value


class TenantEntry(Entry):
    """The whole file. Languages stand first, since names are read by them."""

    languages: Annotated[
        list[Annotated[str, one_of(lambda reading: reading.rules.languages)]],
        Field(min_length=1),
        AfterValidator(_languages),
    ]
    slug: Annotated[Text, matching(r"[a-z][a-z0-9-]{1,30}", "a slug such as my-business")]
    name: Annotated[dict[str, str], BeforeValidator(_names)]
    country: Annotated[
        Text, matching("[A-Z]{2}", "a country code such as RW"), AfterValidator(_country)
    ]
    calling_code: Annotated[
        Text,
        matching("[1-9][0-9]{0,3}", "a calling code such as 250"),
        AfterValidator(_calling_code),
    ]
    currency: Annotated[
        Text, matching("[A-Z]{3}", "a currency code such as RWF"), AfterValidator(_currency)
    ]
    time_zone: Annotated[Text, AfterValidator(_time_zone)]
    settings: Annotated[Settings | None, AfterValidator(_settings)] = None

    @property
    def shown_name(self) -> str:
        """The name in English, or else in the first language."""
        return self.name.get("en") or next(iter(self.name.values()), "")

    def kept_settings(self) -> dict[str, Any]:
        """The settings as they are stored: what was said, and the names by language."""
        said = (
            self.settings.model_dump(exclude_defaults=True, exclude_none=True)
            if self.settings
            else {}
        )
        said["new_pin_limit_minor"] = said.pop("new_pin_limit", None)
        kept = {name: value for name, value in said.items() if value or value == 0}
        return kept | {"names": self.name}


ADAPTER = TypeAdapter(TenantEntry)

_COLUMNS = "name, country, calling_code, currency, time_zone, languages, settings"


def changes(site: Site) -> Iterator[Change]:
    """The tenant's own row."""
    plan, tx = site.manifest, site.tx
    wanted = (
        *(plan.name, plan.country, plan.calling_code, plan.currency, plan.time_zone),
        list(plan.languages),
        plan.settings,
    )
    found = tx.one(f"SELECT {_COLUMNS} FROM tenant WHERE id = current_tenant()")
    if found is None:

        def add(tx: Tx) -> None:
            tx.execute(
                f"INSERT INTO tenant (id, slug, {_COLUMNS})"
                " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s)",
                (plan.slug, *wanted[:-1], to_json(plan.settings)),
            )

        yield Change("added", "tenants", plan.slug, add, Stage.CONFIGURATION)
        return
    *rest, settings = found
    if rest[3] != plan.currency:
        plan.faults.add(
            FILE, 0, f"currency: the tenant's books are kept in {rest[3]}, and that stays so"
        )
    if (*rest, {name: value for name, value in settings.items() if name != HASH}) == wanted:
        return

    def change(tx: Tx) -> None:
        kept = {HASH: settings[HASH]} if HASH in settings else {}
        tx.execute(
            "UPDATE tenant SET name = %s, country = %s, calling_code = %s, currency = %s,"
            " time_zone = %s, languages = %s, settings = %s WHERE id = current_tenant()",
            (*wanted[:-1], to_json(plan.settings | kept)),
        )

    yield Change("changed", "tenants", plan.slug, change, Stage.CONFIGURATION)


def to_json(value: Any) -> str:
    return orjson.dumps(value).decode()
