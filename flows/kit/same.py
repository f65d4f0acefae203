"""The same payee and amount within ten minutes: asked about first."""

from menus.texts import Text, _


def same_again(age_s: int | None, question: Text) -> Text:
    """The question of a confirmation, preceded by when the same was done if it just was."""
    if age_s is None:
        return question
    if age_s < 60:
        return _("You did the same {seconds} s ago. {question}", seconds=age_s, question=question)
    return _(
        "You did the same {minutes} min ago. {question}", minutes=age_s // 60, question=question
    )
