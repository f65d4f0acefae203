"""The addresses that providers call: of a service, for a kind of callback."""

from core.security.keyring import Keyring
from core.tenants.directory import Service
from providers.registry import path_name


def hook_url(keys: Keyring, base_url: str, service: Service, kind: str) -> str:
    """`base_url` is where providers reach us. The secret in the path is the service's newest."""
    secret = keys.hook_secret(service.provider, kind, service.id, service.hook_generation)
    return f"{base_url.rstrip('/')}/hooks/{path_name(service.provider)}/{kind}/{secret}"
