"""What of fuel is personal."""

from typing import Final

from core.lists.personal import HoldsBack, Personal

_KEPT: Final = "what a station did stays provable, under an id that names nobody"

PERSONAL: Final = (
    Personal(
        "fuel_attendant",
        whose="subscriber_id = %(person)s",
        shown=("station_id", "wrong_codes", "wrong_hour"),
        kept=_KEPT,
    ),
    Personal(
        "fuel_station",
        whose="dealer_id = %(person)s",
        shown=("number", "name", "region", "latitude_e7", "longitude_e7"),
        kept="a station is the company's",
    ),
    Personal(
        "fuel_acknowledgement",
        whose="subscriber_id = %(person)s",
        shown=("publication_id", "station_id", "at"),
        kept=_KEPT,
    ),
    Personal(
        "fuel_shift",
        whose="attendant_id = %(person)s",
        shown=(
            *("id", "station_id", "pump", "state", "currency", "expected_minor", "cash_minor"),
            *("mobile_minor", "cards_minor", "credit_minor", "opened_at", "closed_at"),
        ),
        kept=_KEPT,
    ),
    Personal(
        "fuel_sale",
        whose="customer_id = %(person)s OR attendant_id = %(person)s",
        shown=(
            *("id", "station_id", "shift_id", "product", "volume_cl", "amount_minor"),
            *("discount_minor", "points_used", "points_earned", "currency", "state"),
            *("payment", "entry_id", "offered_at", "until", "ended_at"),
        ),
        kept=_KEPT,
    ),
    Personal(
        "fuel_complaint",
        whose="customer_id = %(person)s",
        shown=(
            *("id", "sale_id", "station_id", "got_cl", "state", "answer", "entry_id"),
            *("filed_at", "due_at", "went_up_at", "answered_at"),
        ),
        kept=_KEPT,
    ),
    Personal(
        "fuel_dip",
        whose="dipped_by = %(person)s OR seen_by = %(person)s",
        shown=("id", "tank_id", "dip_mm", "water_mm", "state", "dipped_at", "ended_at"),
        kept=_KEPT,
    ),
    Personal(
        "fuel_delivery",
        whose="received_by = %(person)s",
        shown=("id", "tank_id", "waybill", "ticket_cl", "received_cl", "received_at"),
        kept=_KEPT,
    ),
    Personal(
        "fuel_points",
        whose="subscriber_id = %(person)s",
        shown=("sale_id", "earned_points", "unused_points", "expires_on", "earned_at"),
        kept="the books say what points were worth",
    ),
)

HOLDS_BACK: Final = (
    HoldsBack(
        "They run a station: give it to another dealer first.",
        "SELECT 1 FROM fuel_station WHERE tenant_id = current_tenant()"
        " AND dealer_id = %(person)s LIMIT 1",
    ),
    HoldsBack(
        "A shift of theirs is open.",
        "SELECT 1 FROM fuel_shift WHERE tenant_id = current_tenant()"
        " AND attendant_id = %(person)s AND state = 'open' LIMIT 1",
    ),
)
