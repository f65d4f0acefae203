"""Wires that are a connection of their own: each is one process, and the supervisor's to keep.

What has hooks instead is served by the web server. A provider's wire is one line here.
"""

import re
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final

from app.errors import OperatorError
from app.settings import Settings
from workers.sending.accounts import Installed

# provider → "module:function", which holds the wire of one account until a signal says stop
_TABLE: Final = {
    "mtn_nigeria": "app.wires.lines.process:run",
    "osmocom": "app.wires.osmocom.process:run",
    "smpp": "app.wires.smpp.process:run",
    "truteq": "app.wires.lines.process:run",
}


# The name of a process, and of its log.
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,30}")


def of(accounts: Sequence[Installed]) -> list[Installed]:
    """The accounts whose wire is a connection. Raises OperatorError for a name that a process
    cannot have."""
    found = [installed for installed in accounts if installed.provider in _TABLE]
    for installed in found:
        if not _NAME.fullmatch(installed.name):
            raise OperatorError(
                f"accounts.{installed.name}: the name of an account with a process of its own has"
                " small letters, digits and dashes, 31 at most."
            )
    return found


def run(settings: Settings, name: str) -> None:
    """Hold the connection of the account of this name until a signal says stop. Raises
    OperatorError: there is no such account, or its settings cannot be used."""
    from app import accounts

    known = of(accounts.load(settings))
    ours = next((one for one in known if one.name == name), None)
    if ours is None:
        names = ", ".join(one.name for one in known) or "none"
        raise OperatorError(
            f"There is no account {name} whose wire is a connection; there are: {names}."
        )
    module, _, function = _TABLE[ours.provider].partition(":")
    hold: Callable[[Settings, Installed], None] = getattr(import_module(module), function)
    hold(settings, ours)
