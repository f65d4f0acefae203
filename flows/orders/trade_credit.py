"""A shop's credit: what is free of it and what is due when; or asked for, and answered at once."""

from core.orders.credit import accounts, applying
from core.orders.credit.accounts import Account, Due
from core.orders.credit.applying import Application
from core.orders.credit.scorecard import APPROVED, REFERRED
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus.screens import Confirm, End, Pin
from menus.texts import Text, _
from values.money import Money

DUES_SHOWN = 3


class TradeCredit(Flow):
    """PIN -> the credit, or: ask for it? -> given, looked at, or not with why."""

    name = "trade_credit"
    initial = "pin"
    transitions = [
        {"trigger": "answer", "source": "pin", "dest": "shown", "conditions": "has_credit"},
        ["answer", "pin", "ask"],
        {"trigger": "answer", "source": "ask", "dest": "answered", "conditions": "yes",
         "before": "apply"},
        ["answer", "ask", "unchanged"],
    ]  # fmt: skip

    class Answers:
        outcome: str = ""
        limit_minor: int = 0
        against: tuple[str, ...] = ()

    answers: Answers

    def pin(self) -> Pin:
        return Pin()

    def has_credit(self) -> bool:
        return self.read(accounts.find, self.caller_id) is not None

    def shown(self) -> End:
        account = self.read(accounts.find, self.caller_id)
        assert account is not None, "it was looked at"
        return End(_of(account, self.read(accounts.dues, self.caller_id)))

    def ask(self) -> Confirm | End:
        last = self.read(applying.latest, self.caller_id)
        if last is not None and last.state == REFERRED:
            return End(_("We look at what you asked for, and text you."))
        self.read(accounts.terms)  # refused where nothing is sold on credit
        return Confirm(_("Ask to buy on credit? We look at your orders and payments here."))

    @changes_what_no_intent_shows
    def apply(self) -> None:
        made: Application = self.write(applying.apply, self.caller_id)
        self.answers.outcome = made.state
        self.answers.limit_minor = made.limit_minor
        self.answers.against = tuple(one.measure for one in made.against)

    def answered(self) -> End:
        answers = self.answers
        if answers.outcome == APPROVED:
            limit = self.money(answers.limit_minor)
            return End(_("Yes: you can buy on credit, up to {limit}.", limit=limit))
        if answers.outcome == REFERRED:
            return End(_("We look at it, and text you."))
        text: Text = _("Not yet.")
        for measure in answers.against:
            text = _("{before} {why}", before=text, why=_WHY[measure])
        return End(text)

    def unchanged(self) -> End:
        return End(_("Nothing was asked for."))


def _of(account: Account, dues: list[Due]) -> Text:
    owed = Money(sum(one.both_minor for one in dues), account.currency)
    text: Text = _(
        "Credit: {free} free of {limit}. To pay back: {owed}",
        free=account.free,
        limit=Money(account.limit_minor, account.currency),
        owed=owed,
    )
    if account.state != accounts.ACTIVE:
        text = _("Your credit is stopped. To pay back: {owed}", owed=owed)
    for one in dues[:DUES_SHOWN]:
        amount = Money(one.both_minor, account.currency)
        text = _(
            "{before}\n{amount} by {day}", before=text, amount=amount, day=f"{one.due_on:%d/%m}"
        )
    return text


_WHY: dict[str, Text] = {
    "months_known": _("Buy here for some more months."),
    "orders_paid": _("Order and pay more often first."),
    "on_time_percent": _("Pay your orders in time."),
    "refused_percent": _("Take what you order."),
    "overdue_now": _("Pay what is overdue first."),
}
