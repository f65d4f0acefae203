"""A customer says that they got less than they paid for."""

from core.fuel import complaints, meters, sales
from core.fuel.complaints import Purchase
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus import sentences
from menus.fractions import Fraction
from menus.screens import Ask, Confirm, End, Fact, Menu, Option
from menus.texts import Text, _


class FuelComplaint(Flow):
    """which of the last sales -> what they got -> sure? -> the station is asked."""

    name = "fuel_complaint"
    initial = "purchase"
    transitions = [
        ["answer", "purchase", "got"],
        {"trigger": "answer", "source": "got", "dest": "sure", "before": "take_got"},
        {"trigger": "answer", "source": "sure", "dest": "filed", "conditions": "yes",
         "before": "file"},
        ["answer", "sure", "kept"],
    ]  # fmt: skip

    class Answers:
        purchase: Purchase
        got_cl: int = 0
        reference: str = ""

    answers: Answers

    def purchase(self) -> Menu:
        """Raises NothingBought."""
        found = self.read(complaints.bought_lately, self.caller_id, str(self.tenant.zone))
        options = (Option(key, _shown(one), one) for key, one in enumerate(found, 1))
        return Menu(_("Which sale was short?"), tuple(options))

    def got(self) -> Ask:
        what = self.answers.purchase
        prompt = _(
            "You paid {volume} {product}. How much did you get?",
            volume=what.volume,
            product=what.product,
        )
        return Ask(prompt, Fraction(decimals=2, takes_zero=True, maximum=sales.LITRES_MAXIMUM))

    def take_got(self) -> None:
        """Raises NotShort."""
        got_cl = meters.centilitres(self.given)
        complaints.require_short(self.answers.purchase, got_cl)
        self.answers.got_cl = got_cl

    def sure(self) -> Confirm:
        what = self.answers.purchase
        facts = (
            Fact(_("Paid"), what.volume),
            Fact(_("Got"), sales.in_words(self.answers.got_cl, what.unit)),
        )
        return Confirm(_("Complain about {station}?", station=what.station), facts)

    @changes_what_no_intent_shows
    def file(self) -> None:
        self.answers.reference = self.write(
            complaints.file,
            self.context.keys,
            sale_id=self.answers.purchase.sale_id,
            customer_id=self.caller_id,
            got_cl=self.answers.got_cl,
        )

    def filed(self) -> End:
        return End(
            _(
                "{station} answers within {hours} hours, or we do. Ref {reference}.",
                station=self.answers.purchase.station,
                hours=complaints.ANSWER_HOURS,
                reference=self.answers.reference,
            )
        )

    def kept(self) -> End:
        return End(sentences.CANCELLED)


def _shown(one: Purchase) -> Text:
    return _("{day} {station}, {volume}", day=one.day, station=one.station, volume=one.volume)
