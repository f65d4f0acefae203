"""What a menu has of rates and of goods: each of their conversations."""

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
_GOODS: Final = (
    ("place_order", "ORDER", _text("Order", "Tumiza", "Commander", "Agiza")),
    ("order_status", "STATUS", _text("Your orders", "Komande", "Commandes", "Oda zako")),
    ("shop_balance", "OWED", _text("To pay", "Ibyo kwishyura", "À payer", "Deni")),
    ("pay_order", "", _text("Pay", "Kwishyura", "Payer", "Lipa")),
    ("trade_credit", "CREDIT", _text("Credit", "Ideni", "Payer plus tard", "Mkopo")),
    ("repay_credit", "", _text("Pay back", "Kwishyura ideni", "Rembourser", "Lipa mkopo")),
)
RATES_MENU: Final[dict[str, Any]] = {
    "key": 4,
    "id": "rates",
    "text": _text("Rates", "Ibiciro by'ivunjisha", "Taux de change", "Viwango vya fedha"),
    "roles": ["super_agent"],
    "menu": [
        *(
            {"key": key, "id": flow, "flow": flow, "text": text} | ({"word": word} if word else {})
            for key, (flow, word, text) in enumerate(_ITEMS, start=1)
        ),
        {
            "key": 7,
            "id": "goods",
            "text": _text("Goods", "Ibicuruzwa", "Produits", "Bidhaa"),
            "menu": [
                {"key": key, "id": flow, "flow": flow, "text": text}
                | ({"word": word} if word else {})
                for key, (flow, word, text) in enumerate(_GOODS, start=1)
            ],
        },
    ],
}
