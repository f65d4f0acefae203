"""Choosing a PIN: typed twice, and between the two only a peppered hash is kept."""

import uuid

from core.money.errors import IntentExpired
from core.people import people, pin_proposals
from engine.flow import Flow
from engine.flow_map import chooses_a_pin
from menus import sentences
from menus.answers import PinAgain
from menus.screens import Ask, Pin


class ChoosePin(Flow):
    """Mixed into flows with the states `pin` and `again`, in which a new PIN is chosen."""

    def chooser(self) -> uuid.UUID | None:
        """Whose PIN it will be; None for somebody new."""
        return self.caller_id

    def birth_year(self) -> int | None:
        chooser = self.chooser()
        # On its own: the PIN is hashed after it, and no transaction waits for that.
        return self.context.autonomous(people.birth_year, chooser) if chooser else None

    @chooses_a_pin
    def pin(self) -> Pin:
        return Pin(sentences.CHOOSE_PIN, fresh=True)

    def propose(self) -> None:
        """Before hook of `pin`: keep the hash until the PIN is typed again."""
        hashed = self.context.keys.hash_pin(self.secret)  # before any connection is borrowed
        self.write(pin_proposals.propose_pin, self.context.session_hash, hashed)
        if not self.caller.id:  # they may have registered elsewhere before it is set
            self.write(pin_proposals.mark_chosen, self.context.session_hash)

    def again(self) -> Ask:
        return Ask(sentences.PIN_AGAIN, PinAgain())

    def same(self) -> bool:
        """Condition of `again`: both were the same."""
        proposed = self.context.autonomous(pin_proposals.proposed_pin, self.context.session_hash)
        if proposed is None:
            raise IntentExpired
        self._proposed = proposed
        same = self.context.keys.verify_pin(self.secret, proposed)
        if not same:
            self.notice = sentences.PINS_DIFFER
        return same

    def proposed(self) -> str:
        """The hash that both PINs agree on; forgotten with the COMMIT."""
        self.write(pin_proposals.forget_proposed_pin, self.context.session_hash)
        return self._proposed
