"""The file of the installation's accounts at providers."""

from pathlib import Path

import pytest

from app import accounts
from app.errors import OperatorError
from app.settings import Settings

KEY = "ab" * 32
GOOD = """
[accounts.main]
provider = "africastalking"
username = "impuye"
secret = "k3y"
signing_secrets = ["new", "old"]
rate_a_second = 20
bulk = true
"""


def settings_with(path: Path, text: str, mode: int = 0o600) -> Settings:
    file = path / "accounts.toml"
    file.write_text(text)
    file.chmod(mode)
    return Settings.load({"PIGA_ACCOUNTS": str(file), "PIGA_DEMO": "0", "PIGA_KEY": KEY})


def test_an_account_is_read_with_the_providers_own_settings(tmp_path: Path) -> None:
    [found] = accounts.load(settings_with(tmp_path, GOOD))
    assert (found.name, found.provider) == ("main", "africastalking")
    account = found.account
    assert (account.username, account.secret) == ("impuye", "k3y")
    assert account.signing_secrets == ("new", "old")
    assert (account.option("rate_a_second"), account.option("bulk")) == ("20", "1")
    assert account.option("nothing", "else") == "else"
    assert "k3y" not in repr(found)
    assert "old" not in repr(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace('"africastalking"', '"nobody"'), "no such provider"),
        (GOOD.replace('username = "impuye"', ""), "accounts.main: username"),
        (GOOD.replace('"k3y"', "7"), "accounts.main: secret"),
        ("accounts = 7", "section"),
        ("[accounts", "is not TOML"),
    ],
)
def test_a_fault_names_the_account_and_no_secret(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(OperatorError) as refused:
        accounts.load(settings_with(tmp_path, text))
    assert said in str(refused.value)
    assert "old" not in str(refused.value)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="chmod 600"):
        accounts.load(settings_with(tmp_path, GOOD, 0o644))


def test_the_variables_of_one_account_go_without_a_file() -> None:
    variables = {"AT_USERNAME": "impuye", "AT_API_KEY": "k3y", "PIGA_DEMO": "0"}
    found = accounts.load(Settings.load(variables))
    assert [(each.name, each.account.username) for each in found] == [("africastalking", "impuye")]


def test_a_demo_has_none(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="PIGA_ACCOUNTS"):
        Settings.load({"PIGA_ACCOUNTS": str(tmp_path / "accounts.toml"), "PIGA_DEMO": "1"})
