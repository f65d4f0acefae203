"""Texts become money: each text of a device, in the order of the times that they tell.

    what did it tell of ─► a copy, or forged? ─► does its balance go on from the last one?
        ─► booked once, with the API's and the statement's word of it ─► whose it is

A text whose balance does not go on waits for the one between, which may be late. If none comes, the
chain is broken: somebody forges texts, or texts are lost. Then nothing of this device is credited
by itself any more until a person has looked.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.db.database import Tx
from core.money import ledger
from core.money.ledger import Line
from core.money.purposes import Payee
from core.payments import (
    devices,
    exceptions,
    expected,
    movements,
    nameless,
    payments,
    text_inbox,
)
from core.payments.devices import Device
from core.payments.evidence.reading import MOVEMENTS
from core.payments.exceptions import Found
from core.payments.matching import Arrival, Match, Purposes, match
from core.payments.movements import AlreadyCredited, Movement, Source
from core.payments.text_inbox import StoredText
from core.people.people import USSD
from core.security.keyring import Keyring
from values.money import Money

# How long a text that does not go on waits for the one between: 99 % are there within two minutes.
GAP_WAIT_S: Final = 180.0
# What arrives and may be somebody's payment; cash at an agent's is the tenant's own more often.
PAYMENTS: Final = frozenset({"received", "bank"})


@dataclass(frozen=True, slots=True)
class Worked:
    """What became of a text. `state` is its own, or `waiting`; `alarm` a kind of alarm to raise."""

    text_id: uuid.UUID
    state: str
    flags: tuple[str, ...] = ()
    alarm: str = ""


def work_next(
    tx: Tx,
    keys: Keyring,
    purposes: Purposes,
    tenant_id: uuid.UUID,
    device_id: uuid.UUID,
    *,
    only_question: bool = False,
) -> Worked | None:
    """Work the oldest text of a device that waits; None where none does. `only_question`: the
    ledger refused to give the money to its owner, so it waits in suspense. Raises what
    `ledger.post` raises: then the caller rolls back, and calls again with `only_question`."""
    device = devices.lock(tx, device_id)
    text = text_inbox.next_stored(tx, keys, device)
    if text is None:
        return None
    work = _Work(tx, keys, purposes, tenant_id, device, text)
    if (aside := work.why_aside()) is not None:
        return work.set_aside(*aside)
    continues = work.continues()
    if continues is False and text.waited_s < GAP_WAIT_S:
        return Worked(text.id, "waiting")
    return work.move_on(is_broken=continues is False, only_question=only_question)


@dataclass(frozen=True, slots=True)
class _Work:
    """One text of a device, in its transaction."""

    tx: Tx
    keys: Keyring
    purposes: Purposes
    tenant_id: uuid.UUID
    device: Device
    text: StoredText

    def set_aside(self, flags: Sequence[str], alarm: str = "") -> Worked:
        """No money came by it; the chain of balances is as before."""
        text_inbox.end(self.tx, self.text.id, "set_aside", flags)
        return Worked(self.text.id, "set_aside", tuple(flags), alarm)

    def why_aside(self) -> tuple[list[str], str] | None:
        """Why no money came by it, and the kind of alarm, if any; None where some moved."""
        reading, device = self.text.reading, self.device
        if reading.kind not in MOVEMENTS:
            return [reading.kind], "text_unknown" if reading.kind == "unknown" else ""
        if reading.spoof:
            return ["spoof"], "text_forged"
        if reading.parser is None or reading.parser.split("/")[0] != device.network:
            return ["other_network"], "text_forged"
        if text_inbox.was_told_before(self.tx, device, self.text):
            return ["copy"], ""
        if reading.txid and text_inbox.has_other_content(self.tx, device, self.text):
            return ["spoof", "id_again"], "text_forged"
        return None

    def continues(self) -> bool | None:
        """Whether its balance is the last one with this movement; None where they do not tell."""
        after, comes_to = self.text.balance_minor, self._comes_to
        return None if after is None or comes_to is None else after == comes_to

    @property
    def _comes_to(self) -> int | None:
        """What is on the wallet after this movement, if the last balance is known."""
        before, amount = self.device.balance_minor, self.text.amount_minor
        if before is None or amount is None:
            return None
        fee = text_inbox.in_minor(self.text.reading.fee, self.device) or 0
        moved = amount if self.text.reading.direction == "in" else -amount
        return before + moved - fee

    def move_on(self, *, is_broken: bool, only_question: bool) -> Worked:
        """The chain goes on from here, and what arrived is booked."""
        # A text without a balance does not begin another chain: who forges one would leave it out.
        after = self.text.balance_minor
        self.tx.execute(
            "UPDATE text_device SET balance_minor = coalesce(%s, balance_minor)"
            " WHERE tenant_id = current_tenant() AND id = %s",
            (self._comes_to if after is None else after, self.device.id),
        )
        alarm = ""
        if is_broken and devices.hold(self.tx, self.device.id):
            alarm = "device_held"
        if self.text.reading.direction != "in":
            flags = ["broken_chain"] if is_broken else []
            return self.set_aside([self.text.reading.kind, *flags], alarm)
        if not self.text.reading.accept or not self.text.amount_minor:
            return self._question("unsure", alarm=alarm)
        if is_broken or self.device.state == "held":
            return self._question("broken_chain", alarm=alarm)
        return self._arrived(only_question=only_question)

    # --- what arrived -----------------------------------------------------------------------------

    def _arrived(self, *, only_question: bool) -> Worked:
        text = self.text
        assert text.amount_minor
        if unproven := self._unproven():
            return self._question(unproven, match(self.tx, self.keys, self.purposes, self._arrival))
        movement = self._book()
        if isinstance(movement, str):
            return self._question(movement)
        if movement.is_allocated:
            return self._credited(movement, "known")
        if self._is_asked_for():
            return self._question("asked_for", movement=movement)
        found = match(self.tx, self.keys, self.purposes, self._arrival)
        if found.payee is None or text.reading.kind not in PAYMENTS or only_question:
            reason = "no_owner" if found.payee is None else "refused"
            reason = reason if text.reading.kind in PAYMENTS else "cash_in"
            return self._question(reason, found, movement)
        parts = [(found.payee, movement.amount_minor)]
        give(self.tx, self.purposes, self.tenant_id, movement, parts)
        return self._credited(movement, found.rule)

    def _unproven(self) -> str:
        """Why a text alone does not prove that money came; '' where it does."""
        text, device = self.text, self.device
        if not text.reading.txid:
            return "no_id" if device.is_polled or text.balance_minor is None else ""
        if text.balance_minor is not None or device.balance_minor is None:
            return ""
        # The network says balances to this device, and here none is.
        is_known = movements.find(self.tx, wallet=device.wallet, provider_txid=self._txid)
        return "" if is_known else "no_balance"

    def _is_asked_for(self) -> bool:
        """Whether a provider was asked to collect this, and has not said how it ended: then its
        word says what it is for, and takes it out of suspense."""
        return payments.is_asked_for(self.tx, self.device.wallet, self._amount, self._payer)

    @property
    def _payer(self) -> bytes | None:
        """The lookup of the payer's number; None where the text hides it."""
        msisdn = self.text.reading.counterparty_msisdn or ""
        return self.keys.lookup(USSD, msisdn) if msisdn.startswith("+") else None

    @property
    def _arrival(self) -> Arrival:
        text, device = self.text, self.device
        return Arrival(
            *(device.wallet, self._amount, text.happened_at),
            reference=text.reading.reference or "",
            payer=text.reading.counterparty_msisdn or "",
            is_for=(device.purpose, device.subject_id),
        )

    @property
    def _amount(self) -> Money:
        return Money(self.text.amount_minor or 0, self.device.currency)

    @property
    def _txid(self) -> str:
        """The provider's id. A text without one has the same by whichever of the wallet's devices
        it came, if its balance and time say that it is the same; else it is its own."""
        text = self.text
        if text.reading.txid or text.balance_minor is None:
            return text.reading.txid or f"text:{text.id}"
        told = (text.amount_minor, text.balance_minor, int(text.happened_at.timestamp()))
        return f"text:{uuid.uuid5(self.tenant_id, f'{self.device.wallet} {told}')}"

    def _book(self) -> Movement | str:
        """The movement, booked into suspense if nobody did before; else why it is not: it was
        booked with another amount, or may be what a provider was asked for."""
        arrived = nameless.Arrived(
            self.device.wallet, self._txid, self._amount, self.text.happened_at, self._payer
        )
        if nameless.is_paid_already(self.tx, arrived, self.text.id) is None:
            return "asked_for"
        payer = self.text.reading.counterparty_msisdn or ""
        booked = movements.credit_once(
            self.tx,
            tenant_id=self.tenant_id,
            wallet=self.device.wallet,
            provider_txid=self._txid,
            source=Source.SMS,
            amount=self._amount,
            happened_at=self.text.happened_at,
            counterparty=payer if payer.startswith("+") else "",
            keys=self.keys,
            text_id=self.text.id,
        )
        if isinstance(booked, AlreadyCredited) and not booked.agrees:
            return "other_amount"
        return booked.movement

    def _credited(self, movement: Movement, rule: str) -> Worked:
        text_inbox.end(self.tx, self.text.id, "credit", [rule])
        return Worked(self.text.id, "credited", (rule,))

    def _question(
        self,
        reason: str,
        found: Match | None = None,
        movement: Movement | None = None,
        alarm: str = "",
    ) -> Worked:
        """A person decides; what is booked waits in suspense."""
        if self.text.amount_minor:
            exceptions.open_one(
                self.tx,
                Found(
                    *(self.device.wallet, self._txid, self._amount, self.text.happened_at, reason),
                    text_id=self.text.id,
                    movement_id=movement.id if movement else None,
                    suggestions=found.suggestions if found else (),
                ),
            )
        text_inbox.end(self.tx, self.text.id, "question", [reason])
        return Worked(self.text.id, "in_question", (reason,), alarm)


def give(
    tx: Tx,
    purposes: Purposes,
    tenant_id: uuid.UUID,
    movement: Movement,
    parts: Sequence[tuple[Payee, int]],
) -> None:
    """Take a movement out of suspense to the people whose it is, and on to what they paid for, each
    part with its receipt. Nothing where that has happened. Raises what `ledger.post` raises."""
    currency = movement.currency
    wallets: dict[uuid.UUID, int] = {}
    for payee, amount_minor in parts:
        wallet = ledger.account_id(payee.subscriber_id, ledger.WALLET, currency)
        wallets[wallet] = wallets.get(wallet, 0) + amount_minor
    lines = [Line(wallet, amount_minor) for wallet, amount_minor in wallets.items()]
    if movements.allocate(tx, tenant_id=tenant_id, movement=movement, gives=lines) is None:
        return
    for number, (payee, amount_minor) in enumerate(parts):
        amount = Money(amount_minor, currency)
        key = f"part:{movement.id}:{number}"
        purposes[payee.purpose].book(tx, payee, amount, key=key)
        expected.meet(tx, payee, amount, movement.id)
