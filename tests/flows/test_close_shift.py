"""A shift that ends otherwise than it began."""

from tests.support.history_of_fuel import shift_is_opened
from tests.support.phone import phone_of
from tests.support.ussd import UssdTenant


def test_a_nozzle_that_came_since_is_read_as_it_is(tenant: UssdTenant) -> None:
    """Its totaliser may stand at what no nozzle gives within a shift."""
    shift_is_opened(tenant)
    tenant.admin.execute(
        "INSERT INTO fuel_nozzle SELECT tenant_id, gen_random_uuid(), station_id, tank_id, pump, 9,"
        " digits FROM fuel_nozzle WHERE id = (SELECT nozzle_id FROM fuel_reading LIMIT 1)"
    )
    phone = phone_of(tenant, "ndoli")
    phone.dial("*384*10*3*5*5#")
    for typed in ("12345.67", "900", "987654.32"):
        shown = phone.type(typed)
    assert shown.text.startswith("How much cash do you hand over?")
