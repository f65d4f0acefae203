"""What the tests' tenant has of fuel: a menu, stations, margins, prices, and people who work
there."""

import math
from datetime import date
from typing import Any, Final


def _text(en: str, rw: str, fr: str, sw: str) -> dict[str, str]:
    return {"en": en, "rw": rw, "fr": fr, "sw": sw}


_ITEMS: Final = (
    (
        "fuel_price",
        _text("Fuel prices", "Ibiciro bya lisansi", "Prix du carburant", "Bei za mafuta"),
    ),
    (
        "acknowledge_prices",
        _text("New prices", "Ibiciro bishya", "Nouveaux prix", "Bei mpya"),
    ),
    ("station_code", _text("Code", "Code", "Code", "Msimbo")),
    ("open_shift", _text("Open shift", "Tangira akazi", "Ouvrir service", "Fungua zamu")),
    ("close_shift", _text("Close shift", "Soza akazi", "Fermer service", "Funga zamu")),
    ("sell_fuel", _text("Sale", "Kugurisha", "Vente", "Uza")),
    ("pay_fuel", _text("Pay fuel", "Kwishyura", "Payer", "Lipia mafuta")),
    ("fuel_points", _text("Points", "Amanota", "Points", "Pointi")),
    ("fuel_complaint", _text("Complaint", "Ikirego", "Plainte", "Malalamiko")),
    ("answer_complaint", _text("Answer", "Subiza", "Répondre", "Jibu")),
    ("enter_dip", _text("Dips", "Gupima", "Jauges", "Vipimo")),
    ("confirm_dip", _text("Confirm dip", "Emeza", "Confirmer jauge", "Thibitisha")),
    ("receive_fuel", _text("Receive", "Kwakira", "Recevoir", "Pokea")),
)
FUEL_MENU: Final[dict[str, Any]] = {
    "key": 5,
    "id": "fuel",
    "text": _text("Fuel", "Lisansi", "Carburant", "Mafuta"),
    "roles": ["dealer", "attendant"],
    "paged": True,
    "menu": [
        {"key": key, "id": flow, "flow": flow, "text": text}
        for key, (flow, text) in enumerate(_ITEMS, start=1)
    ],
}


def _litres(mm: int) -> str:
    """Of a lying cylinder of 30,002 l, 2.5 m high, with flat ends."""
    radius, length, height = 1.25, 6.112, mm / 1_000
    segment = radius**2 * math.acos((radius - height) / radius)
    segment -= (radius - height) * math.sqrt(2 * radius * height - height**2)
    return f"{length * segment * 1_000:.2f}"


CHART_ROWS: Final[list[list[Any]]] = [[mm, _litres(mm)] for mm in range(50, 2_501, 50)]
CHART: Final[dict[str, Any]] = {
    "certificate": "RSB 207",
    "valid_from": date(2025, 7, 1),
    "rows": CHART_ROWS,
}


def _station(
    key: str, number: int, name: str, region: str, at: str, products: tuple[str, ...]
) -> dict[str, Any]:
    """A tank for each product, and a pump with a nozzle for each tank."""
    tanks = [
        {"number": tank, "product": product, "capacity_l": 30_000}
        | ({"chart": CHART} if key == "remera" else {})
        for tank, product in enumerate(products, start=1)
    ]
    nozzles = [{"number": one["number"], "tank": one["number"]} for one in tanks]
    return {
        **{"key": key, "number": number, "name": name, "region": region, "at": at},
        "tanks": tanks,
        "pumps": [{"number": 1, "nozzles": nozzles}],
    }


FUEL: Final[dict[str, Any]] = {
    "products": [{"key": "premium", "name": "Lisansi"}, {"key": "gasoil", "name": "Mazutu"}],
    "stations": [
        _station("remera", 101, "Remera", "Kigali", "-1.9583, 30.1115", ("premium", "gasoil")),
        _station("gisozi", 102, "Gisozi", "Kigali", "-1.9180, 30.0590", ("premium",)),
        _station("huye", 201, "Huye Taba", "Amajyepfo", "-2.5967, 29.7394", ("gasoil",)),
    ],
    "margins": [
        {
            "valid_from": date(2025, 7, 1),
            "approved_by": "Board",
            "marketer": {"premium": "90.25", "gasoil": "88.5"},
            "dealer": {"premium": 45, "gasoil": 44},
            "stations": [{"number": 102, "dealer": {"premium": 60}}],
            "round_to": 1,
        }
    ],
    "prices": [
        {
            "window": date(2025, 7, 1),
            "submission": "Letter 17",
            "products": [
                {
                    "product": "premium",
                    "ex_refinery": "1202.345678",
                    "ex_refinery_floor": 1150,
                    "lines": {"road_fund_levy": 120, "uppf": "310.5"},
                },
                {
                    "product": "gasoil",
                    "ex_refinery": 1240,
                    "ex_refinery_floor": 1200,
                    "lines": {"road_fund_levy": 100, "uppf": "300.25"},
                },
            ],
        }
    ],
    "stock_limits": [
        {"valid_from": date(2025, 7, 1), "approved_by": "Board", "day_percent": "0.6"}
    ],
    "points": [
        {
            "valid_from": date(2025, 7, 1),
            "approved_by": "Board",
            "per_unit": {"premium": 2, "gasoil": "1.5"},
            "worth": 10,
            "least": 20,
            "months": 6,
        }
    ],
}


def _person(key: str, name: str, number: int, pin: str, work: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": key,
        "name": name,
        "phones": [f"+2507880000{number}"],
        "language": "en",
        "pin": pin,
        "roles": ["member"],
        **work,
    }


STATION_PEOPLE: Final = (
    _person("mugisha", "Mugisha Aline", 51, "6185", {"dealer": {"stations": ["remera", "gisozi"]}}),
    _person("ndoli", "Ndoli Patrick", 52, "3907", {"attendant": {"station": "remera"}}),
    # Works at another station, and buys at Remera.
    _person(
        "shema",
        "Shema Yvonne",
        53,
        "7402",
        {"attendant": {"station": "gisozi"}, "opening": {"wallet": 60_000}},
    ),
)
