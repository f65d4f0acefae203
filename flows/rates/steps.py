"""The steps that conversations about a pair begin with: which one, the person's own first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.rates import asked
from core.rates.asked import Told
from core.rates.quotes import Pair
from engine.flow import Flow
from flows.rates.line import Line, read_line
from menus.screens import End, Menu, Option
from menus.texts import Text, _
from values import clock

# A person's own pairs are 1 to 3. The keys of currencies are the same for everybody.
FIRST_KEY = 4


@dataclass(frozen=True, slots=True)
class Chosen:
    """A currency; or a whole pair, where one of the person's own was chosen."""

    source: str
    destination: str = ""


class PairSteps(Flow):
    """source -> destination -> what the flow does with the pair, from the state `about` on."""

    initial = "source"
    resumable = frozenset({"source", "destination"})
    line_is_exact = True  # NGN USD is not the USD-NGN of their own, which has both words in it

    class Answers:
        source: Chosen
        destination: str
        told: Told | None = None

    @classmethod
    def read_line(cls, words: Sequence[str]) -> Sequence[str]:
        line = read_line(words)
        return words if line is None else [line.source, line.destination, *cls.words_of(line)]

    @classmethod
    def words_of(cls, line: Line) -> Sequence[str]:
        """What a line says beyond the pair, a word for each question that follows."""
        return [line.number] if line.number else []

    @staticmethod
    def steps_to(state: str) -> list[object]:
        """The transitions up to a state, at which the pair is known."""
        return [
            {
                **{"trigger": "answer", "source": "source", "dest": state},
                **{"conditions": "is_whole", "before": "look_up"},
            },
            ["answer", "source", "destination"],
            {"trigger": "answer", "source": "destination", "dest": state, "before": "look_up"},
        ]

    def source(self) -> Menu | End:
        found = self.read(asked.polled, self.caller_id)
        if not found.destinations:
            return End(_("There are no rates here yet."))
        own = (
            Option(key, f"{pair.source}-{pair.destination}", Chosen(pair.source, pair.destination))
            for key, pair in enumerate(found.own, start=1)
        )
        sources = (
            Option(key, code, Chosen(code), code)
            for key, code in enumerate(found.destinations, start=FIRST_KEY)
        )
        return Menu(_("From which currency?"), (*own, *sources))

    def is_whole(self) -> bool:
        return bool(self.given.destination)

    def destination(self) -> Menu:
        source = self.answers.source.source
        found = self.read(asked.polled, self.caller_id)
        options = (
            Option(key, code, code, code)
            for key, code in enumerate(found.destinations.get(source, ()), start=1)
        )
        return Menu(_("From {source} to which?", source=source), tuple(options))

    def look_up(self) -> None:
        """Before hook: from now on it is about this pair and its rate."""
        chosen = self.answers.source
        if chosen.destination:
            self.answers.destination = chosen.destination
        self.answers.told = self.write(
            asked.tell,
            subscriber_id=self.caller_id,
            service_id=self.context.service.id,
            pair=Pair(chosen.source, self.answers.destination),
            now=clock.now(),
        )

    # -- for states --------------------------------------------------------------------------------

    @property
    def told(self) -> Told:
        told = self.answers.told
        assert isinstance(told, Told), "the pair is known"
        return told

    def rate_text(self) -> Text:
        """The rate, when it was so, and that it is a guide."""
        told = self.told
        return _(
            "1 {source} = {rate} {destination} {as_at}",
            source=told.source,
            rate=told.shown,
            destination=told.destination,
            as_at=self.as_at(told),
        )

    def as_at(self, told: Told) -> Text:
        at = datetime.fromtimestamp(told.fetched_s, self.tenant.zone)
        same_day = at.date() == clock.now(self.tenant.zone).date()
        if told.is_stale:
            return _("as at {at} (old), indicative.", at=at)
        return _("as at {at}, indicative.", at=at.time() if same_day else at)
