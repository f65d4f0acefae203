"""A new PIN for somebody whose old one two officers took away; then the main menu."""

import uuid

from core.people.errors import FirstUseLocked
from core.people.first_use import FIRST_USE_CODE_DIGITS, first_use_challenge
from core.recovery import new_pin
from engine.flow import Leave
from engine.flow_map import changes_what_no_intent_shows
from engine.pins import ChoosePin
from menus.answers import Code, WrongAnswer
from menus.screens import Ask
from menus.texts import _
from values.money import Money


class NewPin(ChoosePin):
    """The code that staff handed over -> a PIN, twice -> chosen."""

    name = "new_pin"
    initial = "code"
    transitions = [
        {"trigger": "answer", "source": "code", "dest": "pin", "before": "show"},
        {"trigger": "answer", "source": "pin", "dest": "again", "before": "propose"},
        {"trigger": "answer", "source": "again", "dest": "pin", "unless": "same"},
        {"trigger": "answer", "source": "again", "dest": "chosen", "before": "choose"},
    ]  # fmt: skip

    class Answers:
        """`person` is whose PIN it is; `generation`, of which code was shown; `limit`, what they
        may pay in all for a day."""

        person: uuid.UUID | None = None
        generation: int = 0
        limit: Money | None = None

    answers: Answers

    def chooser(self) -> uuid.UUID:
        assert self.answers.person is not None, "only somebody who is known chooses a new PIN"
        return self.answers.person

    def code(self) -> Ask:
        self.context.autonomous(first_use_challenge, self.chooser())
        return Ask(
            _("Choose a new PIN: type the code from our staff first"), Code(FIRST_USE_CODE_DIGITS)
        )

    def show(self) -> None:
        """Before hook of `code`. Each try is counted, whatever follows."""
        check = self.context.check_first_use(self.chooser(), self.secret)
        if not check.right:
            if not check.tries_left:
                raise FirstUseLocked
            raise WrongAnswer(_("That is not right. Tries left: {tries}.", tries=check.tries_left))
        self.answers.generation = check.generation

    @changes_what_no_intent_shows
    def choose(self) -> None:
        chosen = self.write(
            new_pin.choose,
            self.context.keys,
            tenant=self.tenant,
            service_id=self.context.service.id,
            subscriber_id=self.chooser(),
            pin_hash=self.proposed(),
            generation=self.answers.generation,
        )
        self.become(chosen.person)
        self.answers.limit = chosen.limit

    def chosen(self) -> Leave:
        limit = self.answers.limit
        assert limit is not None, "said once it is chosen"
        return Leave(_("Your PIN is new. For 24 hours you can pay {limit} in all.", limit=limit))
