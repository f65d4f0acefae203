"""services.yaml: where a tenant is reached, and the menu tree that hangs there."""

import uuid
from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, TypeAdapter, ValidationInfo

from core.db.database import Tx
from core.manifest import tenant
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry, reading_of, wrong
from core.manifest.ids import id_of
from core.manifest.section import Reading, Section, Tree
from core.manifest.source import Fields, Items, Source, open_file, place_in
from core.manifest.tenant import to_json
from core.manifest.values import Flag, Text, matching, one_of, whole

SERVICES_MAXIMUM: Final = 50
BUDGET_SEPTETS: Final = (60, 182)
HOPS_A_SECOND: Final = (1, 100_000)
OPEN_SESSIONS: Final = (10, 10_000_000)
SESSION_MINUTES: Final = (1, 1440)  # of a conversation by SMS or WhatsApp, after each message
MESSAGES_A_SECOND: Final = (1, 10_000)  # that a service sends
CHANNELS: Final = ("ussd", "sms", "whatsapp")
# How the check of trees names places.
MAIN_MENU: Final = "main menu"
WAY_SEPARATOR: Final = "/"
# Of what is no conversation: a wallet, where its provider calls back.
PAYMENTS: Final = "payments"

_USSD_CODE = matching(r"\*[0-9]{1,4}(\*[0-9]{1,6}){0,4}#", 'a USSD code such as "*384*10#"')
_OTHER_CODE = matching(r"\+?[0-9]{3,15}|[A-Za-z][A-Za-z0-9 ]{1,10}", "a number or a sender id")

_NUMBER_ID = matching(r"[0-9]{5,25}", "the id that the provider gives the number, in digits")


def _code(value: str, info: ValidationInfo) -> str:
    kind = _USSD_CODE if info.data.get("channel") == "ussd" else _OTHER_CODE
    return str(kind.func(value))  # type: ignore[call-arg]


class SecondProvider(Entry):
    """Who takes over what provably never left: with which of the installation's accounts there, and
    from which number or sender id."""

    provider: Annotated[Text, one_of(lambda reading: reading.rules.providers)]
    account: Text | None = None
    code: Annotated[Text, _OTHER_CODE] | None = None


class TemplateEntry(Entry):
    """A wording of a kind of message that the provider has approved, by its name there; `values`
    are those of the message that fill its places, in their order."""

    message: Annotated[Text, matching(r"[a-z][a-z0-9_]*", "a kind of message")]
    language: Annotated[str, one_of(lambda reading: reading.languages)]
    name: Annotated[Text, matching(r"[A-Za-z0-9_]{1,512}", "the template's name or id")]
    category: Annotated[Text, one_of(("utility", "authentication", "marketing"))]
    values: list[Annotated[Text, matching(r"[a-z][a-z0-9_]*", "a value of the message")]] = Field(
        default_factory=list
    )
    # What the provider says of it meanwhile; staff write it down.
    state: Annotated[Text, one_of(("approved", "pending", "paused", "disabled", "rejected"))] = (
        "approved"
    )


class ServiceSettings(Entry):
    """How the pages of a service are laid out, whether its phones are shared, and how many hops and
    sessions the service and one number may have."""

    budget_septets: Annotated[int, whole(*BUDGET_SEPTETS)] | None = None
    ucs2: Flag | None = None
    shared_phones: Flag | None = None
    # `engine/limits.py` has what holds where none is named.
    hops_a_second: Annotated[int, whole(*HOPS_A_SECOND)] | None = None
    number_hops_a_second: Annotated[int, whole(*HOPS_A_SECOND)] | None = None
    open_sessions: Annotated[int, whole(*OPEN_SESSIONS)] | None = None
    number_open_sessions: Annotated[int, whole(*OPEN_SESSIONS)] | None = None
    session_minutes: Annotated[int, whole(*SESSION_MINUTES)] | None = None
    # Which of the installation's accounts at the provider; its first one where none is named.
    account: Text | None = None
    second: SecondProvider | None = None
    # On a channel that closes a day after somebody's last message.
    templates: list[TemplateEntry] | None = None
    sms_instead: Flag | None = None
    messages_a_second: Annotated[int, whole(*MESSAGES_A_SECOND)] | None = None
    # Of a code for texts that businesses share: what people write before all else.
    keyword: Annotated[Text, matching(r"[A-Za-z0-9]{1,20}", "a keyword")] | None = None
    # The provider's own id of the number, where its callbacks and requests name that one.
    number_id: Annotated[Text, _NUMBER_ID] | None = None


def _menu(name: str, info: ValidationInfo) -> str:
    """Read the file's tree, once however many services share it."""
    reading = reading_of(info)
    if name not in reading.trees:
        if not (reading.folder / name).exists():
            raise wrong(f"there is no file {name}")
        reading.trees[name] = _read_tree(reading, name)
    return name


def _read_tree(reading: Reading, name: str) -> Tree:
    source = open_file(reading.folder, name, reading.faults)
    tree = source.data() if source else None
    if not isinstance(tree, dict):
        if source:
            source.place.fault("a menu tree is needed here")
        return {}
    roles = tuple(role.name for role in reading.roles)
    for way, text in reading.rules.check_tree(tree, reading.languages, roles):
        line = _line_in_tree(source, way) if source and way else 0
        reading.faults.add(name, line, f"{way}: {text}" if way else text)
    return tree


def _line_in_tree(source: Source, way: str) -> int:
    """The line of a place as the check of trees names it, such as "account/pin text in fr"."""
    path, _, rest = way.removeprefix(MAIN_MENU).partition(" ")
    content: object = source.content
    steps: list[str | int] = []
    for id in path.split(WAY_SEPARATOR) if path else ():
        items = content.get("menu") if isinstance(content, Fields) else None
        for number, item in enumerate(items if isinstance(items, Items) else ()):
            if isinstance(item, Fields) and item.get("id") == id:
                steps += ["menu", number]
                content = item
                break
        else:
            break
    if isinstance(content, Fields):
        words = rest.replace(",", " ").split()
        steps += words[:1] if words and words[0] in content.lines else ()
        steps += words[2:3] if steps and len(words) > 2 and words[1] == "in" else ()
    return place_in(source.content, source.place, *steps).line


class ServiceEntry(Entry):
    """A service: an address of the tenant on a channel."""

    provider: Annotated[Text, one_of(lambda reading: reading.rules.providers)]
    channel: Annotated[Text, one_of(CHANNELS)]
    code: Annotated[Text, AfterValidator(_code)]
    menu: Annotated[
        Text,
        matching(r"menu[a-z0-9_-]*[.]yaml", "a file such as menu.yaml"),
        AfterValidator(_menu),
    ]
    settings: ServiceSettings | None = None

    @property
    def id(self) -> uuid.UUID:
        return id_of(self.reading.tenant_id, "service", self.provider, self.channel, self.code)

    @property
    def address(self) -> tuple[str, str, str]:
        return self.provider, self.channel, self.code

    @property
    def addresses(self) -> list[tuple[str, str, str]]:
        """What leads here: the code, and the provider's id of it, where there is one."""
        number_id = self.settings.number_id if self.settings else None
        return [self.address, *([(self.provider, self.channel, number_id)] if number_id else [])]

    @property
    def tree(self) -> Tree:
        return self.reading.trees[self.menu]

    def kept_settings(self) -> dict[str, Any]:
        """The settings as they are stored: what was said, else what the provider carries."""
        said = self.settings.model_dump(exclude_none=True) if self.settings else {}
        return {**self.reading.rules.settings_at(self.provider), **said}


def _adapter(_reading: Reading) -> TypeAdapter[list[ServiceEntry]]:
    return TypeAdapter(list[ServiceEntry])


def _check(reading: Reading) -> None:
    seen: set[uuid.UUID] = set()
    ids: set[tuple[str, str, str]] = set()
    services = reading.of(SERVICES) or []
    if len(services) > SERVICES_MAXIMUM:
        services[SERVICES_MAXIMUM].place().fault(f"at most {SERVICES_MAXIMUM} services")
    for service in services:
        if service.id in seen:
            service.place().fault("this service stands here twice")
        seen.add(service.id)
        if service.channel == "ussd" and len(service.addresses) > 1:
            service.place().fault("settings.number_id: a USSD code has none")
        if not ids.isdisjoint(service.addresses):
            service.place().fault("settings.number_id: another service here has it")
        ids.update(service.addresses[1:])


def _changes(site: Site) -> Iterator[Change]:
    tx = site.tx
    known = {
        id: (settings, tree)
        for id, settings, tree in tx.all(
            "SELECT id, settings, tree FROM service WHERE tenant_id = current_tenant()"
        )
    }
    open_now = {
        (provider, channel, code)
        for provider, channel, code in tx.all(
            "SELECT provider, channel, code FROM service_address"
            " WHERE tenant_id = current_tenant() AND channel <> %s",
            (PAYMENTS,),
        )
    }
    services = site.manifest.of(SERVICES)
    # A code may be taken over from within the tenant: what closes goes first.
    wanted = {address for service in services for address in service.addresses}
    for address in sorted(open_now - wanted):
        yield Change(
            *("closed", "addresses", address[2], partial(_close, address), Stage.CONFIGURATION)
        )
    for service in services:
        _refuse_anothers_code(site, service)
        found = known.get(service.id)
        if found is None:
            yield Change(
                *("added", "services", service.code, partial(_add, service), Stage.CONFIGURATION)
            )
        elif found != (service.kept_settings(), service.tree):
            if found[1] != service.tree and not site.may_renumber:
                for way, text in site.rules.check_change(found[1], service.tree):
                    said = f"{way}: {text} (people know keys by heart)"
                    site.manifest.faults.add(service.menu, 0, said)
            yield Change(
                *("changed", "services", service.code),
                *(partial(_change, service), Stage.CONFIGURATION),
            )
        for address in service.addresses:
            if address not in open_now:
                yield Change(
                    *("opened", "addresses", address[2]),
                    *(partial(_open, service, address), Stage.CONFIGURATION),
                )
    yield from _sender_changes(site)


def _refuse_anothers_code(site: Site, service: ServiceEntry) -> None:
    """The tenant that has a code owns what is dialled behind it."""
    own = {address[2] for address in service.addresses}
    for code, slug in [
        row
        for address in service.addresses
        for row in site.tx.all(
            "SELECT code, slug FROM codes_in_the_way(%s, %s, %s, %s)", (site.manifest.id, *address)
        )
    ]:
        if code in own:
            said = f"code: {code} belongs to the tenant {slug}"
        elif len(code) < len(service.code):
            said = f"code: it lies behind {code}, which belongs to the tenant {slug}"
        else:
            said = f"code: behind it lies {code}, which belongs to the tenant {slug}"
        service.place().fault(said)


def _sender_changes(site: Site) -> Iterator[Change]:
    """A sender id is claimed once, at every provider by which the tenant's texts go out."""
    said = str(site.manifest.settings.get("sms_sender", ""))
    wanted = {(one.provider, said.lower()) for one in site.manifest.of(SERVICES) if said}
    held = set(
        site.tx.all(
            "SELECT provider, sender_id FROM sender_claim WHERE tenant_id = current_tenant()"
        )
    )
    for claim in sorted(held - wanted):
        write = partial(_release, claim)
        yield Change("removed", "sender ids", claim[1].upper(), write, Stage.CONFIGURATION)
    for claim in sorted(wanted - held):
        owner = site.tx.one("SELECT sender_owner(%s, %s)", claim)
        if owner is not None and owner[0] is not None:
            where = f"settings.sms_sender: {said} belongs to the tenant {owner[0]}"
            site.manifest.faults.add(tenant.FILE, 0, where)
        yield Change("added", "sender ids", said, partial(_claim, claim), Stage.CONFIGURATION)


def _release(claim: tuple[str, str], tx: Tx) -> None:
    tx.execute(
        "DELETE FROM sender_claim WHERE tenant_id = current_tenant()"
        " AND (provider, sender_id) = (%s, %s)",
        claim,
    )


def _claim(claim: tuple[str, str], tx: Tx) -> None:
    tx.execute(
        "INSERT INTO sender_claim (tenant_id, provider, sender_id)"
        " VALUES (current_tenant(), %s, %s)",
        claim,
    )


def _close(address: tuple[str, str, str], tx: Tx) -> None:
    tx.execute(
        "DELETE FROM service_address WHERE tenant_id = current_tenant()"
        " AND (provider, channel, code) = (%s, %s, %s)",
        address,
    )


def _add(service: ServiceEntry, tx: Tx) -> None:
    tx.execute(
        "INSERT INTO service (tenant_id, id, provider, channel, code, settings, tree)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s)",
        (service.id, *service.address, to_json(service.kept_settings()), to_json(service.tree)),
    )


def _change(service: ServiceEntry, tx: Tx) -> None:
    tx.execute(
        "UPDATE service SET settings = %s, tree = %s WHERE tenant_id = current_tenant()"
        " AND id = %s",
        (to_json(service.kept_settings()), to_json(service.tree), service.id),
    )


def _open(service: ServiceEntry, address: tuple[str, str, str], tx: Tx) -> None:
    tx.execute(
        "INSERT INTO service_address (provider, channel, code, tenant_id, service_id)"
        " VALUES (%s, %s, %s, current_tenant(), %s)",
        (*address, service.id),
    )


SERVICES: Section[list[ServiceEntry]] = Section(
    name="services",
    file="services.yaml",
    adapter=_adapter,
    empty=list,
    check=_check,
    changes=_changes,
)
