"""What HELP says in a chat: the words that open something, and how to stop our news."""

from collections.abc import Collection, Iterator

from menus import sentences
from menus.chat_words import Said, shown_word
from menus.sms import PAGE_SEGMENTS_MAXIMUM, receipt, segments
from menus.texts import say
from menus.tree import Tree
from values.problems import Problem


def help_text(tree: Tree, roles: Collection[str], language: str) -> str:
    """The commands of a person with those roles, a line each, with what each opens."""
    lines = [
        f"{node.word_in(language)} {say(node.text, language)}" for node in tree.with_words(roles)
    ]
    if lines:
        lines.insert(0, say(sentences.HELP_WORDS, language))
    lines.append(f"{shown_word(Said.MENU, language)} {say(sentences.HOME, language)}")
    lines.append(say(sentences.stop_line(shown_word(Said.STOP, language)), language))
    return "\n".join(lines)


def check_help(tree: Tree, languages: Collection[str]) -> Iterator[Problem]:
    """A help that is longer than a page of a chat: it has no More."""
    for language in languages:
        size = segments(receipt(help_text(tree, tree.roles, language)))
        if size > PAGE_SEGMENTS_MAXIMUM:
            what = f"HELP takes {size} segments in {language}: fewer words, please"
            yield Problem("menus", "main menu", what)
