"""The drawing of the rooms is the one that the import contracts make."""

from tests.docs.drawing import drawing
from tests.docs.pages import DOCS


def test_the_drawing_is_that_of_the_contracts() -> None:
    page = (DOCS / "architecture.md").read_text("utf-8")
    assert f"```mermaid\n{drawing()}```" in page
