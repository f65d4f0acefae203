"""Reference pages of classes, made from their docstrings and the heads of their methods."""

import ast
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.context import TurnContext
from engine.flow import Flow, Leave, Return
from menus import answers, dates, files, location, screens, search, transaction_ids, words
from menus.answers import Answer


@dataclass(frozen=True, slots=True)
class ClassPage:
    """A page: its file's name, its title, what stands above the classes, and these."""

    file: str
    title: str
    introduction: str
    classes: tuple[type, ...]


PAGES = (
    ClassPage(
        "flow.md",
        "Flow",
        "What a conversation inherits, and what its states and hooks may call.",
        (Flow, Leave, Return),
    ),
    ClassPage(
        "turn-context.md",
        "TurnContext",
        "What a flow finds in `self.context`: the tenant, the core and the keys, for one turn.",
        (TurnContext,),
    ),
    ClassPage(
        "screens.md",
        "Screens",
        "What a state of a flow returns.",
        (
            *(screens.Menu, screens.Option, screens.Ask, screens.Confirm, screens.Fact),
            *(screens.Pin, screens.Info, screens.End),
        ),
    ),
    ClassPage(
        "answers.md",
        "Answers",
        "Kinds of answers that an `Ask` takes: how each reads what was typed.",
        (
            *(Answer, answers.Amount, answers.Number, answers.Name, answers.Phone, answers.Code),
            *(words.Words, dates.Date, search.Search, location.Place),
            *(files.File, transaction_ids.TransactionId),
        ),
    ),
)


def lines(page: ClassPage) -> Iterator[str]:
    """The page's text."""
    yield from (f"# {page.title}", "", page.introduction)
    for kind in page.classes:
        yield from _class(kind)


def _class(kind: type) -> Iterator[str]:
    (tree,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(tree, ast.ClassDef)
    yield from ("", f"## {kind.__name__}", "", f"`{kind.__module__}`", "")
    yield inspect.cleandoc(ast.get_docstring(tree) or "")
    fields = [*_fields(tree)]
    if fields:
        yield from ("", "```text", *fields, "```")
    for method in _public(tree.body):
        yield from ("", f"### {kind.__name__}.{method.name}", "", "```text", _head(method), "```")
        said = ast.get_docstring(method)
        if said:
            yield from ("", said)


def _fields(tree: ast.ClassDef) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if node.target.id.startswith("_"):
                continue
            yield ast.unparse(node)


def _public(body: Iterable[ast.stmt]) -> Iterator[ast.FunctionDef]:
    for node in body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        # What says no more than the protocol that it fulfils is said there.
        if ast.get_docstring(node) or node.name not in vars(Answer):
            yield node


def _head(method: ast.FunctionDef) -> str:
    """The decorators that matter and the signature, as they are written."""
    marks = [f"@{ast.unparse(mark)}\n" for mark in method.decorator_list]
    returns = f" -> {ast.unparse(method.returns)}" if method.returns else ""
    return f"{''.join(marks)}def {method.name}({ast.unparse(method.args)}){returns}"
