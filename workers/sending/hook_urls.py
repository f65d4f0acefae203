"""The addresses that providers call: of a service, for a kind of callback."""

from core.security.keyring import Keyring
from core.tenants.directory import Service


def hook_url(keys: Keyring, base_url: str, service: Service, kind: str) -> str:
    """`base_url` is where providers reach us. The secret in the path is the service's newest."""
    secret = keys.hook_secret(service.provider, kind, service.id, service.hook_generation)
    return f"{base_url.rstrip('/')}/hooks/{service.provider}/{kind}/{secret}"
