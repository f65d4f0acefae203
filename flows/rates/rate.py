"""What a currency is worth; and so much of it, where somebody wants to know."""

from collections.abc import Sequence
from decimal import Decimal

from core.rates import asked, converting
from core.rates.converting import Converted
from core.rates.margins import after_margin
from core.rates.shown import shown
from flows.rates.line import Line
from flows.rates.steps import PairSteps
from menus.answers import Amount
from menus.screens import Ask, End, Menu, Option
from menus.texts import Text, _
from values.money import Money

AMOUNT_MAXIMUM_MINOR = 10**9


class Conversion(PairSteps):
    """What is reckoned from a rate, and how it is said."""

    class Answers(PairSteps.Answers):
        amount: Money
        percent: str = "0"

    answers: Answers

    def note_margin(self) -> None:
        """Before hook of `amount`: what the tenant takes off today."""
        percent = self.read(asked.margin, self.told, self.answers.amount, self.tenant.today())
        self.answers.percent = f"{percent.normalize():f}"

    @property
    def rate(self) -> Decimal:
        return after_margin(Decimal(self.told.rate), Decimal(self.answers.percent))

    def amount_of(self, currency: str) -> Amount:
        return Amount(currency, 1, AMOUNT_MAXIMUM_MINOR)

    def received_text(self) -> Text:
        sent = self.answers.amount
        found = converting.received(sent, self.told.destination, self.rate)
        result = _("{sent} = {received}", sent=sent, received=found.money)
        if found.is_rounded:
            result = _("{sent} = {received}, rounded down", sent=sent, received=found.money)
        return self._with_rate(result)

    def needed_text(self) -> Text:
        wanted = self.answers.amount
        found: Converted = converting.needed(wanted, self.told.source, self.rate)
        result = _("{wanted} costs {sent}", wanted=wanted, sent=found.money)
        if found.is_rounded:
            result = _("{wanted} costs {sent}, rounded up", wanted=wanted, sent=found.money)
        return self._with_rate(result)

    def _with_rate(self, result: Text) -> Text:
        if self.answers.percent == "0":
            return _("{result}\n{rate}", result=result, rate=self.rate_text())
        return _(
            "{result} at {own} ({percent} % off).\n{rate}",
            result=result,
            own=shown(self.rate),
            percent=self.answers.percent,
            rate=self.rate_text(),
        )


class Rate(Conversion):
    """pair -> its rate, and an amount to convert, if one likes."""

    name = "rate"
    resumable = frozenset({"source", "destination", "amount"})
    transitions = [
        *PairSteps.steps_to("amount"),
        {"trigger": "answer", "source": "amount", "dest": "converted", "before": "note_margin"},
    ]  # fmt: skip

    @classmethod
    def words_of(cls, line: Line) -> Sequence[str]:
        # What a sum of the other currency costs is another conversation's question.
        return [] if line.before == line.destination else super().words_of(line)

    def amount(self) -> Ask:
        prompt = _("{rate}\nHow many {source}?", rate=self.rate_text(), source=self.told.source)
        return Ask(prompt, self.amount_of(self.told.source))

    def converted(self) -> End:
        return End(self.received_text())


class ConvertRate(Conversion):
    """pair -> I send or they get -> amount -> the other amount."""

    name = "convert_rate"
    resumable = frozenset({"source", "destination", "way", "amount"})
    transitions = [
        *PairSteps.steps_to("way"),
        ["answer", "way", "amount"],
        {"trigger": "answer", "source": "amount", "dest": "converted", "before": "note_margin"},
    ]  # fmt: skip

    class Answers(Conversion.Answers):
        way: str

    answers: Answers

    @classmethod
    def words_of(cls, line: Line) -> Sequence[str]:
        way = {line.source: "send", line.destination: "get"}.get(line.before)
        return [way, line.number] if way else []

    def way(self) -> Menu:
        told = self.told
        send = _("I send {source}", source=told.source)
        get = _("They get {destination}", destination=told.destination)
        options = Option(1, send, "send", "send"), Option(2, get, "get", "get")
        return Menu(self.rate_text(), options)

    def amount(self) -> Ask:
        sends = self.answers.way == "send"
        currency = self.told.source if sends else self.told.destination
        return Ask(_("How many {currency}?", currency=currency), self.amount_of(currency))

    def converted(self) -> End:
        sends = self.answers.way == "send"
        return End(self.received_text() if sends else self.needed_text())
