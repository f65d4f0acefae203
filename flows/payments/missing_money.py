"""Money that somebody paid and does not see: they say so, and staff look for it."""

from datetime import datetime
from typing import Final

from core.payments import missing
from core.payments.missing import Arrived
from engine.flow import Flow, Leave
from engine.flow_map import changes_what_no_intent_shows
from menus.answers import Amount
from menus.files import File
from menus.screens import Ask, Confirm, End, Fact
from menus.sentences import office
from menus.texts import Text, _
from menus.transaction_ids import TransactionId
from values.attached import AttachedFile
from values.money import Money

NO_ID: Final = "-"


class MissingMoney(Flow):
    """amount -> a picture of the network's message where one can be sent, or else its id -> it is
    there after all, or confirm -> noted."""

    name = "missing_money"
    initial = "amount"
    resumable = frozenset({"amount", "txid", "picture"})
    transitions = [
        {"trigger": "answer", "source": "amount", "dest": "picture",
         "conditions": "can_send_files"},
        ["answer", "amount", "txid"],
        {"trigger": "answer", "source": "picture", "dest": "confirm", "conditions": "has_picture"},
        ["answer", "picture", "txid"],
        {"trigger": "answer", "source": "txid", "dest": "there", "prepare": "look",
         "conditions": "is_there"},
        ["answer", "txid", "confirm"],
        {"trigger": "answer", "source": "confirm", "dest": "noted", "conditions": "yes",
         "before": "note"},
        ["answer", "confirm", "left"],
    ]  # fmt: skip

    class Answers:
        """`arrived` is a payment that is there, since `at_s`; they are answered by `by_s`. Both in
        seconds of Unix time, 0 for none."""

        amount: Money
        txid: str = ""
        picture: AttachedFile | None = None
        arrived: Money | None = None
        at_s: int = 0
        by_s: int = 0

    answers: Answers

    def amount(self) -> Ask:
        return Ask(
            _("How much is missing?"), Amount(self.currency, 1, missing.AMOUNT_MAXIMUM_MINOR)
        )

    def picture(self) -> Ask:
        return Ask(_("Send a photo or screenshot of the network's message."), File())

    def has_picture(self) -> bool:
        return self.answers.picture is not None

    def txid(self) -> Ask:
        return Ask(
            _("Type the ID in the network's message of your payment. Without one: 1"),
            TransactionId(),
        )

    def look(self) -> None:
        """Before the conditions of `txid`: whether it is there after all."""
        found: Arrived | None = None
        if self.answers.txid:
            found = self.read(missing.arrived, self.tenant, self.caller_id, self.answers.txid)
        if found is not None:
            self.answers.arrived, self.answers.at_s = found.amount, int(found.at.timestamp())

    def is_there(self) -> bool:
        return self.answers.arrived is not None

    def there(self) -> End:
        assert self.answers.arrived is not None
        return End(
            _(
                "{amount} is in your account since {at}. Your statement shows it.",
                amount=self.answers.arrived,
                at=self._moment(self.answers.at_s),
            )
        )

    def confirm(self) -> Confirm:
        known = Fact(_("ID"), self.answers.txid or NO_ID)
        if self.has_picture():
            known = Fact(_("Message"), _("as in your picture"))
        facts = [Fact(_("Amount"), self.answers.amount), known]
        return Confirm(_("Shall our staff look for this money?"), tuple(facts))

    @changes_what_no_intent_shows
    def note(self) -> None:
        picture = self.answers.picture
        by = self.write(
            missing.report,
            self.caller_id,
            self.answers.amount,
            self.answers.txid,
            picture.id if picture else None,
        )
        self.answers.by_s = int(by.timestamp())

    def noted(self) -> End:
        said: Text = _(
            "We look for {amount} and text you by {at}. Questions? Call {office}.",
            amount=self.answers.amount,
            at=self._moment(self.answers.by_s),
            office=office(self.tenant.help_phone),
        )
        return End(said)

    def left(self) -> Leave:
        return Leave(_("Nothing was noted."))

    def _moment(self, at_s: int) -> datetime:
        return datetime.fromtimestamp(at_s, self.tenant.zone)
