"""What flows about tanks have in common: which station, which tank."""

from collections.abc import Sequence

from core.fuel.kept_charts import Tank
from core.fuel.stations import Station
from menus.screens import Menu, Option
from menus.texts import _


def which_menu(found: Sequence[Station]) -> Menu:
    options = (
        Option(key, _("{station} ({number})", station=one.name, number=one.number), one)
        for key, one in enumerate(found, start=1)
    )
    return Menu(_("Which station?"), tuple(options))


def tanks_menu(station: Station, found: Sequence[Tank]) -> Menu:
    options = (
        Option(one.number, _("Tank {tank}, {product}", tank=one.number, product=one.name), one)
        for one in found
    )
    return Menu(_("{station}: which tank?", station=station.name), tuple(options))
