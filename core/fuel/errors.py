"""Why fuel refuses."""

from core.approvals.errors import ApprovalError
from values.refusals import N_, BusinessError


class FuelError(BusinessError):
    """Base of them all."""


class NoStations(FuelError):
    code = "no_stations"
    sentence = N_("There is no station here yet. Questions? {office}")


class StationUnknown(FuelError):
    code = "station_unknown"
    sentence = N_("No station has that number or name. Type a part of its name, or a region.")
    ends = False


class NoStationNear(FuelError):
    """A position that was shared is far from every station."""

    code = "no_station_near"
    sentence = N_("No station of ours is near there. Type a name, or a region.")
    ends = False


class NoFuelPrice(FuelError):
    """Nothing was published that holds now."""

    code = "no_fuel_price"
    sentence = N_("There is no price for this station now. Questions? {office}")


class NotADealer(FuelError):
    code = "not_a_dealer"
    sentence = N_("No station is yours here. Questions? {office}")


class PricesChanged(FuelError):
    """Newer prices were published while these were shown."""

    code = "prices_changed"
    sentence = N_("The prices have changed meanwhile. Nothing was written. Look again.")


class BadPrices(ApprovalError):
    """These prices cannot be published. The text says why."""
