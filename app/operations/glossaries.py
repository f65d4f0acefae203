"""The terms that every text is held against: Piga's own and those of all domains."""

from functools import cache
from pathlib import Path

from app import domains
from app.errors import OperatorError
from menus import glossary
from menus.glossary import GLOSSARY, Term


def terms() -> tuple[Term, ...]:
    """Raises OperatorError."""
    return _terms_of(GLOSSARY, *domains.load().glossaries)


@cache
def _terms_of(*files: Path) -> tuple[Term, ...]:
    try:
        return glossary.load(*files)
    except (OSError, ValueError) as wrong:
        raise OperatorError(f"A glossary cannot be read: {wrong}") from None
