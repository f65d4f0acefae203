"""What the tests' tenant has of rides: a menu, stops, fares, and people who drive."""

from datetime import date
from typing import Any, Final


def _text(en: str, rw: str, fr: str, sw: str) -> dict[str, str]:
    return {"en": en, "rw": rw, "fr": fr, "sw": sw}


_ITEMS: Final = (
    ("book_ride", _text("Book a ride", "Saba moto", "Réserver une course", "Omba pikipiki")),
    ("my_ride", _text("My ride", "Urugendo rwanjye", "Ma course", "Safari yangu")),
    ("duty", _text("Duty", "Akazi", "Service", "Zamu")),
    (
        "offered_ride",
        _text("Offered ride", "Urugendo usabwa", "Course proposée", "Safari uliyopewa"),
    ),
    ("drive_ride", _text("My ride now", "Urugendo ndimo", "Course en cours", "Safari ya sasa")),
    ("ride_earnings", _text("Earnings", "Ayo ninjije", "Mes gains", "Mapato")),
    ("rider_position", _text("Where I am", "Aho ndi", "Ma position", "Mahali nilipo")),
)
_MORE: Final = (
    (
        "share_ride",
        _text("Share my ride", "Menyesha urugendo", "Partager ma course", "Shiriki safari"),
    ),
    (
        "lost_property",
        _text("I left something", "Nasizemo ikintu", "Objet oublié", "Nimesahau kitu"),
    ),
    ("book_ride_for", _text("For a customer", "Ku mukiriya", "Pour un client", "Kwa mteja")),
    ("rider_papers", _text("My papers", "Ibyangombwa byanjye", "Mes papiers", "Hati zangu")),
    (
        "register_rider",
        _text(
            "Register a rider",
            "Andika umumotari",
            "Inscrire un motard",
            "Sajili dereva",
        ),
    ),
)


def _nodes(items: tuple[tuple[str, dict[str, str]], ...]) -> list[dict[str, Any]]:
    return [
        {"key": key, "id": flow, "flow": flow, "text": text}
        for key, (flow, text) in enumerate(items, start=1)
    ]


RIDES_MENU: Final[dict[str, Any]] = {
    "key": 11,
    "id": "rides",
    "text": _text("Rides", "Urugendo", "Courses", "Safari"),
    "roles": ["driver"],
    "menu": [
        *_nodes(_ITEMS),
        {
            "key": 8,
            "id": "more",
            "text": _text("More", "Ibindi", "Plus", "Zaidi"),
            "menu": _nodes(_MORE),
        },
    ],
}
RIDES: Final[dict[str, Any]] = {
    "stops": [
        {"key": "nyabugogo", "name": "Nyabugogo", "at": "-1.9398, 30.0446"},
        {"key": "remera", "name": "Remera", "at": "-1.9583, 30.1115"},
        {"key": "remera_church", "name": "Remera Church", "at": "-1.9601, 30.1130"},
        {"key": "kabuga", "name": "Kabuga", "at": "-1.9757, 30.2240"},
        {"key": "huye", "name": "Huye", "at": "-2.5967, 29.7394"},
    ],
    "fares": [
        {
            "valid_from": date(2025, 7, 1),
            "approved_by": "Board",
            "base": 400,
            "includes_m": 2000,
            "per_km": [{"from_m": 2000, "fare": 117}, {"from_m": 40_000, "fare": 205}],
            "road_factor": "1.3",
            "waiting": {"free_minutes": 10, "per_minute": 21},
            "cancellation": {"fee": 200, "after_s": 300},
            "commission_percent": 10,
            "maximum_km": 80,
        }
    ],
}


def _driver(key: str, name: str, number: int, pin: str, plate: str, wallet: int) -> dict[str, Any]:
    return {
        "key": key,
        "name": name,
        "phones": [f"+2507880000{number}"],
        "language": "en",
        "pin": pin,
        "roles": ["member"],
        "opening": {"wallet": wallet},
        "driver": {
            "plate": plate,
            "licence": f"RW-A-{number}",
            "licence_until": date(2031, 5, 31),
            "insurance_until": date(2031, 3, 31),
        },
    }


# One of them is a customer in the tests.
DRIVERS: Final = (
    _driver("kabera", "Kabera Diane", 31, "4927", "RD 310 A", 9000),
    _driver("mbonyi", "Mbonyi Celestin", 32, "8163", "RD 320 B", 500),
    _driver("safari", "Safari Eric", 33, "7058", "RE 330 C", 0),
)
