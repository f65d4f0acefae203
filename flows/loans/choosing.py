"""Which loan: a list of them by their borrowers, and one of it again."""

import uuid
from collections.abc import Iterable
from typing import Protocol, TypeVar

from engine.flow import Flow
from menus.screens import End, Menu, Option
from menus.texts import Text, _


class Listed(Protocol):
    """What a loan in a list says of itself."""

    @property
    def loan_id(self) -> uuid.UUID: ...
    @property
    def borrower(self) -> str: ...
    @property
    def principal_minor(self) -> int: ...


L = TypeVar("L", bound=Listed)


def menu_of(flow: Flow, found: Iterable[Listed], *, title: Text, nothing: Text) -> Menu | End:
    """A list of loans by borrower and amount; an end that says so where there are none."""
    options = tuple(
        Option(
            number,
            _("{member}: {amount}", member=one.borrower, amount=flow.money(one.principal_minor)),
            str(one.loan_id),
        )
        for number, one in enumerate(found, start=1)
    )
    return Menu(title, options) if options else End(nothing)


def one_of(found: Iterable[L], loan_id: uuid.UUID) -> L | None:
    """The one that was chosen; None where it is not there any more."""
    return next((one for one in found if one.loan_id == loan_id), None)
