"""The accounts that this installation has at providers: a file that only its owner may read."""

import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app import gateways
from app.errors import OperatorError
from app.local.data_dir import DataDir
from app.settings import Settings
from providers import registry
from providers.contracts.messages import Account
from workers.sending.accounts import Installed

Word = Annotated[str, Field(min_length=1, max_length=4096)]
AFRICASTALKING = "africastalking"


class _Entry(BaseModel):
    """An account in the file. What is not named here is the provider's own."""

    model_config = ConfigDict(extra="allow", strict=True)

    provider: Word
    username: Word
    secret: str = ""
    base_url: Word | None = None
    signing_secrets: list[Word] = Field(default_factory=list)

    def account(self, **added: str) -> Account:
        own = (self.model_extra or {}) | added
        return Account(
            self.username,
            self.secret,
            self.base_url,
            signing_secrets=tuple(self.signing_secrets),
            options=tuple((name, _word(value)) for name, value in sorted(own.items())),
        )


def load(settings: Settings) -> tuple[Installed, ...]:
    """The accounts of the file that PIGA_ACCOUNTS names, in their order, and the one of AT_USERNAME
    and AT_API_KEY. Raises OperatorError, which names the account and what is wrong, and no value.
    """
    found = list(_of_file(settings, settings.accounts_file)) if settings.accounts_file else []
    if settings.at_username and settings.at_api_key:
        account = Account(settings.at_username, settings.at_api_key)
        found.append(Installed(AFRICASTALKING, AFRICASTALKING, account))
    return tuple(found)


def _of_file(settings: Settings, path: Path) -> Iterator[Installed]:
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise OperatorError(f"{path} holds secrets and others may read it: chmod 600 {path}")
        sections = tomllib.loads(path.read_text("utf-8")).get("accounts")
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise OperatorError(f"{path} is not TOML.") from None
    if not isinstance(sections, dict) or not sections:
        raise OperatorError(f"{path}: a section [accounts.NAME] is needed for each account.")
    gateways.load()
    for name, section in sections.items():
        yield _read(settings, path, name, section)


def _read(settings: Settings, path: Path, name: str, section: Any) -> Installed:
    try:
        entry = _Entry.model_validate(section)
    except ValidationError as faults:
        first = faults.errors(include_input=False, include_context=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise OperatorError(f"{path}: accounts.{name}: {where}: {first['msg']}.") from None
    if entry.provider not in registry.names():
        raise OperatorError(f"{path}: accounts.{name}: there is no such provider.")
    if not registry.find(entry.provider).takes_by_process:
        return Installed(name, entry.provider, entry.account())
    # Where its process takes texts, and what its ids begin with.
    file = str(DataDir(settings.home).wires / f"{name}.json")
    return Installed(name, entry.provider, entry.account(name=name, hand_over=file))


def _word(value: object) -> str:
    """A setting of a provider's own, as a word: true and false are "1" and ""."""
    if isinstance(value, bool):
        return "1" if value else ""
    return str(value)
