"""Why the business says no, in every domain."""

from functools import cache
from importlib import import_module

from app import domains
from checks.check import refusals
from values.refusals import BusinessError


@cache
def all_refusals() -> tuple[type[BusinessError], ...]:
    """Every reason, by its code: those of what only the API or a folder needs, too, which no
    process imports before somebody asks for it."""
    ours = domains.load()
    for module in ours.endpoints:
        import_module(module)
    for domain in ours.all:
        domain.sections()
    return tuple(refusals())
