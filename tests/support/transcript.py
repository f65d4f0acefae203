"""The transcripts of the flows: a script for each case, played in every language.

What `app.testing.script` knows may happen, and:

    uwera types CODE                         the last one that was texted; HANDOUT is the one that
                                             staff gave for the first use, LINKCODE the one that a
                                             chat shows, RIDECODE that of the last
                                             ride, LANGUAGE the key of the transcript's language
    ! the session is lost                    something happens: the names are in stages.py

The file of a case in English holds its script; the other languages follow it.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from app.settings import CHECKOUT
from app.testing.script import Player, Step, script_of
from core.fuel import station_codes
from core.rides.rides import digits_of
from menus.languages import BY_CODE
from tests.support.phone import Phone, phone_of
from tests.support.stages import STAGES
from tests.support.tenants import KEYS
from tests.support.ussd import SPOKEN, UssdTenant
from values import clock
from values.ids import reference_of

FOLDER = CHECKOUT / "tests" / "flows" / "transcripts"
# `make test` holds every conversation in these languages, `make long` in the others, too.
AT_EVERY_TEST = ("en", "rw")
# A ride that was ridden is shown with when it ended.
_RIDDEN = re.compile(r"(Remera,) \d\d/\d\d \d\d:\d\d")


@dataclass(frozen=True, order=True)
class Case:
    """One conversation, in one language."""

    flow: str
    name: str
    language: str

    def __str__(self) -> str:
        return f"{self.flow}/{self.name}.{self.language}"

    @property
    def file(self) -> Path:
        return FOLDER / f"{self}.txt"

    @property
    def script_file(self) -> Path:
        return FOLDER / f"{self.flow}/{self.name}.en.txt"

    def script(self) -> list[str]:
        """What happens, without what the phones show."""
        return script_of(self.script_file.read_text(encoding="utf-8"))


def cases() -> list[Case]:
    scripts = sorted(FOLDER.glob("*/*.en.txt"))
    return [
        Case(path.parent.name, path.name.removesuffix(".en.txt"), language)
        for path in scripts
        for language in SPOKEN
    ]


@dataclass
class Play(Player):
    """Plays a script and writes down what is shown."""

    tenant: UssdTenant
    language: str
    posts_twice: bool = True
    phones: dict[str, Phone] = field(default_factory=dict)

    def run(self, script: list[str]) -> str:
        self.tenant.speak(self.language)
        return self.play(script)

    def phone(self, who: str) -> Phone:
        if who not in self.phones:
            self.phones[who] = phone_of(self.tenant, who, posts_twice=self.posts_twice)
        return self.phones[who]

    def texts(self, who: str) -> list[str]:
        return self.tenant.texts(who)

    def happen(self, what: str) -> None:
        STAGES[what](self.tenant)

    def known(self, shown: str) -> str:
        """References, codes and tokens by their numbers, in as many characters."""
        for number, reference in enumerate(self.tenant.references(), start=1):
            shown = shown.replace(reference, f"REF-{number:04}")
        for number, reference in enumerate(self.tenant.loans(), start=1):
            shown = shown.replace(reference, f"LOAN-{number:03}")
        for number, reference in enumerate(self.tenant.orders(), start=1):
            shown = shown.replace(reference, f"ORDER-{number:02}")
        for number, ride_id in enumerate(self.tenant.rides(), start=1):
            shown = shown.replace(reference_of(ride_id), f"RIDE-{number:03}")
            shown = shown.replace(f" {digits_of(KEYS, ride_id)}.", f" RC-{number}.")
        for number, shift_id in enumerate(self.tenant.shifts(), start=1):
            shown = shown.replace(reference_of(shift_id), f"SHIFT-{number:02}")
        for number, delivery_id in enumerate(self.tenant.deliveries(), start=1):
            shown = shown.replace(reference_of(delivery_id), f"DELIV-{number:02}")
        for number, complaint_id in enumerate(self.tenant.complaints(), start=1):
            shown = shown.replace(reference_of(complaint_id), f"COMPL-{number:02}")
        # What was bought today is shown with its day.
        today = f"{clock.now(self.tenant.service().tenant.zone):%d/%m}"
        shown = shown.replace(f"{today} Remera,", "20/11 Remera,")
        shown = _RIDDEN.sub(r"\1 20/11 15:04", shown)
        shown = shown.replace(f"{today} +", "20/11 +")
        for name, station_id in self.tenant.stations().items():
            code = station_codes.digits_of(KEYS, station_id)
            shown = re.sub(rf"({re.escape(name)}: .*){code}", r"\1CODE", shown)
        for number, code in enumerate(self.tenant.codes(), start=1):
            shown = shown.replace(code, f"CODE-{number}")
        for number, token in enumerate(self.tenant.tokens(), start=1):
            shown = shown.replace(token, f"TOKEN{number}")
        return shown

    def typed(self, step: Step) -> str:
        key = step.who.partition("/")[0]
        match step.typed:
            case "PIN":
                return self.tenant.people[key].pin
            case "CODE":
                return self.tenant.codes()[-1]
            case "RIDECODE":
                return digits_of(KEYS, self.tenant.rides()[-1])
            case "STATIONCODE":
                return station_codes.digits_of(KEYS, self.tenant.stations()["Remera"])
            case "LINKCODE":
                return self.tenant.link_code
            case "HANDOUT":
                return KEYS.first_use_code(self.tenant.id_of(key), 1)
            case "LANGUAGE":
                return str(BY_CODE[self.language].key)
        return step.typed
