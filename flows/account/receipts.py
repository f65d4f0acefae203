"""Last receipts, after the PIN: what was paid and got, in case a text never arrived."""

from datetime import datetime

from core.money import ledger
from engine.flow import Flow
from menus.screens import End, Pin
from menus.texts import Text, _

RECEIPTS = 3


class Receipts(Flow):
    """Read from the ledger, not from what was sent: a receipt is there as soon as money moved."""

    name = "receipts"
    initial = "pin"
    transitions = [
        ["answer", "pin", "shown"],
    ]  # fmt: skip

    def pin(self) -> Pin:
        return Pin()

    def shown(self) -> End:
        kinds = (ledger.WALLET, ledger.FLOAT)
        lines = self.read(ledger.receipts, self.caller_id, kinds, RECEIPTS)
        if not lines:
            return End(_("No receipts yet."))
        listed: Text = ""
        for line in lines:
            one = self._receipt(line)
            listed = _("{before}\n{line}", before=listed, line=one) if listed else one
        return End(listed)

    def _receipt(self, line: ledger.StatementLine) -> Text:
        """With the amounts of its text message: what moved is more than the amount, or less."""
        words, reference = self.context.flows.words_of(line), line.reference
        what = words.what(line)
        at = datetime.fromtimestamp(line.at_ms / 1000, self.tenant.zone)
        fee_minor = int(line.detail.get("fee_minor", 0))
        if not fee_minor:
            return _(
                "{amount} {what}, {at}. Ref {reference}",
                amount=self.money(line.amount_minor),
                what=what,
                at=at,
                reference=reference,
            )
        if words.fee_is_in_amount:
            moved_minor = line.amount_minor
            arrived_minor = moved_minor if moved_minor > 0 else -moved_minor - fee_minor
            sign = 1 if moved_minor > 0 else -1
            return _(
                "{arrived} {what}, cash {amount}, fee {fee}, {at}. Ref {reference}",
                arrived=self.money(sign * arrived_minor),
                what=what,
                amount=self.money(arrived_minor + fee_minor),
                fee=self.money(fee_minor),
                at=at,
                reference=reference,
            )
        return _(
            "{amount} {what}, fee {fee}, {at}. Ref {reference}",
            amount=self.money(line.amount_minor + fee_minor),
            what=what,
            fee=self.money(fee_minor),
            at=at,
            reference=reference,
        )
