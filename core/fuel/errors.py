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


class NotAnAttendant(FuelError):
    code = "not_an_attendant"
    sentence = N_("You work at no station here. Questions? {office}")


class WrongStationCode(FuelError):
    code = "wrong_station_code"
    sentence = N_("That is not the station's code of this hour. Ask for it again.")
    ends = False


class StationCodeLocked(FuelError):
    """Too many wrong codes within an hour."""

    code = "station_code_locked"
    sentence = N_("Too many wrong codes. Try again in the next hour.")


class ShiftUnderWay(FuelError):
    """Of the attendant, or of somebody else at the same pump."""

    code = "shift_under_way"
    sentence = N_("A shift is open already. Close it first.")


class NoShift(FuelError):
    """It was never opened, or is closed by now."""

    code = "no_shift"
    sentence = N_("You have no open shift now.")


class NoPumpFree(FuelError):
    code = "no_pump_free"
    sentence = N_("Every pump of this station has an open shift.")


class MeterBelow(FuelError):
    """A totaliser does not go back; `last` is the reading before, in litres."""

    code = "meter_below"
    sentence = N_("It was at {last}: it cannot be less. Read it again.")
    ends = False


class MeterTooFar(FuelError):
    """More than a nozzle can give between two readings; `last` is the one before, in litres."""

    code = "meter_too_far"
    sentence = N_("It was at {last}: that is too much. Read it again.")
    ends = False


class NotACustomer(FuelError):
    """Nobody has the number, or who has it is on hold."""

    code = "not_a_fuel_customer"
    sentence = N_("Nobody can buy with that number: they register here first.")
    ends = False


class OwnPhone(FuelError):
    code = "own_phone"
    sentence = N_("That is your own number. Type the customer's.")
    ends = False


class TooMuchFuel(FuelError):
    code = "too_much_fuel"
    sentence = N_("At most {maximum} at once. Type less.")
    ends = False


class SaleOver(FuelError):
    """It is paid or refused by now, or its time is over."""

    code = "fuel_sale_over"
    sentence = N_("That sale is over. The attendant can enter it again.")


class SaleBeingPaid(FuelError):
    """Mobile money was asked for, and nobody knows yet what became of it."""

    code = "fuel_sale_being_paid"
    sentence = N_("Mobile money is being asked for this sale. Wait for our text.")


class TooFewPoints(FuelError):
    code = "too_few_points"
    sentence = N_("You have too few points for that now. Look again.")


class NothingBought(FuelError):
    """No sale that a complaint may be about."""

    code = "nothing_bought"
    sentence = N_("You bought no fuel by phone lately. Questions? {office}")


class NotShort(FuelError):
    code = "not_short"
    sentence = N_("You paid {volume}: type less than that, or go back.")
    ends = False


class AlreadyComplained(FuelError):
    code = "already_complained"
    sentence = N_("You complained about that sale already. Questions? {office}")


class ComplaintOver(FuelError):
    code = "complaint_over"
    sentence = N_("That complaint has its answer already.")


class NoChart(FuelError):
    """No certificate of the tank is in force."""

    code = "no_chart"
    sentence = N_("This tank has no chart yet: nobody knows its litres. Questions? {office}")


class DipOutside(FuelError):
    """Below the first row of a tank's chart, or above the tank; in mm."""

    code = "dip_outside"
    sentence = N_("This tank has {least} to {most} mm. Read the stick again.")
    ends = False


class WaterAboveDip(FuelError):
    code = "water_above_dip"
    sentence = N_("The dip is {last} mm: water cannot stand higher. Read it again.")
    ends = False


class NotMeasurable(FuelError):
    """A temperature or a density that the table does not have."""

    code = "not_measurable"
    sentence = N_("Density is 653 to 1075 kg/m3 at 15 C, temperature -18 to 95 C. Type it again.")
    ends = False


class PumpSells(FuelError):
    code = "pump_sells"
    sentence = N_("Pump {pump} sells from this tank: close its shift first, then dip.")


class DipOver(FuelError):
    code = "dip_over"
    sentence = N_("Somebody else answered that dip already, or it is your own.")


class WaybillKnown(FuelError):
    code = "waybill_known"
    sentence = N_("That waybill was received for this tank before. Nothing was written.")


class NothingCame(FuelError):
    """The dip after a delivery is not above the one before; in mm."""

    code = "nothing_came"
    sentence = N_("It was {last} mm before: after a delivery it is more. Read it again.")
    ends = False


class BadChart(ApprovalError):
    """This chart cannot be used. The text says why."""


class BadPrices(ApprovalError):
    """These prices cannot be published. The text says why."""
