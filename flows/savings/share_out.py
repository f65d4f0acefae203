"""The committee shares out: asks the group, freezes what each one gets, and another one pays."""

from core.loans import share_out_paying, sharing
from core.loans.share_out_paying import PaidOut
from core.savings import share_outs
from core.savings.share_outs import ShareOutRow
from engine.flow_map import changes_what_no_intent_shows
from flows.savings.group_steps import GroupSteps
from menus.screens import Confirm, End, Fact, Menu, Option, Pin
from menus.texts import _

PREVIEW, PROPOSE, FREEZE, PAY, CLOSE, CANCEL = (
    *("preview", "propose", "freeze", "pay", "close", "cancel"),
)


class ShareOut(GroupSteps):
    """group -> what comes next -> what it comes to -> PIN -> done."""

    name = "share_out"
    resumable = frozenset({"group", "what"})
    transitions = [
        ["answer", "group", "what"],
        {"trigger": "answer", "source": "what", "dest": "seen", "conditions": "is_preview"},
        {"trigger": "answer", "source": "what", "dest": "sure", "before": "keep"},
        {"trigger": "answer", "source": "sure", "dest": "pin", "conditions": "yes"},
        ["answer", "sure", "what"],
        {"trigger": "answer", "source": "pin", "dest": "done", "before": "do"},
    ]  # fmt: skip

    class Answers(GroupSteps.Answers):
        step: str = PROPOSE
        paid: PaidOut | None = None

    answers: Answers

    def _row(self) -> ShareOutRow | None:
        return self.read(share_outs.find, self.answers.group.id)

    def what(self) -> Menu:
        """What comes next of a share-out, by where it stands."""
        row = self._row()
        if row is None:
            options = [
                Option(1, _("Look at it"), PREVIEW),
                Option(2, _("Ask the group"), PROPOSE),
            ]
        elif row.state == "proposed":
            options = [Option(1, _("Look at it"), PREVIEW), Option(3, _("Freeze it"), FREEZE)]
        elif row.state == "frozen":
            options = [Option(4, _("Pay it"), PAY)]
        else:
            options = [Option(5, _("Close the cycle"), CLOSE)]
        if row is not None and row.state != "paid":
            options.append(Option(6, _("Cancel it"), CANCEL))
        return Menu(_("Share-out"), tuple(options))

    def keep(self) -> None:
        self.answers.step = self.given

    def is_preview(self) -> bool:
        return bool(self.given == PREVIEW)

    def sure(self) -> Confirm:
        step, group = self.answers.step, self.answers.group
        if step == CANCEL:
            return Confirm(_("Cancel the share-out of {group}?", group=group.name))
        if step == CLOSE:
            return Confirm(_("Has everybody got their part? Close the cycle?"))
        plan = self._seen().plan
        facts = (
            Fact(_("Shared out"), self.money(plan.fund_minor)),
            Fact(_("In cash"), self.money(sum(one.cash_minor for one in plan.parts))),
            Fact(_("To wallets"), self.money(sum(one.wallet_minor for one in plan.parts))),
            Fact(_("Carried over"), self.money(plan.carry_over_minor)),
        )
        titles = {
            PROPOSE: _("Ask the group to share out?"),
            FREEZE: _("Freeze it like this?"),
            PAY: _("Pay it now?"),
        }
        return Confirm(titles[step], facts)

    def _seen(self) -> sharing.Preview:
        row, today = self._row(), self.tenant.today()
        if row is None:
            return self.read(sharing.preview, self.answers.group.id, self.currency, today)
        return self.read(sharing.preview_of, row, row.frozen_on or today)

    def seen(self) -> End:
        plan = self._seen().plan
        return End(
            _(
                "Today {fund} is shared out: in cash {cash}, to wallets {wallets}, carried over"
                " {rest}. Nothing was changed.",
                fund=self.money(plan.fund_minor),
                cash=self.money(sum(one.cash_minor for one in plan.parts)),
                wallets=self.money(sum(one.wallet_minor for one in plan.parts)),
                rest=self.money(plan.carry_over_minor),
            )
        )

    def pin(self) -> Pin:
        return Pin()

    @changes_what_no_intent_shows
    def do(self) -> None:
        group_id, by, today = self.answers.group.id, self.caller_id, self.tenant.today()
        match self.answers.step:
            case "propose":
                self.write(
                    sharing.propose,
                    group_id=group_id,
                    by=by,
                    today=today,
                    currency=self.currency,
                )
            case "freeze":
                self.write(sharing.freeze, group_id=group_id, by=by, today=today)
            case "pay":
                self.answers.paid = self.write(share_out_paying.pay, group_id=group_id, by=by)
            case "close":
                self.write(share_out_paying.close, group_id=group_id, by=by, today=today)
            case _:
                self.write(sharing.cancel, group_id=group_id, by=by, reason="by phone")

    def done(self) -> End:
        paid = self.answers.paid
        if paid is not None:
            return End(
                _(
                    "Paid. From the box {cash}, to wallets {wallets}. Every member is texted.",
                    cash=paid.cash,
                    wallets=paid.wallets,
                )
            )
        texts = {
            PROPOSE: _("Every member is texted and votes by phone."),
            FREEZE: _("Frozen. Now another one of the committee pays it."),
            CLOSE: _("The cycle is closed, and the next one is open."),
            CANCEL: _("Cancelled. Nothing was paid."),
        }
        return End(texts[self.answers.step])
