"""A rider's papers: the first ones, or a new one before the old one ends. Staff check them."""

import uuid
from datetime import date
from typing import Final

from core.rides import papers
from core.rides.drivers import Driver
from core.rides.papers import Papers
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus import sentences
from menus.dates import Date
from menus.files import File
from menus.screens import Ask, Confirm, End, Fact, Menu, Option
from menus.texts import Text, _
from menus.words import Words
from values.attached import AttachedFile

ALL, LICENCE, INSURANCE = "all", "licence", "insurance"
# A paper that holds for longer is taken for a wrong year.
YEARS_MAXIMUM: Final = 15
PLATE_CHARS_MAXIMUM: Final = 12
NUMBER_CHARS_MAXIMUM: Final = 16

# Of who brings all of them: numbers, days, then the pictures.
ALL_STEPS: Final = [
    {"trigger": "answer", "source": "plate", "dest": "licence", "before": "take_plate"},
    ["answer", "licence", "licence_until"],
    {"trigger": "answer", "source": "licence_until", "dest": "insurance_until",
     "conditions": "brings_all"},
    {"trigger": "answer", "source": "insurance_until", "dest": "licence_photo",
     "conditions": "brings_all_with_files"},
    {"trigger": "answer", "source": "licence_photo", "dest": "insurance_photo",
     "conditions": "brings_all"},
]  # fmt: skip
LAST_STEPS: Final = [
    ["answer", "insurance_until", "confirm"],
    ["answer", "insurance_photo", "confirm"],
    {"trigger": "answer", "source": "confirm", "dest": "brought", "conditions": "yes",
     "before": "bring"},
    ["answer", "confirm", "cancelled"],
]  # fmt: skip


class RiderPapers(Flow):
    """all papers or a new one -> numbers and days -> pictures where they can be sent -> confirm ->
    staff check them."""

    name = "rider_papers"
    initial = "which"
    resumable = frozenset(
        {"which", "plate", "licence", "licence_until", "insurance_until", "licence_photo",
         "insurance_photo"}
    )  # fmt: skip
    transitions = [
        {"trigger": "answer", "source": "which", "dest": "plate", "conditions": "brings_all"},
        {"trigger": "answer", "source": "which", "dest": "licence",
         "conditions": "brings_licence"},
        ["answer", "which", "insurance_until"],
        *ALL_STEPS,
        {"trigger": "answer", "source": "licence_until", "dest": "licence_photo",
         "conditions": "can_send_files"},
        ["answer", "licence_until", "confirm"],
        {"trigger": "answer", "source": "insurance_until", "dest": "insurance_photo",
         "conditions": "can_send_files"},
        ["answer", "licence_photo", "confirm"],
        *LAST_STEPS,
    ]  # fmt: skip

    class Answers:
        which: str
        plate: str = ""
        licence: str = ""
        licence_until: date | None = None
        insurance_until: date | None = None
        licence_photo: AttachedFile | None = None
        insurance_photo: AttachedFile | None = None

    answers: Answers

    @property
    def rider_id(self) -> uuid.UUID:
        """Whose papers they are."""
        return self.caller_id

    def which(self) -> Menu:
        known = self.read(papers.known, self.rider_id)
        if known is None:
            title: Text = _("To be a rider: plate, licence, insurance. The office checks them.")
            return Menu(title, (Option(1, _("Begin"), ALL),))
        return Menu(
            _(
                "{plate}: licence to {licence_day}, insurance to {insurance_day}.",
                plate=known.plate,
                licence_day=_shown(known.licence_until),
                insurance_day=_shown(known.insurance_until),
            ),
            (
                Option(1, _("New licence"), LICENCE),
                Option(2, _("New insurance"), INSURANCE),
                Option(3, _("Another motorcycle"), ALL),
            ),
        )

    def brings_all(self) -> bool:
        return self.answers.which == ALL

    def brings_all_with_files(self) -> bool:
        return self.brings_all() and self.can_send_files()

    def brings_licence(self) -> bool:
        return self.answers.which == LICENCE

    def plate(self) -> Ask:
        return Ask(
            _("Plate of the motorcycle, such as RD 123 B"),
            Words(minimum_letters=1, maximum_chars=PLATE_CHARS_MAXIMUM),
        )

    def take_plate(self) -> None:
        """A plate that is none, or another's, is said at once."""
        self.answers.plate = self.read(papers.require_own_plate, self.rider_id, self.given)

    def licence(self) -> Ask:
        return Ask(
            _("Number of the driving licence?"),
            Words(minimum_letters=0, maximum_chars=NUMBER_CHARS_MAXIMUM),
        )

    def licence_until(self) -> Ask:
        return Ask(_("Licence valid until? Day, month, year."), self._until())

    def insurance_until(self) -> Ask:
        return Ask(_("Insurance valid until? Day, month, year."), self._until())

    def _until(self) -> Date:
        today = self.tenant.today()
        # The first of March, where there is no 29 February.
        latest = date(today.year + YEARS_MAXIMUM, today.month, min(today.day, 28))
        return Date(today, latest)

    def licence_photo(self) -> Ask:
        return Ask(_("Send a photo of the licence."), File())

    def insurance_photo(self) -> Ask:
        return Ask(_("Send a photo of the insurance."), File())

    def _papers(self) -> Papers:
        """As answered; of what was not asked, what is in force."""
        said, before = self.answers, self.read(papers.known, self.rider_id)
        return Papers(
            plate=said.plate or _of(before).plate,
            licence=said.licence or _of(before).licence,
            licence_until=said.licence_until or _of(before).licence_until,
            insurance_until=said.insurance_until or _of(before).insurance_until,
            licence_file_id=said.licence_photo.id if said.licence_photo else None,
            insurance_file_id=said.insurance_photo.id if said.insurance_photo else None,
        )

    def confirm(self) -> Confirm:
        said = self._papers()
        return Confirm(
            self.question(),
            (
                Fact(_("Plate"), said.plate),
                Fact(_("Licence"), f"{said.licence}, {said.licence_until:%d/%m/%y}"),
                Fact(_("Insurance"), f"{said.insurance_until:%d/%m/%y}"),
            ),
        )

    def question(self) -> Text:
        return _("Bring these papers?")

    @changes_what_no_intent_shows
    def bring(self) -> None:
        self.write(
            papers.bring,
            self.context.keys,
            subscriber_id=self.rider_id,
            papers=self._papers(),
            brought_by=self.caller_id,
        )

    def brought(self) -> End:
        return End(_("The office checks your papers and texts you."))

    def cancelled(self) -> End:
        return End(sentences.CANCELLED)


def _of(before: Driver | None) -> Driver:
    assert before is not None, "who is no rider is asked for all"
    return before


def _shown(day: date) -> str:
    return f"{day:%d/%m/%Y}"
