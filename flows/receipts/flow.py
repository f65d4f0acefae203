"""Last receipts, after the PIN: what was paid and got, in case a text never arrived."""

from datetime import datetime

from core import ledger
from flows.kit.flow import Flow
from flows.kit.lines import what_of
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
        told: Text = ""
        for line in lines:
            one = _(
                "{amount} {what}, {at}. Ref {reference}",
                amount=self.money(line.amount_minor),
                what=what_of(line),
                at=datetime.fromtimestamp(line.at_ms / 1000, self.desk.tenant.zone),
                reference=line.reference,
            )
            told = _("{before}\n{line}", before=told, line=one) if told else one
        return End(told)
