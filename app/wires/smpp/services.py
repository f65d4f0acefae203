"""The services that an account's bind is for."""

import time
from typing import Final

from core.db.database import Database
from core.tenants.directory import Directory, Service, all_services
from providers.contracts.messages import Account, Refused
from workers.sending.accounts import Accounts, Installed

LOOKED_AGAIN_AFTER_S: Final = 60.0
NONE_FOUND_AFTER_S: Final = 5.0


class OwnServices:
    """Finds services of one account, as they are now. Raises Unavailable."""

    def __init__(
        self, installed: Installed, accounts: Accounts, database: Database, directory: Directory
    ) -> None:
        self._installed = installed
        self._accounts = accounts
        self._database = database
        self._directory = directory
        self._hooks: dict[str, Service] = {}
        self._look_again_at = 0.0

    def any_of(self, *channels: str) -> Service | None:
        """A service of the account on the first of these channels that it has one on: it stands for
        the account, as the service of a hook does."""
        if time.monotonic() >= self._look_again_at:
            self._hooks = {}
            for service in all_services(self._database):
                if self._is_ours(service):
                    self._hooks.setdefault(service.channel, service)
            wait_s = LOOKED_AGAIN_AFTER_S if self._hooks else NONE_FOUND_AFTER_S
            self._look_again_at = time.monotonic() + wait_s
        return next((self._hooks[each] for each in channels if each in self._hooks), None)

    def dialled(self, *strings: str) -> Service | None:
        """The USSD service that one of these was dialled for; a code may stand without its star and
        its hash."""
        for string in filter(None, strings):
            bare = string.strip("*#")
            found = self._directory.find(self._installed.provider, "ussd", f"*{bare}#")
            if found is not None and self._is_ours(found[0]):
                return found[0]
        return None

    def _is_ours(self, service: Service) -> bool:
        return service.provider == self._installed.provider and (
            self._account(service) == self._installed.account
        )

    def _account(self, service: Service) -> Account | None:
        try:
            return self._accounts.account(service)
        except Refused:
            return None
