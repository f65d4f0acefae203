"""An attendant closes a shift: the meters, what was counted, and what is over or short."""

from core.fuel import meters, shifts
from core.fuel.shifts import Counted, Needed, Reckoned, Shift
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from flows.fuel.meters import ask_litres, ask_now
from menus import sentences
from menus.answers import Amount
from menus.screens import Ask, Confirm, End, Fact, Pin
from menus.texts import Text, _
from values import clock
from values.money import Money

AMOUNT_MAXIMUM_MINOR = 1_000_000_000


class CloseShift(Flow):
    """a meter for each nozzle -> cash -> mobile money -> cards -> on account -> sure? -> PIN."""

    name = "close_shift"
    initial = "meter"
    transitions = [
        {"trigger": "answer", "source": "meter", "dest": "meter", "prepare": "take",
         "conditions": "is_more"},
        ["answer", "meter", "cash"],
        ["answer", "cash", "mobile"],
        ["answer", "mobile", "cards"],
        ["answer", "cards", "credit"],
        {"trigger": "answer", "source": "credit", "dest": "confirm", "before": "reckon"},
        {"trigger": "answer", "source": "confirm", "dest": "pin", "conditions": "yes"},
        ["answer", "confirm", "kept"],
        {"trigger": "answer", "source": "pin", "dest": "closed", "before": "close"},
    ]  # fmt: skip

    class Answers:
        meter: str
        cash: Money
        mobile: Money
        cards: Money
        credit: Money
        taken_cl: tuple[int, ...] = ()
        reckoned: Reckoned | None = None

    answers: Answers

    def _shift(self) -> Shift:
        """Raises NoShift."""
        return self.read(shifts.require_open, self.caller_id)

    def _needed(self) -> list[Needed]:
        return self.read(shifts.needed, self._shift(), clock.now())

    def meter(self) -> Ask:
        wanted = self._needed()
        one = wanted[len(self.answers.taken_cl)]
        nozzle, last = one.nozzle, meters.litres(self._before_cl(wanted) or 0)
        if one.publication is None:
            return ask_now(nozzle, last)
        changed = one.publication.valid_from.astimezone(self.tenant.zone)
        return ask_litres(
            _(
                "Nozzle {nozzle}, {product}: meter at the new price, {at}? Before: {last} l.",
                nozzle=nozzle.number,
                product=nozzle.name,
                at=f"{changed:%d/%m %H:%M}",
                last=last,
            )
        )

    def _before_cl(self, wanted: list[Needed]) -> int | None:
        """What the nozzle that is read next was at before: in this shift, or when it began. None
        where it came to the pump since."""
        taken = self.answers.taken_cl
        nozzle = wanted[len(taken)].nozzle
        if taken and wanted[len(taken) - 1].nozzle.id == nozzle.id:
            return taken[-1]
        return nozzle.last_cl

    def take(self) -> None:
        """Before a state's conditions are looked at: what the meter says. Raises MeterBelow,
        MeterTooFar."""
        wanted = self._needed()
        nozzle = wanted[len(self.answers.taken_cl)].nozzle
        totaliser_cl = meters.centilitres(self.given)
        shifts.check_reading(nozzle, totaliser_cl, self._before_cl(wanted))
        self.answers.taken_cl = (*self.answers.taken_cl, totaliser_cl)

    def is_more(self) -> bool:
        return len(self.answers.taken_cl) < len(self._needed())

    def cash(self) -> Ask:
        return self._ask(_("How much cash do you hand over?"))

    def mobile(self) -> Ask:
        return self._ask(_("How much was paid by mobile money?"))

    def cards(self) -> Ask:
        return self._ask(_("How much was paid by card?"))

    def credit(self) -> Ask:
        return self._ask(_("How much was sold on account?"))

    def _ask(self, prompt: Text) -> Ask:
        return Ask(prompt, Amount(self.currency, 0, AMOUNT_MAXIMUM_MINOR))

    def reckon(self) -> None:
        self.answers.reckoned = self.read(
            shifts.reckon, self._shift(), self.answers.taken_cl, clock.now()
        )

    @property
    def _reckoned(self) -> Reckoned:
        assert self.answers.reckoned is not None, "the meters were read before"
        return self.answers.reckoned

    @property
    def _counted(self) -> Counted:
        said = self.answers
        amounts = (said.cash, said.mobile, said.cards, said.credit)
        return Counted(*(one.amount_minor for one in amounts))

    def confirm(self) -> Confirm:
        expected_minor, counted_minor = self._reckoned.expected_minor, self._counted.total_minor
        facts = [
            Fact(_("Sold, litres"), meters.litres(self._reckoned.sold_cl)),
            Fact(_("Expected"), self.money(expected_minor)),
            Fact(_("Counted"), self.money(counted_minor)),
        ]
        if counted_minor != expected_minor:
            name = _("Over") if counted_minor > expected_minor else _("Short")
            facts.append(Fact(name, self.money(abs(counted_minor - expected_minor))))
        return Confirm(_("Close your shift?"), tuple(facts))

    def kept(self) -> End:
        return End(sentences.CANCELLED)

    def pin(self) -> Pin:
        return Pin()

    @changes_what_no_intent_shows
    def close(self) -> None:
        self.answers.reckoned = self.write(
            shifts.end,
            self.context.keys,
            shift=self._shift(),
            totalisers_cl=self.answers.taken_cl,
            counted=self._counted,
            at=clock.now(),
        )

    def closed(self) -> End:
        difference_minor = self._counted.total_minor - self._reckoned.expected_minor
        if difference_minor > 0:
            return End(
                _("Your shift is closed. Over: {amount}.", amount=self.money(difference_minor))
            )
        if difference_minor < 0:
            short = self.money(-difference_minor)
            return End(_("Your shift is closed. Short: {amount}.", amount=short))
        return End(_("Your shift is closed. All is there."))
