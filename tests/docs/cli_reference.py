"""docs/reference/cli.md, made from the commands: `python -m tests.docs.cli_reference` writes it."""

import inspect
import re
from collections.abc import Iterator

import click

from app.cli import main
from tests.docs.pages import DOCS

FILE = DOCS / "reference" / "cli.md"
_HEAD = """\
# Commands

Made from the commands themselves; `piga COMMAND --help` says the same in a terminal. What is wrong
is told in one sentence, with exit code 1, or 2 where the command line itself is wrong.
"""


def reference() -> str:
    """The whole page."""
    context = click.Context(main, info_name="piga")
    return "\n".join([_HEAD, *_sections(main, context)])


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## `{context.command_path}`\n"
    yield _described(command, context)
    if not isinstance(command, click.Group):
        return
    inner = [(name, command.get_command(context, name)) for name in command.list_commands(context)]
    for name, found in inner:
        assert found is not None
        yield from _sections(found, click.Context(found, info_name=name, parent=context))


def _described(command: click.Command, context: click.Context) -> str:
    usage = " ".join(command.get_usage(context).split()).removeprefix("Usage: ")
    parts = [
        f"```text\n{usage}\n```",
        *map(_paragraph, inspect.cleandoc(command.help or "").split("\n\n")),
    ]
    rows = [
        f"| `{names}` | {_cell(told)} |"
        for parameter in command.params
        if (record := parameter.get_help_record(context))
        for names, told in [record]
        if told
    ]
    if rows:
        parts.append("\n".join(["| option | |", "| --- | --- |", *rows]))
    return "\n\n".join(part for part in parts if part) + "\n"


def _cell(text: str) -> str:
    return re.sub(r"([*|])", r"\\\1", " ".join(text.split()))


def _paragraph(text: str) -> str:
    """A paragraph of help; one that click is told to leave as it is (`\\b`) stays so."""
    if text.startswith("\b"):
        return f"```text\n{text[1:].strip(chr(10))}\n```"
    return re.sub(r"\s+", " ", text).strip()


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8")
