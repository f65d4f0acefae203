"""A path secret is found wrong before anything is looked up."""

import uuid

import pytest

from app.webhooks.auth import WebhookAuth
from core.security.keyring import HOOK_GENERATIONS, Keyring
from core.tenants.changes import rotate_hook_secret
from core.tenants.directory import Directory
from tests.core.tenants.test_directory import AT, USSD, Counting, core, open_service
from values.ids import uuid7

__all__ = ["core"]

KEYS = Keyring(bytes(range(32)))


@pytest.fixture
def directory(core: Counting) -> Directory:
    return Directory(core)


def secret_of(service_id: uuid.UUID, generation: int = 1) -> str:
    return KEYS.hook_secret(AT, USSD, service_id, generation)


def test_a_wrong_secret_costs_no_statement(core: Counting, directory: Directory) -> None:
    auth = WebhookAuth(directory, KEYS)
    service_id = open_service(core, "*384*10#")
    guessed = Keyring(bytes(range(1, 33)))
    begun = core.begun
    for _ in range(20):
        assert auth.service(AT, USSD, guessed.hook_secret(AT, USSD, uuid7(), 1)) is None
    assert auth.service(AT, USSD, guessed.hook_secret(AT, USSD, service_id, 1)) is None
    assert auth.service(AT, "ussd-end", secret_of(service_id)) is None
    assert auth.service("twilio", USSD, secret_of(service_id)) is None
    assert core.begun == begun
    service = auth.service(AT, USSD, secret_of(service_id))
    assert service is not None
    assert service.id == service_id


def test_generations_that_are_let_in(core: Counting, directory: Directory) -> None:
    """Those that live at once, and the one that another process may have begun."""
    service_id = open_service(core, "*384*10#")
    auth = WebhookAuth(directory, KEYS)
    service = directory.by_id(service_id)
    assert service is not None
    with core.transaction(service.tenant.id) as tx:
        for _ in range(4):
            newest = rotate_hook_secret(tx, service_id)
    directory.refresh()
    assert newest == 5
    let_in = [
        generation
        for generation in range(10)
        if auth.service(AT, USSD, secret_of(service_id, generation))
    ]
    assert let_in == [*range(newest - HOOK_GENERATIONS + 1, newest + 1), newest + 1]
