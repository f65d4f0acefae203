"""What the environment decides."""

from pathlib import Path

import pytest

from app.errors import OperatorError
from app.settings import CHECKOUT, Settings, bare_environment, forget_secrets

KEY = "0f" * 32


def test_nothing_configured_is_an_embedded_demo_on_loopback() -> None:
    settings = Settings.load({})
    assert settings.demo
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.home == CHECKOUT / ".piga"
    assert settings.database_url == settings.redis_url == settings.key == ""


def test_an_external_server_means_no_demo_unless_asked_for() -> None:
    assert not Settings.load({"DATABASE_URL": "postgresql://db/piga"}).demo
    assert not Settings.load({"REDIS_URL": "redis://cache"}).demo
    assert Settings.load({"REDIS_URL": "redis://cache", "PIGA_DEMO": "1"}).demo
    assert not Settings.load({"PIGA_DEMO": "0"}).demo


def test_what_turned_the_demo_off_is_known_unless_it_was_asked() -> None:
    urls = {"DATABASE_URL": "postgresql://db/piga", "REDIS_URL": "redis://cache"}
    assert Settings.load(urls).demo_off_by == "DATABASE_URL and REDIS_URL"
    assert Settings.load({"REDIS_URL": "redis://cache", "DATABASE_URL": ""}).demo_off_by == (
        "REDIS_URL"
    )
    assert Settings.load({}).demo_off_by == ""
    for said in ("0", "1"):
        assert Settings.load(urls | {"PIGA_DEMO": said}).demo_off_by == ""


def test_rates_are_pushed_from_the_next_port_where_they_are_served() -> None:
    assert Settings.load({}).live_url == "http://127.0.0.1:8001"
    assert Settings.load({"PORT": "65535"}).live_url == "http://127.0.0.1:65534"
    assert Settings.load({"PIGA_LIVE_PORT": "9000"}).live_url == "http://127.0.0.1:9000"
    plain = {"PIGA_DEMO": "0"}
    assert Settings.load(plain).live_url == ""
    served = Settings.load({**plain, "PIGA_RATES_TENANT": "fx"})
    assert (served.rates_slug, served.live_url) == ("fx", "http://127.0.0.1:8001")
    assert Settings.load(served.with_live(9000).variables()).listens_live_at == 9000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "٨٠"),
        ("WEB_WORKERS", "0"),
        ("PIGA_DEMO", "yes"),
        ("DATABASE_URL", "mysql://db/piga"),
        ("REDIS_URL", "http://cache"),
        ("PIGA_KEY", "0f" * 31),
        ("PIGA_KEY", "no hexadecimal digits " * 4),
    ],
)
def test_a_value_that_makes_no_sense_is_named_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(OperatorError) as refused:
        Settings.load({name: value, "PIGA_DEMO": value if name == "PIGA_DEMO" else "0"})
    assert name in str(refused.value)
    assert value not in str(refused.value)


@pytest.mark.parametrize("name", ["AT_API_KEY", "AFRICASTALKING_API_KEY", "TWILIO_AUTH_TOKEN"])
def test_a_demo_is_refused_beside_live_credentials(name: str) -> None:
    with pytest.raises(OperatorError, match=name):
        Settings.load({name: "live"})
    assert not Settings.load({name: "live", "PIGA_DEMO": "0"}).demo


def test_a_demo_is_refused_off_loopback() -> None:
    with pytest.raises(OperatorError, match="loopback"):
        Settings.load({"HOST": "0.0.0.0"})
    assert Settings.load({"HOST": "0.0.0.0", "PIGA_DEMO": "0"}).url == "http://127.0.0.1:8000"
    assert Settings.load({"HOST": "::1"}).url == "http://[::1]:8000"


def test_a_child_reads_the_same_settings() -> None:
    settings = Settings(
        home=Path("/home/of/piga"),
        port=8123,
        demo=True,
        database_url="postgresql://a@/piga?host=/tmp/x",
        owner_url="postgresql://b@/piga",
        relay_url="postgresql://c@/piga",
        verify_url="postgresql://d@/piga",
        redis_url="unix:///tmp/x/valkey.sock?db=0",
        key=KEY,
        fakes_url="http://127.0.0.1:5000",
        web_workers=3,
        web_threads=5,
    )
    assert Settings.load(settings.variables()) == settings


def test_what_is_secret_is_not_shown() -> None:
    settings = Settings.load({"DATABASE_URL": "postgresql://a:sesame@db/piga", "PIGA_KEY": KEY})
    assert "sesame" not in repr(settings)
    assert KEY not in repr(settings)


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(OperatorError, match="PIGA_RELAY_URL"):
        Settings.load({}).require("relay_url")
    assert Settings.load({"PIGA_KEY": KEY}).key_bytes == bytes.fromhex(KEY)


def test_servers_and_requests_see_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIGA_KEY", KEY)
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:sesame@db/piga")
    assert not {"PIGA_KEY", "DATABASE_URL"} & set(bare_environment())
    forget_secrets()
    again = Settings.load()
    assert again.key == again.database_url == ""
