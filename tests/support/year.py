"""A savings group through its year: it meets, lends in cash, shares out."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson

from core.approvals import requests
from core.approvals.requests import officer
from core.loans import (
    applying,
    at_meeting,
    cash,
    deciding,
    guarantors,
    loans,
    repaying,
    share_out_paying,
    sharing,
)
from core.loans.loans import Loan
from core.loans.repaying import REPAY_LOAN
from core.loans.replay import Replayed
from core.loans.reversing import CashReversal
from core.loans.terms import Part, Terms
from core.money import ledger
from core.money.operations import open_quote
from core.savings import consents, meeting_count, meeting_lines, meetings, share_outs, votes
from tests.support.loans import TERMS
from tests.support.savings import Group, group_of
from tests.support.tenants import CURRENCY, KEYS, Tenant
from values.ids import uuid7

LENDS: Terms = replace(
    TERMS, guarantors=0, guaranteed_percent=Decimal(0), approvals=2, savings_multiple=Decimal(3)
)


@dataclass
class Year(Group):
    """A group whose first two members have every office; its loans need no guarantor and both."""

    product_id: uuid.UUID = field(default_factory=uuid7)
    terms: Terms = LENDS

    def turn(self) -> Any:
        """The tenant as operations have it, on the group's day."""
        return replace_day(self.tenant.as_turns_have_it(), self)

    def go_on(self, days: int) -> None:
        self.day += timedelta(days)

    # -- loans -------------------------------------------------------------------------------------

    def agree(
        self,
        who: uuid.UUID,
        principal: int,
        *,
        payout: str = loans.CASH,
        guarantor_ids: tuple[uuid.UUID, ...] = (),
    ) -> uuid.UUID:
        """A loan for six months that both officers agreed to."""
        with self.tenant.tx() as tx:
            loan_id = applying.apply(
                tx,
                KEYS,
                tenant=self.turn(),
                borrower_id=who,
                group_id=self.id,
                product_id=self.product_id,
                principal_minor=principal,
                periods=6,
                guarantor_ids=guarantor_ids,
                payout=payout,
            ).loan_id
        for guarantor in guarantor_ids:
            with self.tenant.tx() as tx:
                guarantors.accept(
                    tx, KEYS, tenant=self.turn(), loan_id=loan_id, subscriber_id=guarantor
                )
        for one in self.people[: self.terms.approvals]:
            with self.tenant.tx() as tx:
                deciding.approve(tx, KEYS, tenant=self.turn(), loan_id=loan_id, officer_id=one)
        return loan_id

    def lend_in_cash(self, who: uuid.UUID, principal: int, **about: Any) -> uuid.UUID:
        """One that was paid out at a meeting of its own."""
        loan_id = self.agree(who, principal, **about)
        self.open()
        with self.tenant.tx() as tx:
            at_meeting.write_payout(tx, self.now(), loan_id, by=self.treasurer)
        self.end()
        return loan_id

    def repay_at_meeting(self, who: uuid.UUID, amount: int, by: uuid.UUID | None = None) -> None:
        with self.tenant.tx() as tx:
            meeting = meetings.require(tx, self.id)
            number = self.people.index(who) + 1
            line = meeting_lines.by_number(tx, KEYS, meeting.id, number)
            at_meeting.repay(tx, meeting, line, amount, by=by or self.treasurer)

    def repay_by_wallet(self, loan_id: uuid.UUID, amount: int) -> None:
        loan = self.loan(loan_id)
        wallet = ledger.account_id(loan.borrower_id, ledger.WALLET, CURRENCY)
        with self.tenant.tx() as tx:
            ledger.open_account(
                tx, id=wallet, kind=ledger.WALLET, currency=CURRENCY, owner_id=loan.borrower_id
            )
        self.tenant.fund(wallet, amount)
        with self.tenant.tx() as tx:
            opened = open_quote(
                tx,
                repaying.quote(loan, loan.money(amount), settles=False),
                subscriber_id=loan.borrower_id,
                session=uuid7().hex,
                service_id=self.service_id,
            )
        with self.tenant.tx() as tx:
            REPAY_LOAN.pay(
                tx, tenant=self.turn(), intent_id=opened.id, subscriber_id=loan.borrower_id
            )

    def pay_before_two(self, loan_id: uuid.UUID, amount: int) -> uuid.UUID:
        """In cash, between two meetings. Answers the payment."""
        with self.tenant.tx() as tx:
            cash_id = cash.record(
                tx,
                group_id=self.id,
                loan_id=loan_id,
                is_payout=False,
                amount_minor=amount,
                by=self.treasurer,
                today=self.day,
            )
        with self.tenant.tx() as tx:
            return cash.confirm(tx, cash_id, by=self.secretary, today=self.day)

    def loan(self, loan_id: uuid.UUID) -> Loan:
        with self.tenant.tx() as tx:
            found = loans.get(tx, loan_id)
        assert found is not None
        return found

    def standing(self, loan_id: uuid.UUID, today: Any = None) -> Replayed:
        with self.tenant.tx() as tx:
            return loans.standing(tx, self.loan(loan_id), today or self.day)

    def owed_principal(self, loan_id: uuid.UUID) -> int:
        return self.standing(loan_id).open_of(Part.PRINCIPAL)

    def savings_of(self, who: uuid.UUID) -> uuid.UUID:
        return ledger.savings_account_id(self.id, who, CURRENCY)

    # -- a share-out -------------------------------------------------------------------------------

    def propose(self, **about: Any) -> None:
        with self.tenant.tx() as tx:
            sharing.propose(
                tx, group_id=self.id, by=self.treasurer, today=self.day, currency=CURRENCY, **about
            )

    def vote(self, who: uuid.UUID, number: int) -> None:
        with self.tenant.tx() as tx:
            (vote,) = votes.open_to(tx, who)
            votes.cast(tx, KEYS, vote.id, number, member_id=who)

    def vote_yes(self, members: int) -> None:
        """The first ones do, until it is decided."""
        for who in self.people[:members]:
            with self.tenant.tx() as tx:
                is_on = bool(votes.open_to(tx, who))
            if is_on:
                self.vote(who, votes.YES)

    def freeze(self) -> sharing.Preview:
        with self.tenant.tx() as tx:
            return sharing.freeze(tx, group_id=self.id, by=self.treasurer, today=self.day)

    def pay(self, by: uuid.UUID | None = None) -> share_out_paying.PaidOut:
        with self.tenant.tx() as tx:
            return share_out_paying.pay(tx, group_id=self.id, by=by or self.secretary)

    # -- a meeting's end ---------------------------------------------------------------------------

    def end(self) -> None:
        """The box is counted, as the book has it, and the meeting closes."""
        meeting = self.now()
        self.count(meeting.book_minor)
        self.close(meeting.id)

    def recount(self) -> None:
        with self.tenant.tx() as tx:
            meeting_count.recount(tx, self.now(), by=self.treasurer)


def replace_day(turn: Any, group: Group) -> Any:
    """The tenant whose day is the group's."""

    class OnDay:
        def __getattr__(self, name: str) -> Any:
            return getattr(turn, name)

        def today(self) -> Any:
            return group.day

    return OnDay()


def year_of(tenant: Tenant, members: int = 5, terms: Terms = LENDS, **rules: Any) -> Year:
    """A new group that meets and lends; `rules` are changes of its constitution."""
    code = f"Y{uuid7().int % 10**7}"
    group = group_of(tenant, code, members=members, **rules)
    found = Year(tenant, group.id, group.people, group.rules, terms=terms)
    with tenant.tx() as tx:
        tx.execute(
            "INSERT INTO loan_product (tenant_id, id, key, name, terms, valid_from, approved_by)"
            " VALUES (current_tenant(), %s, %s, 'Season', %s, '2020-01-01Z', '')",
            (
                found.product_id,
                str(found.product_id),
                orjson.dumps(terms.to_data()).decode(),
            ),
        )
        tx.execute(
            "INSERT INTO service (tenant_id, id, provider, channel, code, tree)"
            " SELECT current_tenant(), %s, 'africastalking', 'ussd', %s, '{}' WHERE NOT EXISTS"
            " (SELECT 1 FROM service WHERE tenant_id = current_tenant())",
            (found.service_id, f"*385*{found.service_id.int % 10**6}#"),
        )
    return found


def take_back(group: Group, payment_id: uuid.UUID) -> None:
    """Two officers take a payment in cash back that was none."""
    kind, tenant = CashReversal(), group.tenant
    with tenant.tx() as tx:
        asked = requests.ask(
            *(tx, KEYS, kind),
            by=officer("ann", "test"),
            params={},
            reason="the money was never there",
            subject_id=payment_id,
        )
        assert kind.show(tx, KEYS, asked.request).after
    with tenant.tx() as tx:
        by = officer("ben", "test")
        requests.approve(tx, KEYS, {kind.name: kind}, asked.request.id, by=by)


def live_a_year(tenant: Tenant) -> None:
    """Of a small group: a loan paid out at a meeting, repaid at another one and between two, of
    which one payment is taken back; a secret vote; and its share-out, with the social fund."""
    group = year_of(tenant, members=3, coin_minor=10)
    ann, ben, eve = group.people
    group.hold_meeting(dict.fromkeys(group.people, 5))
    loan_id = group.lend_in_cash(eve, 3_000)
    group.go_on(days=28)
    group.open()
    group.repay_at_meeting(eve, 560)
    group.end()
    group.pay_before_two(loan_id, 500)
    take_back(group, group.pay_before_two(loan_id, 200))
    with tenant.tx() as tx:
        votes.open_vote(
            tx,
            group_id=group.id,
            by=ann,
            today=group.day,
            question="Who keeps the second key?",
            secret=True,
            hours=48,
            candidate_ids=[ben, eve],
        )
    for member, number in ((ann, 1), (ben, 1)):  # a third vote could change nothing
        group.vote(member, number)
    consent_id = consent_of(group, "The people's bank")
    with tenant.tx() as tx:
        consents.revoke(tx, group.id, consent_id, by="officer clerk", reason="Asked by the chair")
    tenant.fund(group.savings_of(ben), 1_003)  # paid by phone
    group.day = date(2026, 12, 14)
    group.propose(with_social=True)
    with tenant.tx() as tx:
        sharing.choose_way(tx, group.id, ann, share_outs.CASH)
    group.vote_yes(3)
    group.freeze()
    group.pay()
    with tenant.tx() as tx:
        share_out_paying.close(tx, group_id=group.id, by=ann, today=group.day)


def consent_of(group: Year, bank: str) -> uuid.UUID:
    """The group votes that a bank sees its credit history, and that is written down."""
    with group.tenant.tx() as tx:
        vote_id = votes.open_vote(
            tx,
            group_id=group.id,
            by=group.treasurer,
            today=group.day,
            question=f"May {bank} see how we repay?",
            secret=False,
            hours=48,
        )
    group.vote_yes(len(group.people))
    with group.tenant.tx() as tx:
        return consents.grant(
            tx,
            group.id,
            vote_id=vote_id,
            bank=bank,
            valid_until=group.day + timedelta(days=90),
            today=group.day,
            by="officer clerk",
        )
