"""A member votes: yes or no, or for a name; and says how to be paid by a share-out."""

import uuid
from collections.abc import Mapping

from core.loans import sharing
from core.savings import share_outs, votes
from core.savings.votes import Vote
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus.screens import End, Menu, Option, Pin
from menus.texts import Text, _


class CastVote(Flow):
    """vote -> choice -> PIN -> counted; where it is on a share-out: in cash, or to the wallet."""

    name = "vote"
    initial = "vote"
    resumable = frozenset({"vote", "choice"})
    transitions = [
        ["answer", "vote", "choice"],
        ["answer", "choice", "pin"],
        {
            "trigger": "answer", "source": "pin", "dest": "way",
            "prepare": "cast", "conditions": "is_share_out",
        },
        ["answer", "pin", "counted"],
        {"trigger": "answer", "source": "way", "dest": "counted", "before": "choose_way"},
    ]  # fmt: skip

    class Answers:
        vote: uuid.UUID
        choice: int
        cast: int = 0
        members: int = 0
        is_share_out: bool = False

    answers: Answers

    def vote(self) -> Menu | End:
        found = self.read(votes.open_to, self.caller_id)
        if not found:
            return End(_("There is nothing for you to vote on."))
        options = (
            Option(number, _title(one), str(one.id)) for number, one in enumerate(found, start=1)
        )
        return Menu(_("Vote on what?"), tuple(options))

    def _vote(self) -> Vote:
        return self.read(votes.get, self.answers.vote)

    def choice(self) -> Menu:
        vote = self._vote()
        names = self.read(votes.candidate_names, self.context.keys, vote)
        words: Mapping[int, Text] = names or {votes.YES: _("Yes"), votes.NO: _("No")}
        options = (Option(number, text, number) for number, text in words.items())
        return Menu(_question(vote), tuple(options))

    def pin(self) -> Pin:
        return Pin()

    @changes_what_no_intent_shows
    def cast(self) -> None:
        vote_id, number = self.answers.vote, self.answers.choice
        done = self.write(votes.cast, self.context.keys, vote_id, number, member_id=self.caller_id)
        self.answers.cast, self.answers.members = done.cast, done.members
        is_on = done.kind == votes.SHARE_OUT and done.state in ("open", "carried")
        self.answers.is_share_out = is_on and number == votes.YES

    def is_share_out(self) -> bool:
        return self.answers.is_share_out

    def way(self) -> Menu:
        return Menu(
            _("You have voted. How is your part paid?"),
            (
                Option(1, _("To my wallet"), share_outs.WALLET),
                Option(2, _("In cash, by the group"), share_outs.CASH),
            ),
        )

    @changes_what_no_intent_shows
    def choose_way(self) -> None:
        group_id = self._vote().group_id
        self.write(sharing.choose_way, group_id, self.caller_id, self.given)

    def counted(self) -> End:
        return End(
            _(
                "Counted. {cast} of {members} have voted. The result comes by text.",
                cast=self.answers.cast,
                members=self.answers.members,
            )
        )


def _title(vote: Vote) -> Text:
    return _("{group}: {question}", group=vote.group, question=_question(vote))


def _question(vote: Vote) -> Text:
    """What is asked, in the group's own words or in ours."""
    if vote.kind != votes.SHARE_OUT:
        return vote.question
    if vote.question:
        return _("Share out, with the social fund?")
    return _("Share out the loan fund?")
