"""What `--help` says of each command: its whole description, wherever it is listed."""

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
