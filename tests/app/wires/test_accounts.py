"""Which accounts have a process of their own, and what is wrong with one."""

from pathlib import Path

import pytest

from app import accounts, wires
from app.errors import OperatorError
from app.local.supervise import FAKES, LIVE, STAGES, stages_of
from app.settings import Settings

ACCOUNTS = """
[accounts.texts]
provider = "africastalking"
username = "impuye"

[accounts.village]
provider = "osmocom"
username = "piga"

[accounts.hills]
provider = "osmocom"
username = "piga"
base_url = "tcp://10.0.0.7"
"""


def settings_with(path: Path, text: str) -> Settings:
    file = path / "accounts.toml"
    file.write_text(text)
    file.chmod(0o600)
    return Settings.load({"PIGA_ACCOUNTS": str(file), "PIGA_DEMO": "0", "PIGA_KEY": "ab" * 32})


def test_the_supervisor_starts_one_for_each_after_the_workers(tmp_path: Path) -> None:
    ours = (("wire-village", "wire village"), ("wire-hills", "wire hills"))
    assert stages_of(settings_with(tmp_path, ACCOUNTS)) == (*STAGES, ours)
    assert stages_of(Settings(home=tmp_path, demo=False)) == STAGES
    # The demo serves rates, and plays the providers' side.
    demo = stages_of(Settings(home=tmp_path, demo=True))
    assert demo == ((*STAGES[0], LIVE), *STAGES[1:], FAKES)


@pytest.mark.parametrize("name", ["texts", "nobody", ""])
def test_an_account_without_a_connection(tmp_path: Path, name: str) -> None:
    with pytest.raises(OperatorError, match="there are: village, hills"):
        wires.run(settings_with(tmp_path, ACCOUNTS), name)


def test_a_name_that_no_process_can_have(tmp_path: Path) -> None:
    text = ACCOUNTS.replace("[accounts.hills]", '[accounts."the hills/1"]')
    with pytest.raises(OperatorError, match=r"accounts\.the hills/1: the name"):
        wires.of(accounts.load(settings_with(tmp_path, text)))


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('base_url = "http://10.0.0.7"', "http://10.0.0.7 is no address such as tcp://"),
        ('base_url = "tcp://10.0.0.7:x"', "is no address such as tcp://127.0.0.1:4222"),
        ('ctrl_url = "10.0.0.7:4259"', "10.0.0.7:4259 is no address such as tcp://127.0.0.1:4259"),
    ],
)
def test_an_address_that_is_none(tmp_path: Path, setting: str, said: str) -> None:
    text = ACCOUNTS.replace('base_url = "tcp://10.0.0.7"', setting)
    with pytest.raises(OperatorError, match=said) as wrong:
        wires.run(settings_with(tmp_path, text), "hills")
    assert str(wrong.value).startswith("accounts.hills: ")
