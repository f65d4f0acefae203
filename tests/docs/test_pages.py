"""What the pages say exists: files, commands, variables, functions, tables."""

import ast
import importlib
import re

import click
import psycopg
import pytest

from app.cli import main
from app.settings import _VARIABLES
from tests.docs.pages import CHECKOUT, DOCS, Command, anchors, blocks, commands, links, pages
from tests.support.servers import DatabaseUrls

PRODUCTION = DOCS / "howto" / "run-in-production.md"
DECISIONS = DOCS / "decisions"
# Set by the supervisor for its own children; nobody else needs to know.
INTERNAL = {"PIGA_FAKES_URL"}


def test_every_link_leads_somewhere() -> None:
    broken = []
    for page in pages():
        for link in links(page):
            path, _, anchor = link.target.partition("#")
            if "://" in path:
                continue
            target = (page.parent / path).resolve() if path else page
            inside = target.is_relative_to(CHECKOUT) and target.exists()
            if not inside or (anchor and anchor not in anchors(target)):
                broken.append(str(link))
    assert not broken, "\n".join(broken)


def test_every_page_is_linked() -> None:
    linked = {
        (page.parent / link.target.partition("#")[0]).resolve()
        for page in pages()
        for link in links(page)
    }
    lonely = [page for page in DOCS.rglob("*.md") if page not in linked]
    assert lonely == [DOCS / "README.md"]  # the way in


def test_decisions_are_numbered_dated_and_listed() -> None:
    found = sorted(DECISIONS.glob("[!R]*.md"))
    listed = (DECISIONS / "README.md").read_text("utf-8")
    numbers = []
    for page in found:
        name = re.fullmatch(r"(\d{4})-[a-z0-9-]+\.md", page.name)
        assert name, page.name
        title, empty, dated = page.read_text("utf-8").splitlines()[:3]
        assert re.fullmatch(rf"# {name[1]} .+", title)
        assert not empty
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", dated)
        row = f"| [{name[1]}]({page.name}) | {title[len('# 0000 ') :]} |"
        assert row in listed, f"not in the index: {row}"
        numbers.append(name[1])
    assert len(set(numbers)) == len(numbers), "a number is given twice"


def _commands() -> list[Command]:
    return [
        command
        for page in pages()
        for block in blocks(page)
        if block.language == "console"
        for command in commands(block)
        if command.piga is not None
    ]


@pytest.mark.parametrize("command", _commands(), ids=str)
def test_every_command_can_be_given(command: Command) -> None:
    words = command.piga
    assert words is not None
    found: click.Command | None = main
    while isinstance(found, click.Group):
        found = found.get_command(click.Context(found), words.pop(0))
    assert found is not None
    try:
        found.make_context(found.name, words)  # raises what the command line would say
    except click.BadParameter as wrong:
        # A folder of the reader's own, which the page has them make.
        if not re.search(r"'\.\./.*does not exist", wrong.message):
            raise


def test_examples_import_what_exists() -> None:
    for page in (DOCS / "howto").glob("*.md"):
        for block in blocks(page):
            if block.language != "python":
                continue
            for node in ast.walk(ast.parse(block.text)):
                if isinstance(node, ast.ImportFrom) and node.module:
                    module = importlib.import_module(node.module)
                    for name in node.names:
                        if not hasattr(module, name.name):  # then it is a module in a package
                            importlib.import_module(f"{node.module}.{name.name}")


def test_every_variable_is_told() -> None:
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", PRODUCTION.read_text("utf-8")))
    assert set(_VARIABLES.values()) - INTERNAL <= told


def test_the_auditor_may_ask_what_the_page_says(database: DatabaseUrls) -> None:
    asked = [block.text for block in blocks(PRODUCTION) if "SELECT" in block.text]
    assert asked
    with psycopg.connect(database.verify_url) as connection:
        for statement in asked[0].split(";\n"):
            connection.execute(statement.encode())
