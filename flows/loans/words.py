"""Sentences that several conversations about loans say."""

from core.loans.terms import Plan
from core.savings.loan_schedule import Every
from menus.texts import Text, _
from values.money import Money


def day_text(day: object) -> str:
    """A day with its year, since loans go on beyond one: 31/01/2027."""
    return f"{day:%d/%m/%Y}"


def term_text(periods: int, every: str) -> Text:
    """For how long: "6 months"."""
    if every == Every.WEEK.value:
        return _("weeks: {count}", count=periods)
    return _("months: {count}", count=periods)


def first_of(plan: Plan, currency: str) -> Money:
    """The first instalment."""
    return Money(plan.instalments[0].total_minor, currency)
