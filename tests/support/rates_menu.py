"""What a menu has of rates: each of their conversations."""

from typing import Any, Final


def _text(en: str, rw: str, fr: str, sw: str) -> dict[str, str]:
    return {"en": en, "rw": rw, "fr": fr, "sw": sw}


_ITEMS: Final = (
    (
        *("rate", "RATE"),
        _text(
            *("Exchange rate", "Igiciro cy'ivunjisha", "Taux de change"),
            "Kiwango cha kubadilisha fedha",
        ),
    ),
    ("convert_rate", "", _text("Convert", "Vunja", "Convertir", "Badilisha fedha")),
    ("rate_alert", "ALERT", _text("Alert", "Imenyesha", "Alerte", "Arifa")),
    (
        *("daily_rate", ""),
        _text("Daily text", "SMS ya buri munsi", "SMS du jour", "SMS ya kila siku"),
    ),
    ("rate_week", "", _text("Yesterday, week", "Ejo, icyumweru", "Hier, semaine", "Jana, wiki")),
    ("stop_rate_texts", "", _text("End a text", "Hagarika SMS", "Arrêter un SMS", "Zima SMS")),
)
RATES_MENU: Final[dict[str, Any]] = {
    "key": 4,
    "id": "rates",
    "text": _text("Rates", "Ibiciro by'ivunjisha", "Taux de change", "Viwango vya fedha"),
    "roles": ["super_agent"],
    "menu": [
        {"key": key, "id": flow, "flow": flow, "text": text} | ({"word": word} if word else {})
        for key, (flow, word, text) in enumerate(_ITEMS, start=1)
    ],
}
