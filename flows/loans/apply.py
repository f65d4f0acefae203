"""A member applies for a loan: what it costs in all is shown before anybody is asked."""

from collections.abc import Iterator
from typing import Final

from core.loans import applying, loans
from core.loans.applying import Choice
from core.loans.loans import GroupMember
from core.savings import constitution, groups
from core.savings.loan_schedule import Every
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from flows.loans.words import day_text, term_text
from menus import sentences
from menus.answers import Amount, Number, Phone
from menus.screens import Ask, Confirm, End, Fact, Menu, Option, Pin
from menus.texts import Text, _
from values.money import Money

# So many members are on the list; others are found by their number.
MEMBERS_SHOWN: Final = 20
BY_NUMBER: Final = 97


class ApplyForLoan(Flow):
    """group -> product -> amount -> periods -> what is repaid in all, and until when -> to the
    wallet or in cash, in a group that meets -> guarantors, from a list or by number -> confirm ->
    PIN -> applied."""

    name = "loan_apply"
    initial = "group"
    resumable = frozenset({"group", "product", "amount", "periods"})
    transitions = [
        ["answer", "group", "product"],
        ["answer", "product", "amount"],
        ["answer", "amount", "periods"],
        ["answer", "periods", "offer"],
        {"trigger": "answer", "source": "offer", "dest": "payout",
         "conditions": ["yes", "meets"]},
        {"trigger": "answer", "source": "offer", "dest": "guarantor",
         "conditions": ["yes", "needs_guarantor"]},
        {"trigger": "answer", "source": "offer", "dest": "pin", "conditions": "yes"},
        ["answer", "offer", "cancelled"],
        {"trigger": "answer", "source": "payout", "dest": "guarantor",
         "conditions": "needs_guarantor"},
        ["answer", "payout", "pin"],
        {"trigger": "answer", "source": "guarantor", "dest": "number",
         "conditions": "is_by_number"},
        {"trigger": "answer", "source": "guarantor", "dest": "guarantor",
         "conditions": "needs_one_more", "before": "choose"},
        {"trigger": "answer", "source": "guarantor", "dest": "confirm", "before": "choose"},
        {"trigger": "answer", "source": "number", "dest": "guarantor",
         "conditions": "needs_one_more", "before": "look_up"},
        {"trigger": "answer", "source": "number", "dest": "confirm", "before": "look_up"},
        {"trigger": "answer", "source": "confirm", "dest": "pin", "conditions": "yes"},
        ["answer", "confirm", "cancelled"],
        {"trigger": "answer", "source": "pin", "dest": "applied", "before": "apply"},
    ]  # fmt: skip

    class Answers:
        group: groups.Membership
        product: Choice
        amount: Money
        periods: int
        guarantor: GroupMember | None
        payout: str = loans.WALLET
        chosen: tuple[GroupMember, ...] = ()
        reference: str = ""

    answers: Answers

    def group(self) -> Menu | End:
        mine = self.read(groups.of_member, self.caller_id)
        if not mine:
            return End(_("You are in no group yet. Ask a group's secretary to add you."))
        options = (Option(group.number, group.name, group.membership, group.code) for group in mine)
        return Menu(_("A loan from which group?"), tuple(options))

    def product(self) -> Menu:
        found = self.read(
            applying.choices,
            self.tenant,
            borrower_id=self.caller_id,
            group_id=self.answers.group.id,
        )
        options = (Option(number, one.name, one) for number, one in enumerate(found, start=1))
        return Menu(_("Which loan?"), tuple(options))

    def amount(self) -> Ask:
        product = self.answers.product
        within = Amount(self.currency, product.minimum_minor, product.maximum_minor)
        least, most = self.money(product.minimum_minor), self.money(product.maximum_minor)
        return Ask(_("How much? From {least} to {most}.", least=least, most=most), within)

    def periods(self) -> Ask:
        product = self.answers.product
        least, most = product.minimum_periods, product.maximum_periods
        if product.every == Every.WEEK.value:
            prompt = _("For how many weeks? From {least} to {most}.", least=least, most=most)
        else:
            prompt = _("For how many months? From {least} to {most}.", least=least, most=most)
        return Ask(prompt, Number(least, most))

    def offer(self) -> Confirm:
        return Confirm(_("Agree to this loan?"), tuple(self._facts()))

    def _facts(self) -> Iterator[Fact]:
        """What a loan comes to, never the rate alone."""
        plan = self.read(
            applying.offer,
            product_id=self.answers.product.product_id,
            principal_minor=self.answers.amount.amount_minor,
            periods=self.answers.periods,
            today=self.tenant.today(),
        )
        first = plan.instalments[0]
        yield Fact(_("You get"), self.money(plan.payout_minor))
        yield Fact(_("You repay in all"), self.money(plan.to_repay_minor))
        yield Fact(_("First: {day}", day=day_text(first.due_on)), self.money(first.total_minor))
        yield Fact(_("Last day"), day_text(plan.last_on))

    def meets(self) -> bool:
        """Whether the group has a box that cash can come from."""
        found = self.read(constitution.find, self.answers.group.id, self.tenant.today())
        return found is not None

    def payout(self) -> Menu:
        return Menu(
            _("How is it paid to you?"),
            (
                Option(1, _("To my wallet"), loans.WALLET),
                Option(2, _("In cash, by the group"), loans.CASH),
            ),
        )

    def needs_guarantor(self) -> bool:
        return self.answers.product.guarantors > 0

    def needs_one_more(self) -> bool:
        return len(self.answers.chosen) + 1 < self.answers.product.guarantors

    def guarantor(self) -> Menu:
        found = self.read(
            loans.members_beside,
            self.context.keys,
            self.answers.group.id,
            self.caller_id,
            MEMBERS_SHOWN,
        )
        options = (Option(number, one.name, one) for number, one in enumerate(found, start=1))
        title = _(
            "Guarantor {number} of {count}?",
            number=len(self.answers.chosen) + 1,
            count=self.answers.product.guarantors,
        )
        return Menu(title, (*options, Option(BY_NUMBER, _("By phone number"))))

    def is_by_number(self) -> bool:
        return self.given is None

    def number(self) -> Ask:
        return Ask(_("Guarantor's phone number?"), Phone(self.tenant.country))

    def choose(self) -> None:
        self._take(self.given)

    def look_up(self) -> None:
        self._take(
            self.read(
                applying.guarantor_at,
                self.context.keys,
                number=self.given,
                group_id=self.answers.group.id,
                borrower_id=self.caller_id,
            )
        )

    def _take(self, member: GroupMember) -> None:
        self.read(
            applying.require_guarantor,
            self.tenant,
            product_id=self.answers.product.product_id,
            principal_minor=self.answers.amount.amount_minor,
            group_id=self.answers.group.id,
            borrower_id=self.caller_id,
            guarantor_id=member.id,
            chosen=[one.id for one in self.answers.chosen],
        )
        self.answers.chosen = (*self.answers.chosen, member)

    def confirm(self) -> Confirm:
        amount, term = self.answers.amount, self._term()
        return Confirm(
            _("Apply for {amount}? {term}", amount=amount, term=term),
            tuple(Fact(_("Guarantor"), one.name) for one in self.answers.chosen),
        )

    def _term(self) -> Text:
        return term_text(self.answers.periods, self.answers.product.every)

    def pin(self) -> Pin:
        return Pin()

    @changes_what_no_intent_shows
    def apply(self) -> None:
        applied = self.write(
            applying.apply,
            self.context.keys,
            tenant=self.tenant,
            borrower_id=self.caller_id,
            group_id=self.answers.group.id,
            product_id=self.answers.product.product_id,
            principal_minor=self.answers.amount.amount_minor,
            periods=self.answers.periods,
            guarantor_ids=[one.id for one in self.answers.chosen],
            payout=self.answers.payout,
        )
        self.answers.reference = applied.reference

    def applied(self) -> End:
        reference = self.answers.reference
        if self.answers.chosen:
            return End(
                _(
                    "Applied. Your guarantors are asked first, then the committee. We will text"
                    " you. Ref {reference}.",
                    reference=reference,
                )
            )
        return End(
            _(
                "Applied. The committee decides. We will text you. Ref {reference}.",
                reference=reference,
            )
        )

    def cancelled(self) -> End:
        return End(sentences.CANCELLED)
