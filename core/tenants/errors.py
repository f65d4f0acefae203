"""Why a tenant's own rules refuse a person."""

from values.refusals import N_, BusinessError


class NoValidTariff(BusinessError):
    """There were tables of fees or limits for this, and none of them holds now."""

    code = "no_valid_tariff"
    sentence = N_("This is closed: its limits have ended. Nothing was taken. Please call {office}.")
