"""The page on adding a language, carried out block by block in a copy of the checkout."""

from pathlib import Path

import pytest

from app.settings import Settings
from tests.docs.checkout import Checkout
from tests.docs.pages import DOCS, blocks, commands

PAGE = DOCS / "howto" / "add-a-language.md"


@pytest.mark.long
def test_a_language_is_a_folder(tmp_path: Path) -> None:
    variables = Settings(home=tmp_path / "home", demo=True).variables()
    checkout = Checkout(tmp_path / "piga", variables)
    code = {path: path.read_bytes() for path in checkout.folder.rglob("*.py")}
    for block in blocks(PAGE):
        if block.language == "console":
            for command in commands(block):
                checkout.run(command)
        else:
            checkout.write(block)
    assert {path: path.read_bytes() for path in checkout.folder.rglob("*.py")} == code
