"""The webhook addresses to give each provider."""

from typing import TypedDict

from app import gateways
from app.operations.servers import Core
from core.tenants.directory import Service, all_services
from providers import registry


class Listed(TypedDict):
    """One address. `service` is a USSD code, a number or a sender id."""

    provider: str
    kind: str
    tenant: str
    service: str
    url: str


def list_hooks(core: Core) -> list[Listed]:
    """The address of every kind of callback that is served, for every service. Raises
    Unavailable."""
    from app.webhooks.receive import OF_CHANNEL

    gateways.load()

    return [
        {
            "provider": service.provider,
            "kind": kind,
            "tenant": service.tenant.slug,
            "service": service.code,
            "url": hook_url(core, service, kind),
        }
        for service in all_services(core.database)
        for kind in registry.find(service.provider).kinds
        if kind in OF_CHANNEL.get(service.channel, ())
    ]


def hook_url(core: Core, service: Service, kind: str) -> str:
    secret = core.keys.hook_secret(service.provider, kind, service.id, service.hook_generation)
    base = core.settings.public_url or core.settings.url
    return f"{base.rstrip('/')}/hooks/{service.provider}/{kind}/{secret}"
