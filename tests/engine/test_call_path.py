"""A message's way through our files is short: it seldom comes back to one that it had left."""

import io
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from werkzeug.test import create_environ

from app.webhooks.auth import WebhookAuth
from app.webhooks.body_limit import BodyLimit
from app.webhooks.callbacks import Callbacks
from app.webhooks.fast_path import WebhookFastPath
from app.webhooks.receive import Hooks
from tests.support.call_path import returns, stays
from tests.support.tenants import KEYS, PROVIDER
from tests.support.ussd import CODE, UssdTenant
from workers.sending.accounts import Accounts

SESSION = "ATUid_path"
MENU_RETURNS_BELOW = 15
MONEY_RETURNS_BELOW = 85


@pytest.fixture
def post(tenant: UssdTenant) -> Callable[[str], bytes]:
    """Posts a text to the webhook, as the gateway does."""
    accounts = Accounts()
    hooks = Hooks(
        tenant.turns,
        WebhookAuth(tenant.directory, KEYS),
        Callbacks(tenant.database, KEYS, tenant.directory, accounts),
        accounts,
        BodyLimit(4, lambda _shortest_s, _longest_s: 0, lambda _since: 0),
    )
    fast_path = WebhookFastPath(lambda *_: [], hooks)
    service = tenant.service()
    secret = KEYS.hook_secret(PROVIDER, "ussd", service.id, service.hook_generation)

    def send(text: str) -> bytes:
        body = urlencode(
            {
                "sessionId": SESSION,
                "serviceCode": CODE,
                "phoneNumber": tenant.people["uwera"].phones[0],
                "networkCode": "63510",
                "text": text,
            }
        ).encode()
        environ = create_environ(
            f"/hooks/{PROVIDER}/ussd/{secret}",
            method="POST",
            input_stream=io.BytesIO(body),
            content_type="application/x-www-form-urlencoded",
            content_length=len(body),
        )
        return b"".join(fast_path(environ, lambda *_: None))

    return send


def test_a_menu_hop_seldom_comes_back(post: Callable[[str], bytes]) -> None:
    for text in ("", "3", "3*0"):
        post(text)
    path = stays(lambda: post("3*0*3"))
    assert path[0] == "app/webhooks/fast_path.py"
    assert returns(path) < MENU_RETURNS_BELOW, path


def test_a_money_hop_seldom_comes_back(tenant: UssdTenant, post: Callable[[str], bytes]) -> None:
    for text in ("", "1", "1*1", "1*1*500", "1*1*500*1"):
        post(text)
    path = stays(lambda: post("1*1*500*1*2748"))
    assert tenant.entries() == 1
    assert "core/savings/contributions.py" in path
    assert returns(path) < MONEY_RETURNS_BELOW, path
