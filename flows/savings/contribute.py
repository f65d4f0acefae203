"""A member pays into a savings group from the wallet."""

import uuid

from core.money import intents
from core.money.errors import FrozenAccount
from core.savings import groups
from core.savings.errors import GroupClosed, GroupFrozen
from core.savings.messages import ContributionReceipt
from engine.fees import facts_of, fee_told
from engine.flow import Flow
from engine.recent_duplicate import asked_again
from menus import sentences
from menus.answers import Amount
from menus.screens import Ask, Confirm, End, Menu, Option, Pin
from menus.texts import Text, _
from values import clock
from values.ids import reference_of
from values.money import Money

OPERATION = "contribute"
MINIMUM_MINOR = 100
MAXIMUM_MINOR = 500_000


class Contribute(Flow):
    """group -> amount -> confirm with name, amount and fee -> PIN -> paid."""

    name = "contribute"
    initial = "group"
    resumable = frozenset({"group", "amount"})
    transitions = [
        {"trigger": "answer", "source": "group", "dest": "amount", "before": "refuse_frozen"},
        ["answer", "amount", "confirm"],
        {"trigger": "answer", "source": "confirm", "dest": "pin", "conditions": "yes"},
        {"trigger": "answer", "source": "confirm", "dest": "cancelled", "before": "give_up"},
        {"trigger": "answer", "source": "pin", "dest": "paid", "before": "pay"},
    ]  # fmt: skip

    def group(self) -> Menu | End:
        mine = self.read(groups.of_member, self.caller_id)
        if not mine:
            return End(_("You are in no group yet. Ask a group's secretary to add you."))
        options = (
            Option(group.number, group.name, [str(group.id), group.code, group.name, group.frozen])
            for group in mine
        )
        return Menu(_("Save in which group?"), tuple(options))

    def refuse_frozen(self) -> None:
        """Before hook of `group`. What is frozen later is refused by its account."""
        if self.data["group"][3]:
            raise GroupFrozen

    def amount(self) -> Ask:
        tenant = self.context.tenant
        least = tenant.limit_minor(OPERATION, "minimum", MINIMUM_MINOR)
        most = tenant.limit_minor(OPERATION, "maximum", MAXIMUM_MINOR)
        return Ask(
            _("How much for {group}?", group=self.data["group"][2]),
            Amount(self.currency, least, most),
        )

    def confirm(self) -> Confirm:
        group_id, code, name = self.data["group"][:3]
        amount_minor = self.data["amount"]
        fee_minor = self.context.tenant.fee_minor(OPERATION, amount_minor)
        same = self.quote(
            OPERATION,
            payee_id=uuid.UUID(group_id),
            amount_minor=amount_minor,
            fee_minor=fee_minor,
            code=code,
            name=name,
        )
        return Confirm(
            asked_again(same, _("Save in {group}?", group=name)),
            facts_of(
                self.money(amount_minor),
                self.money(fee_minor),
                sentences.TOTAL,
                amount_minor + fee_minor,
            ),
        )

    def pin(self) -> Pin:
        return Pin()

    def pay(self) -> None:
        intent, ours = self.claim()
        assert intent.entry_id is not None
        paid = {
            "amount": intent.amount_minor,
            "fee": intent.fee_minor,
            "name": intent.quote["name"],
            "reference": reference_of(intent.entry_id),
        }
        if ours:
            paid["balance"] = self._post(intent, intent.entry_id)
        self.data["paid"] = paid
        self.done(self._receipt())

    def _post(self, intent: intents.Intent, entry_id: uuid.UUID) -> int:
        tenant = self.context.tenant
        day_limit_minor = tenant.limit_minor(OPERATION, "day_maximum", 0)
        if day_limit_minor:
            self.write(
                intents.count_usage,
                intents.Usage(
                    self.caller_id,
                    OPERATION,
                    tenant.today(),
                    intent.amount_minor,
                    day_limit_minor,
                ),
                currency=intent.currency,
            )
        try:
            posted = self.write(
                groups.contribute, intent=intent, entry_id=entry_id, tenant_id=tenant.id
            )
        except FrozenAccount:
            if not self.context.autonomous(groups.is_frozen, intent.payee_id):
                raise
            raise GroupClosed from None
        balance_minor = posted.wallet_minor
        self.text(
            self.caller_id,
            ContributionReceipt(
                amount=Money(intent.amount_minor, intent.currency),
                fee=Money(intent.fee_minor, intent.currency),
                group=intent.quote["name"],
                reference=reference_of(entry_id),
                balance=Money(balance_minor, intent.currency),
                at=clock.now(),
            ),
            entry_id,
        )
        return balance_minor

    def _receipt(self) -> Text:
        paid = self.data["paid"]
        return _(
            "Saved {amount} in {group}, {fee}. Ref {reference}.",
            amount=self.money(paid["amount"]),
            group=paid["name"],
            fee=fee_told(self.money(paid["fee"])),
            reference=paid["reference"],
        )

    def paid(self) -> End:
        if "balance" not in self.data["paid"]:
            return End(self._receipt())
        balance = self.money(self.data["paid"]["balance"])
        return End(_("{receipt} New balance {balance}.", receipt=self._receipt(), balance=balance))

    def cancelled(self) -> End:
        return End(sentences.CANCELLED)
