"""Headings of lists of members, as they are written in English, French, Kinyarwanda and Swahili."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from core.spreadsheets.cells import Cell

NAME: Final = "name"
FIRST: Final = "first name"
LAST: Final = "last name"
NUMBER: Final = "number"
GROUP: Final = "group"
JOINED: Final = "joined"
BORN: Final = "born"
LANGUAGE: Final = "language"

# Without accents and signs, small. A heading means the first of these that has it.
_HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    NAME: (
        *("name", "names", "full name", "full names", "fullname", "member", "members"),
        *("member name", "member names", "members name", "name of member", "name and surname"),
        *("noms", "nom complet", "noms complets", "nom et prenom", "nom et prenoms"),
        *("noms et prenoms", "noms et prenom", "nom prenom", "nom du membre", "noms du membre"),
        *("noms des membres", "membre", "membres"),
        *("izina", "amazina", "amazina yombi", "amazina y umunyamuryango", "umunyamuryango"),
        *("izina ry umunyamuryango", "amazina y abanyamuryango", "abanyamuryango"),
        *("jina", "majina", "jina kamili", "majina kamili", "mwanachama", "wanachama"),
        *("jina la mwanachama", "majina ya wanachama"),
    ),
    FIRST: (
        *("first name", "firstname", "given name", "given names", "forename", "other names"),
        *("prenom", "prenoms", "izina rya mbere", "irindi zina", "andi mazina"),
        *("jina la kwanza", "majina mengine"),
    ),
    LAST: (
        *("last name", "lastname", "surname", "family name", "nom", "nom de famille"),
        *("izina ry umuryango", "izina ry ubwoko", "jina la ukoo", "jina la familia"),
    ),
    NUMBER: (
        *("phone", "phone number", "phone no", "phone numbers", "phones", "phone nr"),
        *("telephone", "telephone number", "telephone no", "tel", "tel no", "tel number"),
        *("mobile", "mobile number", "mobile no", "mobile phone", "msisdn", "cell", "cell phone"),
        *("cellphone", "gsm", "contact", "contacts", "contact number", "momo", "momo number"),
        *("numero de telephone", "numero telephone", "numero tel", "num tel", "n tel"),
        *("no tel", "no de telephone", "n de telephone", "no telephone", "numero de tel"),
        *("telefone", "telefoni", "nimero ya telefone", "nimero ya telefoni"),
        *("numero ya telefone", "numero ya telefoni", "nomero ya telefone", "nomero ya telefoni"),
        *("inomero ya telefone", "inomero ya telefoni", "numero za telefone", "tel numero"),
        *("simu", "namba ya simu", "nambari ya simu", "namba za simu", "simu ya mkononi"),
    ),
    GROUP: (
        *("group", "group code", "group name", "code of group", "groupe", "code du groupe"),
        *("code groupe", "nom du groupe", "itsinda", "kode y itsinda", "izina ry itsinda"),
        *("ikimina", "code y itsinda", "izina ry ikimina", "kikundi", "msimbo wa kikundi"),
        *("jina la kikundi",),
    ),
    JOINED: (
        *("joined", "joined on", "joined at", "date joined", "joining date", "date of joining"),
        *("membership date", "member since", "entry date", "date of entry", "start date"),
        *("date d adhesion", "adhesion", "date adhesion", "date d entree", "membre depuis"),
        *("itariki yinjiyemo", "igihe yinjiriye", "igihe yinjiyemo", "itariki yo kwinjira"),
        *("itariki yinjiriyeho", "yinjiye", "tarehe ya kujiunga", "alijiunga"),
    ),
    BORN: (
        *("birth year", "year of birth", "born", "date of birth", "birth date", "birthdate", "dob"),
        *("date de naissance", "annee de naissance", "ne le", "nee le", "naissance"),
        *("itariki y amavuko", "igihe yavukiye", "itariki yavukiyeho", "umwaka w amavuko"),
        *("umwaka yavutsemo", "tarehe ya kuzaliwa", "mwaka wa kuzaliwa"),
    ),
    LANGUAGE: ("language", "langue", "ururimi", "lugha"),
}
_MEANS: Final = {text: kind for kind, texts in _HEADINGS.items() for text in texts}


def found(cells: Sequence[Cell]) -> dict[str, int] | None:
    """Which columns a row of headings names; None where the row is no such row.

    It names members, and one thing more. `Nom` beside `Prénom` is the family name; alone, it is the
    whole name. Of two columns that mean the same, the first counts.
    """
    columns: dict[str, int] = {}
    for cell in cells:
        kind = _MEANS.get(plain(cell.text))
        if kind is not None:
            columns.setdefault(kind, cell.column)
    if LAST in columns and FIRST not in columns:
        columns.setdefault(NAME, columns.pop(LAST))
    if FIRST in columns and LAST not in columns:
        if NAME in columns:  # "Izina" beside "Irindi zina"
            columns[LAST] = columns.pop(NAME)
        else:
            columns[NAME] = columns.pop(FIRST)
    is_named = NAME in columns or LAST in columns
    return columns if is_named and len(columns) > 1 else None


def plain(text: str) -> str:
    """A heading as it is compared: no accents, no brackets with what is in them, small."""
    bare = re.sub(r"\([^)]*\)", " ", text)
    letters = unicodedata.normalize("NFKD", bare.casefold())
    kept = "".join(one for one in letters if not unicodedata.combining(one))
    return " ".join(re.findall(r"[a-z]+", kept.replace("№", "no").replace("°", " ")))
