"""What providers tell of money that people send by hand, and our word before they do."""

import logging
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from core.db.database import Database
from core.payments import arrivals
from core.payments.arrivals import Arrived, Taken
from core.payments.matching import Purposes
from core.security.keyring import Keyring
from core.tenants.directory import Service
from providers.contracts.messages import Refused
from providers.contracts.payments import (
    ArrivalRefusal,
    PaymentArrived,
    TakesByHand,
    in_minor_units,
)
from values import clock
from values.alarms import raise_alarm
from values.refusals import BusinessError
from workers.sending.accounts import Accounts

log = logging.getLogger(__name__)

NO_PURPOSES: Final[Purposes] = MappingProxyType({})
# A time of theirs that is further from ours is a slip: then it is of now.
BEFORE_NOW: Final = timedelta(days=7)
AFTER_NOW: Final = timedelta(minutes=10)


class Arrivals:
    """Raises Unavailable where it cannot be looked up or stored."""

    def __init__(
        self, database: Database, keys: Keyring, accounts: Accounts, purposes: Purposes
    ) -> None:
        self._database = database
        self._keys = keys
        self._accounts = accounts
        self._purposes = purposes

    def why_not(self, told: PaymentArrived, hook: Service) -> ArrivalRefusal | None:
        """Why it is not to be sent; None where it may be."""
        if not self._is_account_ours(told, hook):
            return ArrivalRefusal.OTHER
        with self._database.transaction(hook.tenant.id) as tx:
            why = arrivals.why_not(tx, self._keys, self._purposes, _arrived(told, hook))
        log.info("asked about a payment by hand: wallet=%s refused=%s", hook.code, why or "no")
        return ArrivalRefusal(why) if why else None

    def store(self, told: PaymentArrived, hook: Service) -> None:
        """Book it, and give it to whose it is. What cannot be booked raises an alarm."""
        arrived = _arrived(told, hook)
        if not arrived.is_bookable or not self._is_account_ours(told, hook):
            self._alarm("arrival_not_booked", hook, told, "it is not booked")
            return
        taken = self._take(arrived, hook)
        log.info("money arrived: wallet=%s %s by %s", hook.code, taken.state, taken.reason)
        if taken.reason == "other_amount":
            self._alarm("arrival_differs", hook, told, "it is booked with another amount")

    def _take(self, arrived: Arrived, hook: Service) -> Taken:
        said = (self._keys, self._purposes, hook.tenant.id, arrived)
        try:
            with self._database.transaction(hook.tenant.id) as tx:
                return arrivals.take(tx, *said)
        except BusinessError:  # such as a group that is frozen
            with self._database.transaction(hook.tenant.id) as tx:
                return arrivals.take(tx, *said, only_question=True)

    def _is_account_ours(self, told: PaymentArrived, hook: Service) -> bool:
        """Whether it is of the account that the wallet is: an address that was registered for
        another one credits nothing."""
        try:
            account = self._accounts.payments(hook)
        except Refused:
            return False
        return isinstance(account, TakesByHand) and account.receives(told.account)

    def _alarm(self, kind: str, hook: Service, told: PaymentArrived, what: str) -> None:
        raise_alarm(
            log,
            kind,
            hook.code,
            f"{told.provider} told of money on {hook.code} at {told.account},"
            f" transaction {told.provider_id}: {what}",
            tenant_id=hook.tenant.id,
        )


def _arrived(told: PaymentArrived, hook: Service) -> Arrived:
    amount = in_minor_units(told.amount)
    is_ours = amount is not None and amount.currency == hook.tenant.currency
    return Arrived(
        hook.code,
        told.provider_id,
        amount if is_ours else None,
        _moment(told.arrived_at),
        reference=told.typed_reference,
        payer=told.party or told.party_shown,
    )


def _moment(told: datetime | None) -> datetime:
    now = clock.now()
    if told is None or not now - BEFORE_NOW <= told <= now + AFTER_NOW:
        return now
    return told
