"""Mobile money of a simulated group: the network's texts, as its phone forwards them."""

import random
import uuid
from dataclasses import dataclass, field

from core.payments import tokens
from core.savings.arrivals import ARRIVED_CONTRIBUTION
from tests.support.texts import Till
from tests.support.year import Year


@dataclass
class GroupTill:
    """The wallet that a group's members pay to. Each has a reference token for life."""

    group: Year
    till: Till = field(init=False)
    _tokens: dict[uuid.UUID, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        name = f"T{self.group.id.hex[-9:].upper()}"
        self.till = Till(self.group.tenant, name=name, wallet=name)

    def pay(self, who: uuid.UUID, amount_minor: int, draw: random.Random) -> bool:
        """They pay by their phone; the text sometimes comes twice. True where it was credited:
        without the token it is of nobody, and stays a question for staff."""
        forgets = draw.random() < 0.1
        note = "" if forgets else self._token(who)
        payer = f"Payer (*********{draw.randrange(1_000):03})"
        text = self.till.received(amount_minor, payer=payer, note=note)
        copies = [text, text] if draw.random() < 0.2 else [text]
        assert sum(self.till.store(*copies)) == 1
        (worked,) = self.till.work()
        assert worked.state == ("in_question" if forgets else "credited")
        return not forgets

    def _token(self, who: uuid.UUID) -> str:
        if who not in self._tokens:
            with self.group.tenant.tx() as tx:
                payee = ARRIVED_CONTRIBUTION.payee(tx, who, self.group.id)
                assert payee is not None
                self._tokens[who] = tokens.token_of(tx, payee)
        return self._tokens[who]
