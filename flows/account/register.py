"""A new number: language, name or what staff handed over, a PIN twice; then the main menu."""

import uuid
from dataclasses import replace

from core.money.errors import IntentExpired
from core.people import first_use, numbers, people, pins
from core.people.errors import FirstUseLocked, NumberTakenOut
from core.people.first_use import FIRST_USE_CODE_DIGITS
from core.people.messages import Welcome
from engine.flow import Leave
from engine.flow_map import changes_what_no_intent_shows
from engine.pins import ChoosePin
from menus.answers import BirthYear, Code, Name, WrongAnswer
from menus.screens import Ask, Menu, language_options
from menus.texts import Local, _
from values.names import with_capitals


class Register(ChoosePin):
    """Somebody the tenant does not know, or whom staff entered and who has no PIN yet."""

    name = "register"
    initial = "language"
    # Also where the PIN is chosen: nothing of it is known yet, and the name is not asked for again.
    resumable = frozenset({"language", "full_name", "pin"})
    transitions = [
        {"trigger": "answer", "source": "language", "dest": "first_use", "conditions": "must_show",
         "before": "speak"},
        {"trigger": "answer", "source": "language", "dest": "pin", "conditions": "entered_by_staff",
         "before": "speak"},
        {"trigger": "answer", "source": "language", "dest": "full_name", "before": "speak"},
        ["answer", "full_name", "pin"],
        {"trigger": "answer", "source": "first_use", "dest": "pin", "before": "show"},
        {"trigger": "answer", "source": "pin", "dest": "again", "before": "propose"},
        {"trigger": "answer", "source": "again", "dest": "pin", "unless": "same"},
        {"trigger": "answer", "source": "again", "dest": "registered", "before": "register"},
    ]  # fmt: skip

    class Answers:
        """`person` is whom staff entered; `has_shown`, that the caller showed to be that person;
        `beside`, that they said to be none of those who have the number."""

        full_name: str
        person: uuid.UUID | None = None
        has_shown: bool = False
        beside: bool = False
        first_name: str = ""

    answers: Answers

    def begins_at(self) -> str:
        """Where only one language is spoken, it is not asked for."""
        if len(self.tenant.languages) > 1:
            return self.initial
        if self.must_show():
            return "first_use"
        return "pin" if self.entered_by_staff() else "full_name"

    def language(self) -> Menu:
        tenant = self.tenant
        offered = tenant.languages
        names = {language: tenant.name_in(language) for language in offered}
        return Menu(
            _("{tenant}. Choose your language", tenant=Local(names)), language_options(offered)
        )

    def speak(self) -> None:
        self.change_language(self.given)

    def chooser(self) -> uuid.UUID | None:
        return self.answers.person

    def entered_by_staff(self) -> bool:
        return self.answers.person is not None

    def must_show(self) -> bool:
        """Condition: the first person who dials from a number has yet to show whose it is."""
        person = self.answers.person
        if person is None:
            return False
        try:
            return self.context.autonomous(first_use.first_use_challenge, person) is not None
        except FirstUseLocked:
            return True  # which the next screen says, in the language that was chosen

    def first_use(self) -> Ask:
        person = self.answers.person
        assert person is not None, "only whom staff entered is asked"
        kind = self.context.autonomous(first_use.first_use_challenge, person)
        if kind == "birth_year":
            return Ask(_("In which year were you born?"), BirthYear())
        return Ask(_("Type the code that you got from our staff"), Code(FIRST_USE_CODE_DIGITS))

    def show(self) -> None:
        """Before hook of `first_use`. Each try is counted, whatever follows."""
        person = self.answers.person
        assert person is not None, "only whom staff entered is asked"
        check = self.context.check_first_use(person, self.secret)
        if not check.right:
            if not check.tries_left:
                raise FirstUseLocked
            raise WrongAnswer(_("That is not right. Tries left: {tries}.", tries=check.tries_left))
        self.answers.has_shown = True

    def full_name(self) -> Ask:
        return Ask(
            _("Your full name?"),
            Name(any_letters=bool(self.context.service.settings.get("ucs2"))),
        )

    @changes_what_no_intent_shows
    def register(self) -> None:
        hashed = self.proposed()
        self.write(people.lock_address, self.context.keys, self.context.address)
        found = self.read(people.identify, self.context.keys, self.context.address)
        known = [person for person in found if person.id == self.answers.person]
        if known:
            person = known[0]
            asked = self.read(first_use.first_use_challenge, person.id)
            if asked is not None and not self.answers.has_shown:
                raise IntentExpired  # begun before anything was asked: the next dial asks
            self.write(first_use.first_use_is_done, person.id)
            self.write(pins.set_first_pin, person.id, hashed, self.spoken_language)
            self.write(numbers.was_used, self.context.keys, person.id, self.context.address)
        elif self.answers.person:
            raise NumberTakenOut
        else:
            numbers.require_registering(found, beside=self.answers.beside)
            person = self.write(
                people.register,
                self.context.keys,
                address=self.context.address,
                name=self.answers.full_name,
                language=self.spoken_language,
                roles=tuple(self.tenant.settings.get("new_roles", ["customer"])),
                currency=self.currency,
                pin_hash=hashed,
            )
            if found:
                self.write(numbers.note_registered_beside, person.id, found)
        self.text(person.id, Welcome())
        if person.waited_for:
            # An agent's sale waits: it is next.
            self.becomes = replace(person, has_pin=True, language=self.spoken_language)
            return
        self.become(person)
        self.answers.first_name = with_capitals(person.name).partition(" ")[0]

    def registered(self) -> Leave:
        name = self.answers.first_name
        return Leave(_("Welcome, {name}. You are registered.", name=name))
