"""Everything that the environment decides, read once. Nothing else reads os.environ."""

import ipaddress
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.errors import OperatorError

CHECKOUT = Path(__file__).resolve().parent.parent
KEY_HEX_DIGITS_MINIMUM = 64
PORT_MAXIMUM = 65535
DEMO_RATES_TENANT = "rates"
COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # the name that the client of Prometheus looks for

# A provider's credential in the environment means business with real people.
LIVE_CREDENTIAL = re.compile(
    r"(AT|AFRICASTALKING|TWILIO|META|WHATSAPP|MTN|MOMO|AIRTEL|MPESA|DARAJA)_(\w+_)?"
    r"(KEY|TOKEN|SECRET|PASSWORD)"
)
# What a child needs of its parent's environment besides the settings: no credential among them.
BARE = (
    "PATH",
    "TERM",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "HOME",
    "USER",
    "LOGNAME",
)


@dataclass(frozen=True)
class Settings:
    """What one process of Piga knows of its surroundings. An empty URL means: embedded."""

    home: Path
    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = False
    # Which URLs turned the demo off, for want of a word about it in PIGA_DEMO; '' for none.
    demo_off_by: str = field(default="", compare=False)
    database_url: str = field(default="", repr=False)
    owner_url: str = field(default="", repr=False)
    relay_url: str = field(default="", repr=False)
    verify_url: str = field(default="", repr=False)
    # Of a role that may replicate, for `piga backup` of a Postgres of one's own.
    backup_url: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    fakes_url: str = ""
    public_url: str = ""  # where providers reach us, when that is not HOST and PORT
    # The installation's accounts at providers; and one at Africa's Talking without a file.
    accounts_file: Path | None = None
    at_username: str = ""
    at_api_key: str = field(default="", repr=False)
    # Whose rates /api/rates/ serves, by slug (in a demo `rates` where it is not said), and which
    # other sites' pages may read them.
    rates_tenant: str = ""
    rates_origins: str = ""
    # Where those who run it read figures, "host:port"; empty for nowhere.
    metrics: str = ""
    live_port: int = 0  # of `piga live`; 0 is the one after `port`
    web_workers: int = 2
    web_threads: int = 4
    web_loop: bool = True  # callbacks are served by a loop, and not by threads
    # For the embedded Postgres only; the tests use them.
    postgres_bin: Path | None = None
    postgres_options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """From the environment. Raises OperatorError on a value that makes no sense."""
        env = os.environ if environment is None else environment
        external = [name for name in ("DATABASE_URL", "REDIS_URL") if env.get(name)]
        settings = cls(
            home=Path(env.get("PIGA_HOME") or CHECKOUT / ".piga").absolute(),
            host=env.get("HOST") or cls.host,
            port=_number(env, "PORT", cls.port, PORT_MAXIMUM),
            demo=_switch(env, "PIGA_DEMO", default=not external),
            demo_off_by="" if env.get("PIGA_DEMO", "").strip() else " and ".join(external),
            database_url=_url(env, "DATABASE_URL", "postgresql", "postgres"),
            owner_url=_url(env, "PIGA_OWNER_URL", "postgresql", "postgres"),
            relay_url=_url(env, "PIGA_RELAY_URL", "postgresql", "postgres"),
            verify_url=_url(env, "PIGA_VERIFY_URL", "postgresql", "postgres"),
            backup_url=_url(env, "PIGA_BACKUP_URL", "postgresql", "postgres"),
            redis_url=_url(env, "REDIS_URL", "redis", "rediss", "unix"),
            key=_key(env),
            fakes_url=_url(env, "PIGA_FAKES_URL", "http"),
            public_url=_url(env, "PIGA_PUBLIC_URL", "https", "http"),
            accounts_file=Path(env["PIGA_ACCOUNTS"]) if env.get("PIGA_ACCOUNTS") else None,
            at_username=env.get("AT_USERNAME", "").strip(),
            at_api_key=env.get("AT_API_KEY", "").strip(),
            rates_tenant=env.get("PIGA_RATES_TENANT", "").strip(),
            rates_origins=env.get("PIGA_RATES_ORIGINS", "").strip(),
            metrics=_address(env, "PIGA_METRICS"),
            live_port=_number(env, "PIGA_LIVE_PORT", 0, PORT_MAXIMUM),
            web_workers=_number(env, "WEB_WORKERS", cls.web_workers, 64),
            web_threads=_number(env, "WEB_THREADS", cls.web_threads, 256),
            web_loop=_switch(env, "WEB_LOOP", default=cls.web_loop),
        )
        if settings.demo:
            _refuse_live_demo(settings, env)
        return settings

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the web server, without a slash at its end."""
        return self._at(self.port)

    @property
    def rates_slug(self) -> str:
        """Whose rates are served, by slug; empty for nobody's."""
        return self.rates_tenant or (DEMO_RATES_TENANT if self.demo else "")

    @property
    def listens_live_at(self) -> int:
        """The port of `piga live`."""
        after = self.port + 1 if self.port < PORT_MAXIMUM else self.port - 1
        return self.live_port or after

    @property
    def has_live(self) -> bool:
        """Whether `piga live` runs beside the web server: where rates are served, and where its
        port is named."""
        return bool(self.rates_slug or self.live_port)

    @property
    def live_url(self) -> str:
        """Where a program on this machine finds `piga live`; empty where `piga run` starts none."""
        return self._at(self.listens_live_at) if self.has_live else ""

    def _at(self, port: int) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def key_bytes(self) -> bytes:
        """The root of all that is derived. Raises OperatorError when there is none."""
        return bytes.fromhex(self.require("key"))

    def require(self, name: str) -> str:
        """A setting that this command cannot do without. Raises OperatorError naming it."""
        value = getattr(self, name)
        if not value:
            raise OperatorError(f"{_VARIABLES[name]} is not set, and this command needs it.")
        assert isinstance(value, str)
        return value

    def variables(self) -> dict[str, str]:
        """The environment variables that make `load` read these settings again."""
        values = {variable: str(getattr(self, name) or "") for name, variable in _VARIABLES.items()}
        values["PIGA_DEMO"] = "1" if self.demo else "0"
        values["WEB_LOOP"] = "1" if self.web_loop else "0"
        return {variable: value for variable, value in values.items() if value}

    def environment(self) -> dict[str, str]:
        """A child's whole environment. Secrets travel here, never on a command line."""
        return dict(os.environ) | self.variables()

    def export(self) -> None:
        """Put these settings into this process's own environment, for what it forks."""
        os.environ.update(self.variables())

    def with_fakes(self, url: str) -> "Settings":
        return replace(self, fakes_url=url)

    def with_live(self, port: int) -> "Settings":
        return replace(self, live_port=port)


_VARIABLES = {
    "home": "PIGA_HOME",
    "host": "HOST",
    "port": "PORT",
    "database_url": "DATABASE_URL",
    "owner_url": "PIGA_OWNER_URL",
    "relay_url": "PIGA_RELAY_URL",
    "verify_url": "PIGA_VERIFY_URL",
    "backup_url": "PIGA_BACKUP_URL",
    "redis_url": "REDIS_URL",
    "key": "PIGA_KEY",
    "fakes_url": "PIGA_FAKES_URL",
    "public_url": "PIGA_PUBLIC_URL",
    "accounts_file": "PIGA_ACCOUNTS",
    "at_username": "AT_USERNAME",
    "at_api_key": "AT_API_KEY",
    "rates_tenant": "PIGA_RATES_TENANT",
    "rates_origins": "PIGA_RATES_ORIGINS",
    "metrics": "PIGA_METRICS",
    "live_port": "PIGA_LIVE_PORT",
    "web_workers": "WEB_WORKERS",
    "web_threads": "WEB_THREADS",
}
_SECRET = (
    "DATABASE_URL",
    "PIGA_OWNER_URL",
    "PIGA_RELAY_URL",
    "PIGA_VERIFY_URL",
    "PIGA_BACKUP_URL",
    "REDIS_URL",
)


def bare_environment() -> dict[str, str]:
    """What an embedded server may see of the environment: no settings, no secrets."""
    return {name: os.environ[name] for name in BARE if name in os.environ}


def forget_secrets() -> None:
    """Take the secrets out of this process's environment once the settings are loaded.

    The web server copies the environment into every request's, where an error page or a log
    could show it.
    """
    for variable in (*_SECRET, "PIGA_KEY", "AT_API_KEY"):
        os.environ.pop(variable, None)


@contextmanager
def counting_in(folder: Path) -> Iterator[None]:
    """Within this block this process, and what it starts, count into files of that folder."""
    os.environ[COUNTS] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(COUNTS, None)


def counts_folder() -> Path | None:
    """Where the processes of this machine count together; None where each counts for itself."""
    return Path(os.environ[COUNTS]) if os.environ.get(COUNTS) else None


def domain_folders() -> tuple[Path, ...]:
    """The folders of further domains, from PIGA_DOMAINS: colons stand between them."""
    return tuple(
        Path(each) for each in os.environ.get("PIGA_DOMAINS", "").split(os.pathsep) if each
    )


def gateway_folders() -> tuple[Path, ...]:
    """The folders of further USSD gateways, from PIGA_GATEWAYS: colons stand between them."""
    return tuple(
        Path(each) for each in os.environ.get("PIGA_GATEWAYS", "").split(os.pathsep) if each
    )


def rate_card() -> Path | None:
    """The file of what messages cost this installation, from PIGA_PRICES."""
    return Path(os.environ["PIGA_PRICES"]) if os.environ.get("PIGA_PRICES") else None


def logs_json() -> bool:
    """Whether each line of the log is an object, from PIGA_LOG: `json`, or `text`. Raises
    OperatorError."""
    word = os.environ.get("PIGA_LOG", "").strip()
    if word not in ("", "text", "json"):
        raise OperatorError("PIGA_LOG must be text or json.")
    return word == "json"


def writes_transcripts() -> bool:
    """Whether tests write down what phones show and compare nothing: PIGA_WRITE_TRANSCRIPTS."""
    return _switch(os.environ, "PIGA_WRITE_TRANSCRIPTS", default=False)


def _number(env: Mapping[str, str], name: str, default: int, maximum: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= maximum):
        raise OperatorError(f"{name} must be a whole number from 1 to {maximum}.")
    return int(text)


def _switch(env: Mapping[str, str], name: str, default: bool) -> bool:
    text = env.get(name, "").strip()
    if text not in ("", "0", "1"):
        raise OperatorError(f"{name} must be 1 or 0.")
    return text == "1" if text else default


def _url(env: Mapping[str, str], name: str, *schemes: str) -> str:
    url = env.get(name, "").strip()
    if url and url.partition("://")[0] not in schemes:
        raise OperatorError(f"{name} must begin with {schemes[0]}://.")
    return url


def _address(env: Mapping[str, str], name: str) -> str:
    """A host and a port, as in 127.0.0.1:9464 or [::1]:9464; empty where nothing is said."""
    address = env.get(name, "").strip()
    host, _, port = address.rpartition(":")
    if address and not (host and port.isdigit() and 1 <= int(port) <= PORT_MAXIMUM):
        raise OperatorError(f"{name} must be HOST:PORT, such as 127.0.0.1:9464.")
    return address


def _key(env: Mapping[str, str]) -> str:
    key = env.get("PIGA_KEY", "").strip()
    if key and not (len(key) >= KEY_HEX_DIGITS_MINIMUM and re.fullmatch(r"([0-9A-Fa-f]{2})+", key)):
        raise OperatorError("PIGA_KEY must be 64 hexadecimal digits (32 bytes).")
    return key


def _refuse_live_demo(settings: Settings, env: Mapping[str, str]) -> None:
    for name, value in env.items():
        if value and LIVE_CREDENTIAL.fullmatch(name):
            raise OperatorError(
                f"{name} is set, and a demo never runs beside live credentials:"
                " unset it, or set PIGA_DEMO=0."
            )
    if settings.accounts_file:
        raise OperatorError(
            "PIGA_ACCOUNTS is set, and a demo never runs beside live credentials:"
            " unset it, or set PIGA_DEMO=0."
        )
    if not _is_loopback(settings.host):
        raise OperatorError(
            "A demo listens on loopback only: leave HOST unset, or set PIGA_DEMO=0."
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
