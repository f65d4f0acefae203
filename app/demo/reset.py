"""Beginning the demo again: its books, its conversations, and the texts on its handsets."""

from app.demo.people import folders, read
from app.demo.phone.network import Network, NetworkDown, NetworkRefused
from app.demo.staff import load_staff
from app.errors import OperatorError
from app.local.data_dir import DataDir
from app.local.running import running
from app.operations.servers import opened
from app.operations.tenant_folder import rules
from app.settings import Settings
from core.db.database import Database, Deadline
from core.manifest.apply import APPLY_DEADLINE_S, apply
from core.manifest.section import Manifest
from core.manifest.services import SERVICES
from core.tenants.removal import remove_tenant
from engine.limits import SESSION_KEPT_S
from engine.store.sessions import Store, StoreDown
from providers.simulator import process


def reset(settings: Settings) -> list[str]:
    """Remove the demo tenants, each with all that belongs to it, and apply them again; then forget
    their conversations and the texts on their handsets.

    Other tenants are not touched. A transaction removes a tenant, as the owner, and another makes
    it again, as the application: only that may post. Answers what could not be forgotten, a
    sentence each. Raises OperatorError.
    """
    if not settings.demo:
        raise OperatorError("Demo data exists in a demo only (PIGA_DEMO=1).")
    manifests = [read(folder) for folder in folders()]
    with opened(settings) as core:
        owner = Database(core.settings.require("owner_url"))
        try:
            for manifest in manifests:
                with owner.transaction(manifest.id, Deadline(APPLY_DEADLINE_S)) as tx:
                    remove_tenant(tx)
                apply(core.database, core.keys, manifest, rules(demo=True))
            load_staff(core.database, core.keys, [manifest.id for manifest in manifests])
        finally:
            owner.close()
        # Only now: what is said until the last COMMIT may speak of what has gone.
        left = (_forget_sessions(core.settings, manifests), _forget_texts(settings, manifests))
        return [sentence for sentence in left if sentence]


def _forget_sessions(settings: Settings, manifests: list[Manifest]) -> str:
    """People's ids are those of before, so that a dial would go on in what they had left off."""
    services = {service.id.hex for manifest in manifests for service in manifest.of(SERVICES)}
    try:
        if Store(settings.redis_url).forget(services):
            return ""
        why = "holds too much to be looked through"
    except StoreDown:
        why = "does not answer"
    minutes = SESSION_KEPT_S // 60
    return f"Redis {why}: conversations of before may go on for {minutes} minutes."


def _forget_texts(settings: Settings, manifests: list[Manifest]) -> str:
    accounts = [manifest.slug for manifest in manifests]
    run = running(settings)
    url = settings.fakes_url or (run.fakes_url if run else "")
    if not url:
        process.forget(DataDir(settings.home).fakes, accounts)
        return ""
    try:
        Network(url).forget(accounts)
    except (NetworkDown, NetworkRefused):
        return "The demo's phone network does not answer: handsets keep their texts."
    return ""
