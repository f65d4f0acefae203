"""Tenants and their services, as every turn needs them: read once, kept, and read again when they
changed (a poll of one counter, so that a change is live everywhere within 5 s)."""

import logging
import threading
import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from core.db.database import Database, Tx
from core.db.errors import OutcomeUnknown, Unavailable
from core.db.host_clock import report_time
from core.tenants.errors import NoValidTariff
from core.tenants.tariffs import Tariff
from values import clock

POLL_EVERY_S = 2.0
VERSIONS_LOOKED_BACK = 100
# A dialled string has at most this many parts; more is not looked up.
CODE_PARTS_MAXIMUM = 12

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tenant:
    id: uuid.UUID
    slug: str
    name: str
    country: str
    calling_code: str
    currency: str
    zone: ZoneInfo
    languages: tuple[str, ...]
    settings: dict[str, Any]
    paused: bool
    paused_flows: frozenset[str]
    paused_notice: dict[str, str]
    tariffs: tuple[Tariff, ...]
    version: int

    def name_in(self, language: str) -> str:
        """What the tenant calls itself in a language."""
        return str(self.settings.get("names", {}).get(language) or self.name)

    @property
    def help_phone(self) -> str:
        """The number that its people call; "" where it names none."""
        return str(self.settings.get("help_phone", ""))

    def today(self) -> date:
        """The day by the tenant's clock: what daily limits are counted on."""
        return clock.now(self.zone).date()

    def tariff(self, operation: str, kind: str, level: str = "") -> dict[str, Any]:
        """The table in force now: that of the agent's level where there is one, else the one
        without a level. `{}` where the tenant never had one: then there is no fee, and the
        operation's own minimum and maximum.

        Raises NoValidTariff where there are such tables and none is in force: an end that was
        forgotten must not lift a limit.
        """
        found: dict[str, Any] | None = None
        had_one = False
        now = clock.now()
        for tariff in self.tariffs:  # newest first
            if (tariff.operation, tariff.kind) != (operation, kind):
                continue
            if tariff.level not in ("", level):
                continue
            had_one = True
            if not tariff.in_force(now):
                continue
            if tariff.level == level:
                return tariff.body
            if found is None:
                found = tariff.body
        if found is None and had_one:
            raise NoValidTariff
        return found or {}

    def fee_minor(self, operation: str, amount_minor: int, *, level: str = "") -> int:
        """The fee of the first band that reaches up to the amount: fixed plus basis points.

        Raises NoValidTariff.
        """
        for band in self.tariff(operation, "fee", level).get("bands", ()):
            if band.get("up_to_minor") is None or amount_minor <= band["up_to_minor"]:
                share = amount_minor * int(band.get("basis_points", 0)) // 10_000
                return int(band.get("fee_minor", 0)) + share
        return 0

    def limit_minor(self, operation: str, name: str, default: int, *, level: str = "") -> int:
        """A limit in minor units by its name in the table, such as `maximum`. What the table of
        the agent's level does not name, the one without a level says.

        Raises NoValidTariff.
        """
        column = f"{name}_minor"
        body = self.tariff(operation, "limit", level)
        if level and column not in body:
            body = self.tariff(operation, "limit")
        return int(body.get(column, default))


@dataclass(frozen=True, slots=True)
class Service:
    """An address of a tenant on a channel."""

    id: uuid.UUID
    tenant: Tenant
    provider: str
    channel: str
    code: str
    settings: dict[str, Any]
    tree: dict[str, Any]
    hook_generation: int
    # What others make of this service and want kept with it, such as its rendered menus.
    derived: dict[Any, Any] = field(default_factory=dict, compare=False)

    @property
    def wire_address(self) -> str:
        """This address as its provider names it: the id that it has there, where it has one."""
        return str(self.settings.get("number_id") or self.code)


def _tenant(raw: dict[str, Any], tariffs: tuple[Tariff, ...]) -> Tenant:
    return Tenant(
        id=uuid.UUID(raw["id"]),
        slug=raw["slug"],
        name=raw["name"],
        country=raw["country"],
        calling_code=raw["calling_code"],
        currency=raw["currency"],
        zone=ZoneInfo(raw["time_zone"]),
        languages=tuple(raw["languages"]),
        settings=raw["settings"],
        paused=raw["paused"],
        paused_flows=frozenset(raw["paused_flows"]),
        paused_notice=raw["paused_notice"],
        tariffs=tariffs,
        version=raw["version"],
    )


def _service(raw: dict[str, Any], tenant: Tenant) -> Service:
    return Service(
        id=uuid.UUID(raw["id"]),
        tenant=tenant,
        provider=raw["provider"],
        channel=raw["channel"],
        code=raw["code"],
        settings=raw["settings"],
        tree=raw["tree"],
        hook_generation=raw["hook_generation"],
    )


def tariffs(tx: Tx) -> tuple[Tariff, ...]:
    """All tariffs of the transaction's tenant, newest first."""
    rows = tx.all(
        "SELECT operation, kind, body, valid_from, valid_to FROM tariff"
        " WHERE tenant_id = current_tenant() ORDER BY valid_from DESC"
    )
    return tuple(Tariff(*row) for row in rows)


def all_services(database: Database) -> list[Service]:
    """Every service of every tenant: for the command line, not for turns."""
    with database.transaction(None) as tx:
        rows = tx.all("SELECT tenant, service FROM all_services()")
    found: dict[str, Tenant] = {}
    for raw, _ in rows:
        if raw["id"] not in found:
            with database.transaction(raw["id"]) as tx:
                found[raw["id"]] = _tenant(raw, tariffs(tx))
    return [_service(raw, found[tenant["id"]]) for tenant, raw in rows]


def services_of(tx: Tx) -> list[Service]:
    """The services of the transaction's tenant."""
    rows = tx.all(
        "SELECT tenant, service FROM all_services() WHERE (tenant->>'id')::uuid = current_tenant()"
    )
    if not rows:
        return []
    tenant = _tenant(rows[0][0], tariffs(tx))
    return [_service(raw, tenant) for _, raw in rows]


def ussd_code(tx: Tx) -> str | None:
    """The code that the transaction's tenant is dialled at: its shortest, where it has several."""
    row = tx.one(
        "SELECT code FROM service_address WHERE tenant_id = current_tenant() AND channel = 'ussd'"
        " ORDER BY length(code), code LIMIT 1"
    )
    return row[0] if row else None


def ussd_service(tx: Tx) -> tuple[str, dict[str, Any]] | None:
    """The code that `ussd_code` gives, and the menu tree behind it, as data."""
    row = tx.one(
        "SELECT a.code, s.tree FROM service_address a"
        " JOIN service s ON s.tenant_id = a.tenant_id AND s.id = a.service_id"
        " WHERE a.tenant_id = current_tenant() AND a.channel = 'ussd'"
        " ORDER BY length(a.code), a.code LIMIT 1"
    )
    return (row[0], row[1]) if row else None


def texting_service(tx: Tx) -> uuid.UUID | None:
    """The service of the transaction's tenant that texts go out from: its number for texts, else
    one that is dialled. None where it has neither."""
    row = tx.one(
        "SELECT service_id FROM service_address WHERE tenant_id = current_tenant()"
        " AND channel IN ('sms', 'ussd') ORDER BY channel <> 'sms', service_id LIMIT 1"
    )
    return row[0] if row else None


def code_candidates(dialled: str) -> list[str]:
    """The service codes that a dialled string may belong to, longest first.

    `*384*10*1*500#` may be for `*384*10*1*500#`, `*384*10*1#`, `*384*10#` or `*384#`: gateways
    differ in whether they leave the digits after the code in it.
    """
    parts = dialled.strip().rstrip("#").split("*")[: CODE_PARTS_MAXIMUM + 1]
    return ["*".join(parts[:count]) + "#" for count in range(len(parts), 1, -1)]


class Directory:
    """Finds a service by its address or id; asks Postgres once a service and after a change."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # By the whole string that was dialled: a service's own code, or one that is nobody's.
        self._by_dialled: dict[tuple[str, str, str], tuple[Service, str] | None] = {}
        # By code, with the codes of others that go on from it.
        self._by_code: dict[tuple[str, str, str], tuple[Service, frozenset[str]]] = {}
        self._by_id: dict[uuid.UUID, Service | None] = {}
        self._seen_version = 0
        self._polling = threading.Event()
        self._thread: threading.Thread | None = None

    # Unknown codes are remembered too, but not without end: anybody can dial nonsense.
    KEPT_MAXIMUM = 20_000

    def find(self, provider: str, channel: str, dialled: str) -> tuple[Service, str] | None:
        """The service, and the digits dialled after its code joined by `*` ("" when none)."""
        key = (provider, channel, dialled)
        kept = self._by_dialled
        try:
            return kept[key]
        except KeyError:
            pass
        # Only a code is dialled with digits behind it.
        candidates = code_candidates(dialled) if channel == "ussd" else [dialled]
        service = self._known(provider, channel, candidates)
        if service is None:
            service = self._look_up(provider, channel, candidates)
        if service is not None and service.code != dialled and channel == "ussd":
            # Not kept: amounts are dialled too, and there is no end of them.
            return service, dialled.strip().rstrip("#")[len(service.code.rstrip("#")) + 1 :]
        found = None if service is None else (service, "")
        if len(kept) >= self.KEPT_MAXIMUM:
            kept.clear()
        kept[key] = found
        return found

    def by_id(self, service_id: uuid.UUID) -> Service | None:
        try:
            return self._by_id[service_id]
        except KeyError:
            pass
        with self._database.transaction(None) as tx:
            row = tx.one(
                "SELECT tenant, service FROM find_services('', '', '{}', %s)", (service_id,)
            )
        service = self._keep(*row) if row else None
        if len(self._by_id) >= self.KEPT_MAXIMUM:
            self._by_id.clear()
        self._by_id[service_id] = service
        return service

    def _known(self, provider: str, channel: str, candidates: list[str]) -> Service | None:
        """The service of the longest candidate that is known, unless a longer one is another's."""
        for code in candidates:
            known = self._by_code.get((provider, channel, code))
            if known is not None:
                service, longer = known
                return service if longer.isdisjoint(candidates) else None
        return None

    def _look_up(self, provider: str, channel: str, candidates: list[str]) -> Service | None:
        kept = self._by_code
        with self._database.transaction(None) as tx:
            row = tx.one(
                "SELECT tenant, service, longer FROM find_services(%s, %s, %s, NULL) LIMIT 1",
                (provider, channel, candidates),
            )
        if row is None:
            return None
        tenant, raw, longer = row
        service = self._by_id.get(uuid.UUID(raw["id"])) or self._keep(tenant, raw)
        kept[provider, channel, service.code] = service, frozenset(longer)
        return service

    def _keep(self, tenant: dict[str, Any], service: dict[str, Any]) -> Service:
        with self._database.transaction(tenant["id"]) as tx:
            kept = _service(service, _tenant(tenant, tariffs(tx)))
        self._by_id[kept.id] = kept
        return kept

    def refresh(self) -> None:
        """Forget what changed since the last look. One cheap statement."""
        # A version is drawn before its change is committed, so a smaller one may come later.
        since = self._seen_version - VERSIONS_LOOKED_BACK
        with self._database.transaction(None) as tx:
            rows = tx.all("SELECT tenant_id, version FROM tenants_changed(%s)", (since,))
            report_time(tx)
        versions: dict[uuid.UUID, int] = dict(rows)
        stale = []
        for service_id, service in list(self._by_id.items()):
            if service is None:
                self._by_id.pop(service_id, None)  # there may be such a one by now
            elif versions.get(service.tenant.id, 0) > service.tenant.version:
                self._by_id.pop(service_id, None)
                stale.append(service_id)
        newest = max(versions.values(), default=0)
        if stale or newest > self._seen_version:
            # Addresses may have moved between services. New dictionaries, so that whoever is just
            # looking one up puts what it found into the old ones.
            self._by_dialled = {}
            self._by_code = {}
        self._seen_version = max(newest, self._seen_version)

    def follow(self) -> None:
        """Start the poll in the background; an outage leaves what is known in use."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._poll, name="directory", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._polling.set()

    def _poll(self) -> None:
        warned = False
        while not self._polling.wait(POLL_EVERY_S):
            try:
                self.refresh()
                warned = False
            except (Unavailable, OutcomeUnknown):
                if not warned:
                    log.warning("tenants cannot be read; going on with what is known")
                warned = True


def touch(tx: Tx) -> None:
    """Tell every process that the transaction's tenant is to be read again."""
    tx.execute("UPDATE tenant SET version = nextval('config_version') WHERE id = current_tenant()")
