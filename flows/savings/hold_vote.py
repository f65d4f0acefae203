"""The committee asks the group something: yes or no, or which member."""

from core.savings import votes
from core.savings.errors import NoSuchMember
from engine.flow_map import changes_what_no_intent_shows
from flows.savings.group_steps import NUMBER_MAXIMUM, GroupSteps
from menus.answers import Number
from menus.screens import Ask, Confirm, End, Menu, Option, Pin
from menus.texts import _
from menus.words import Words

QUESTION_CHARS_MAXIMUM = 40
HOURS = 48


class HoldVote(GroupSteps):
    """group -> the question -> yes or no, or names by their numbers -> secret or not -> PIN ->
    every member is texted."""

    name = "hold_vote"
    resumable = frozenset({"group", "question", "kind", "first", "second", "third"})
    transitions = [
        ["answer", "group", "question"],
        ["answer", "question", "kind"],
        {"trigger": "answer", "source": "kind", "dest": "first", "conditions": "is_names"},
        ["answer", "kind", "ballot"],
        {"trigger": "answer", "source": "first", "dest": "second", "before": "add"},
        {"trigger": "answer", "source": "second", "dest": "third", "before": "add_other"},
        {"trigger": "answer", "source": "third", "dest": "ballot", "conditions": "is_none"},
        {"trigger": "answer", "source": "third", "dest": "ballot", "before": "add_other"},
        {"trigger": "answer", "source": "ballot", "dest": "pin", "before": "keep_secret"},
        {"trigger": "answer", "source": "pin", "dest": "opened", "before": "open"},
    ]  # fmt: skip

    class Answers(GroupSteps.Answers):
        question: str
        candidates: tuple[int, ...] = ()
        is_secret: bool = False

    answers: Answers

    def question(self) -> Ask:
        return Ask(_("What does the group vote on?"), Words(maximum_chars=QUESTION_CHARS_MAXIMUM))

    def kind(self) -> Menu:
        return Menu(
            _("How do members answer?"),
            (Option(1, _("Yes or no"), votes.YES_NO), Option(2, _("A member's name"), votes.NAMES)),
        )

    def is_names(self) -> bool:
        return bool(self.given == votes.NAMES)

    def first(self) -> Ask:
        return Ask(_("First name? The member's number"), Number(1, NUMBER_MAXIMUM))

    def second(self) -> Ask:
        return Ask(_("Second name? The member's number"), Number(1, NUMBER_MAXIMUM))

    def third(self) -> Ask:
        prompt = _("Third name? The member's number, 0: no more")
        return Ask(prompt, Number(0, NUMBER_MAXIMUM))

    def add(self) -> None:
        """Raises NoSuchMember."""
        self.read(votes.member_by_number, self.answers.group.id, self.given)
        self.answers.candidates = (*self.answers.candidates, self.given)

    def add_other(self) -> None:
        """Raises NoSuchMember, also for one who stands there by now."""
        if self.given in self.answers.candidates:
            raise NoSuchMember
        self.add()

    def is_none(self) -> bool:
        return bool(self.given == 0)

    def ballot(self) -> Confirm:
        return Confirm(_("{question}: a secret vote?", question=self.answers.question))

    def keep_secret(self) -> None:
        self.answers.is_secret = self.given is True

    def pin(self) -> Pin:
        return Pin()

    @changes_what_no_intent_shows
    def open(self) -> None:
        group_id = self.answers.group.id
        chosen = [
            self.read(votes.member_by_number, group_id, number)
            for number in self.answers.candidates
        ]
        self.write(
            votes.open_vote,
            group_id=group_id,
            by=self.caller_id,
            today=self.tenant.today(),
            question=self.answers.question,
            secret=self.answers.is_secret,
            hours=HOURS,
            candidate_ids=chosen,
        )

    def opened(self) -> End:
        return End(_("The vote is open for {hours} hours. Every member is texted.", hours=HOURS))
