"""The committee texts the group: in its own words, to all; or to those who have not saved."""

from math import ceil

from core.broadcasts import estimate
from core.broadcasts.estimate import Price
from core.savings import group_texts
from engine.flow_map import changes_what_no_intent_shows
from flows.savings.group_steps import GroupSteps
from menus.screens import Ask, Confirm, End, Fact, Pin
from menus.sms import segments
from menus.texts import Day, _
from menus.words import Words
from values.currencies import minor_digits
from values.money import Money

WORDS_CHARS_MAXIMUM = 100


class TextGroup(GroupSteps):
    """group -> the words -> shown again, with what it costs -> PIN -> texted."""

    name = "text_group"
    resumable = frozenset({"group", "words"})
    transitions = [
        {"trigger": "answer", "source": "group", "dest": "words", "before": "check"},
        ["answer", "words", "sure"],
        {"trigger": "answer", "source": "sure", "dest": "pin", "conditions": "yes"},
        ["answer", "sure", "words"],
        {"trigger": "answer", "source": "pin", "dest": "texted", "before": "send"},
    ]  # fmt: skip

    class Answers(GroupSteps.Answers):
        words: str
        count: int = 0

    answers: Answers

    def check(self) -> None:
        """Raises TextedEnough."""
        today = self.tenant.today()
        self.read(group_texts.check, self.given.id, by=self.caller_id, today=today)

    def words(self) -> Ask:
        return Ask(_("What do you tell the group?"), Words(maximum_chars=WORDS_CHARS_MAXIMUM))

    def sure(self) -> Confirm:
        found = self.read(group_texts.reach, self.answers.group.id)
        whole = f"{self.answers.group.name}: {self.answers.words}"
        texts = segments(whole) * found.reached
        facts = [
            Fact(_("Members"), f"{found.reached}/{found.members}"),
            Fact(_("Texts"), str(texts)),
        ]
        price = self.read(estimate.recent_price)
        if price is not None:
            facts.append(Fact(_("Costs about"), _cost(price, texts)))
        return Confirm(_("Send this? {words}", words=self.answers.words), tuple(facts))

    def pin(self) -> Pin:
        return Pin()

    @changes_what_no_intent_shows
    def send(self) -> None:
        about = {"group_id": self.answers.group.id, "by": self.caller_id}
        today, words = self.tenant.today(), self.answers.words
        self.answers.count = self.write(group_texts.text_all, **about, today=today, words=words)

    def texted(self) -> End:
        return End(_("{count} members are texted.", count=self.answers.count))


def _cost(price: Price, texts: int) -> Money:
    """What so many texts cost on average, rounded up to a minor unit: a guess."""
    return Money(ceil((price.amount * texts).scaleb(minor_digits(price.currency))), price.currency)


class RemindGroup(GroupSteps):
    """group -> how many have not saved -> reminded."""

    name = "remind_group"
    resumable = frozenset({"group"})
    transitions = [
        ["answer", "group", "sure"],
        {
            "trigger": "answer", "source": "sure", "dest": "reminded",
            "conditions": "yes", "before": "remind",
        },
        ["answer", "sure", "group"],
    ]  # fmt: skip

    class Answers(GroupSteps.Answers):
        count: int = 0

    answers: Answers

    def sure(self) -> Confirm:
        """Raises NobodyToRemind."""
        found = self.read(group_texts.not_saved, self.answers.group.id, self.tenant.today())
        return Confirm(
            _(
                "{count} have not saved since {day}. Text them?",
                count=len(found.people),
                day=Day(found.since),
            )
        )

    @changes_what_no_intent_shows
    def remind(self) -> None:
        about = {"group_id": self.answers.group.id, "by": self.caller_id}
        self.answers.count = self.write(group_texts.remind, **about, today=self.tenant.today())

    def reminded(self) -> End:
        return End(_("{count} members are texted.", count=self.answers.count))
