"""The webhook addresses to give each provider."""

from typing import TypedDict

from app import gateways
from app.operations.servers import Core
from core.tenants.directory import Service, all_services
from providers import registry
from providers.contracts.webhooks import Kind
from workers.sending.hook_urls import hook_url


class Listed(TypedDict):
    """One address. `service` is a USSD code, a number or a sender id."""

    provider: str
    kind: str
    tenant: str
    service: str
    url: str


def list_hooks(core: Core) -> list[Listed]:
    """The address of every kind of callback that is served, for every service, but those that a
    provider learns with each text. Raises Unavailable."""
    from app.webhooks.receive import OF_CHANNEL

    gateways.load()

    return [
        {
            "provider": service.provider,
            "kind": kind,
            "tenant": service.tenant.slug,
            "service": service.code,
            "url": _address(core, service, kind, reader),
        }
        for service in all_services(core.database)
        for kind, reader in registry.find(service.provider).kinds.items()
        if kind in OF_CHANNEL.get(service.channel, ()) and not reader.told
    ]


def _address(core: Core, service: Service, kind: str, reader: Kind) -> str:
    """As it is written into the provider's settings: with what is the provider's own behind it."""
    base_url = core.settings.public_url or core.settings.url
    url = hook_url(core.keys, base_url, service, kind)
    if reader.query:
        url += f"?{reader.query}"
    return f"{url}#{reader.fragment}" if reader.fragment else url
