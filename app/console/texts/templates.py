"""Templates in the languages of staff: "fr/people/find.html" is people/find.html in French.

What a template takes in, another or a macro of it, is in its own language. A template is translated
when it is compiled, once for each language that somebody reads: a page costs no more in one than in
another.
"""

from collections.abc import Callable
from typing import Any

import jinja2
from flask import g, render_template, request
from flask.templating import Environment

from app.console.texts.catalogue import LANGUAGES, SOURCE, chosen, say
from app.console.texts.marking import translate
from values.said import Said


class Translated(jinja2.BaseLoader):
    """Another's templates, whose names begin with a language."""

    def __init__(self, source: jinja2.BaseLoader) -> None:
        self._source = source

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        language, _, name = template.partition("/")
        if language not in LANGUAGES:
            raise jinja2.TemplateNotFound(template)
        source, path, is_fresh = self._source.get_source(environment, name)
        if language != SOURCE:
            source = translate(source, lambda sentence: say(sentence, language))
        return source, path, is_fresh


class Pages(Environment):
    """Where a template names another, that one is in its language."""

    def join_path(self, template: str, parent: str) -> str:
        return f"{parent.partition('/')[0]}/{template}"


def language() -> str:
    """The language of the answer: the one that the member chose, or one that their browser asks
    for."""
    if "language" not in g:
        g.language = chosen(None, request.accept_languages)
    return str(g.language)


def render(template: str, **values: Any) -> str:
    """A template in the language of who asks."""
    spoken = language()
    return render_template(f"{spoken}/{template}", spoken=spoken, **values)


def shown(value: Any) -> Any:
    """What becomes of each value that a template shows: a sentence is in who asks' language."""
    return say(value, language()) if isinstance(value, Said) else value
