"""A new number: language, name, a PIN twice; then the main menu."""

from core.people import people
from core.people.errors import AlreadyRegistered
from core.people.messages import Welcome
from engine.flow import Flow, Leave
from engine.pins import ChoosePin
from menus.answers import Name
from menus.screens import Ask, Menu, Option
from menus.texts import LANGUAGE_NAMES, LANGUAGES, Local, _
from values.names import with_capitals


class Register(ChoosePin, Flow):
    """Somebody the tenant does not know, or whom staff entered and who has no PIN yet."""

    name = "register"
    initial = "language"
    resumable = frozenset({"language", "full_name"})
    acts_after = 2
    transitions = [
        {"trigger": "answer", "source": "language", "dest": "pin", "conditions": "entered_by_staff",
         "before": "speak"},
        {"trigger": "answer", "source": "language", "dest": "full_name", "before": "speak"},
        ["answer", "full_name", "pin"],
        {"trigger": "answer", "source": "pin", "dest": "again", "before": "propose"},
        {"trigger": "answer", "source": "again", "dest": "pin", "unless": "same"},
        {"trigger": "answer", "source": "again", "dest": "registered", "before": "register"},
    ]  # fmt: skip

    def language(self) -> Menu:
        tenant = self.context.tenant
        offered = tenant.languages
        names = {language: tenant.name_in(language) for language in offered}
        return Menu(
            _("{tenant}. Choose your language", tenant=Local(names)),
            tuple(
                # Each in its own words, and the same numbers everywhere.
                Option(number, LANGUAGE_NAMES[language], language)
                for number, language in enumerate(LANGUAGES, start=1)
                if language in offered
            ),
        )

    def speak(self) -> None:
        self.session.language = self.given

    def entered_by_staff(self) -> bool:
        return "person" in self.data

    def full_name(self) -> Ask:
        return Ask(
            _("Your full name?"), Name(any_letters=bool(self.context.service.settings.get("ucs2")))
        )

    def register(self) -> None:
        hashed = self.proposed()
        self.write(people.lock_address, self.context.keys, self.context.address)
        found = self.read(people.identify, self.context.keys, self.context.address)
        known = [person for person in found if str(person.id) == self.data.get("person")]
        if known:
            person = known[0]
            self.write(people.set_first_pin, person.id, hashed, self.session.language)
        elif found:
            raise AlreadyRegistered
        else:
            person = self.write(
                people.register,
                self.context.keys,
                address=self.context.address,
                name=self.data["full_name"],
                language=self.session.language,
                roles=tuple(self.context.tenant.settings.get("new_roles", ["customer"])),
                currency=self.currency,
                pin_hash=hashed,
            )
        self.text(person.id, Welcome())
        self.session.caller.id = str(person.id)
        self.session.caller.name = person.shown_name
        self.data["first_name"] = with_capitals(person.name).partition(" ")[0]
        self.session.caller.roles = person.roles

    def registered(self) -> Menu:
        name = self.data["first_name"]
        raise Leave(_("Welcome, {name}. You are registered.", name=name))
