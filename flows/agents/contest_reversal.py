"""Who received money that is to be reversed says that it is theirs."""

import uuid

from core.agents import sale_reversal
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus import sentences
from menus.screens import Ask, Confirm, End, Fact, Menu, Option, Pin
from menus.texts import _
from menus.words import Words

WORDS_CHARS_MAX = 100


class ContestReversal(Flow):
    """PIN -> which -> in their own words, why not -> sure? -> whoever decides reads it."""

    name = "contest_reversal"
    initial = "pin"
    transitions = [
        ["answer", "pin", "which"],
        {"trigger": "answer", "source": "which", "dest": "why", "before": "choose"},
        ["answer", "why", "sure"],
        {"trigger": "answer", "source": "sure", "dest": "contested", "conditions": "yes",
         "before": "contest"},
        ["answer", "sure", "kept"],
    ]  # fmt: skip

    class Answers:
        why: str
        id: uuid.UUID | None = None

    answers: Answers

    def pin(self) -> Pin:
        return Pin()

    def which(self) -> Menu | End:
        found = [
            one for one in self.read(sale_reversal.open_about, self.caller_id) if not one.words
        ]
        if not found:
            return End(_("Nothing of yours is to be reversed."))
        options = (
            Option(
                key,
                _("{amount}, Ref {reference}", amount=one.amount, reference=one.reference),
                str(one.id),
            )
            for key, one in enumerate(found, start=1)
        )
        return Menu(_("To be reversed:"), tuple(options))

    def choose(self) -> None:
        self.answers.id = uuid.UUID(self.given)

    def why(self) -> Ask:
        return Ask(
            _("Why is it yours? Say it in a few words."), Words(maximum_chars=WORDS_CHARS_MAX)
        )

    def sure(self) -> Confirm:
        return Confirm(_("Say no to the reversal?"), (Fact(_("You say"), self.answers.why),))

    @changes_what_no_intent_shows
    def contest(self) -> None:
        assert self.answers.id is not None, "it was chosen"
        self.write(
            sale_reversal.contest_as_recipient,
            self.answers.id,
            self.answers.why,
            recipient_id=self.caller_id,
        )

    def contested(self) -> End:
        return End(_("Written down. Whoever decides reads it. We will text you."))

    def kept(self) -> End:
        return End(sentences.CANCELLED)
