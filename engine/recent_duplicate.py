"""The same payee and amount within ten minutes: asked about first."""

from typing import NamedTuple

from menus.texts import Text, _


class RecentDuplicate(NamedTuple):
    """How long ago the same was done, or asked for if it still waits."""

    age_s: int
    waits: bool


def asked_again(same: RecentDuplicate | None, question: Text) -> Text:
    """The question of a confirmation, preceded by what became of the same a moment ago."""
    if same is None:
        return question
    if same.waits:
        return _("The same deposit is already waiting. {question}", question=question)
    if same.age_s < 2 * 60:  # "1 minutes ago" is no sentence in Kinyarwanda and Swahili
        return _("You did the same {seconds} sec ago. {question}",
                 seconds=same.age_s, question=question)  # fmt: skip
    return _(
        "You did the same {minutes} min ago. {question}",
        minutes=same.age_s // 60,
        question=question,
    )
