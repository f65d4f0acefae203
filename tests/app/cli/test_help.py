"""What `--help` says of each command: its whole description, and no option that does nothing."""

import dis
import inspect
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from app.cli import main


def groups(command: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, one in command.commands.items():
        if isinstance(one, click.Group):
            yield from groups(one, (*path, name))


@pytest.mark.parametrize("path", list(groups(main)), ids=" ".join)
def test_descriptions_are_not_cut(path: tuple[str, ...]) -> None:
    group: click.Command = main
    for name in path:
        assert isinstance(group, click.Group)
        group = group.commands[name]
    assert isinstance(group, click.Group)
    told = CliRunner().invoke(main, [*path, "--help"])
    assert told.exit_code == 0
    said = " ".join(told.stdout.split())
    assert "..." not in told.stdout.partition("Commands:")[2]
    for name, command in group.commands.items():
        first = " ".join((command.help or "").split()).partition(". ")[0].rstrip(".")
        assert first, name
        assert f"{name} {first}" in said


def commands(group: click.Group, path: str = "piga") -> Iterator[tuple[str, click.Command]]:
    for name, one in group.commands.items():
        yield f"{path} {name}", one
        if isinstance(one, click.Group):
            yield from commands(one, f"{path} {name}")


def test_every_option_does_something() -> None:
    unused = []
    for path, command in commands(main):
        if command.callback is None:
            continue
        function = inspect.unwrap(command.callback)
        code = function.__code__
        read = {one.argval for one in dis.get_instructions(code) if one.opname.startswith("LOAD_")}
        read |= set(code.co_cellvars)
        taken = set(inspect.signature(function).parameters)
        unused += [f"{path} {name}" for name in taken - read]
    assert unused == []
