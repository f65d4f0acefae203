"""People: who they are, their PIN, their language, what they have and did."""

from app.domains.domain import Domain, Sections
from checks import people as samples
from core.analytics import personal as turns
from core.analytics import replay
from core.people import listing as lists
from core.people import messages, personal, retention
from flows.account.balances import Balances
from flows.account.call_back import CallBack
from flows.account.change_pin import ChangePin
from flows.account.language import Language
from flows.account.receipts import Receipts
from flows.account.register import Register
from flows.account.statement import Statement
from flows.account.who import SomeoneElse, Who
from workers.schedule import guesses


def _sections() -> Sections:
    from core.people.manifest import PEOPLE

    return (PEOPLE,)


DOMAIN = Domain(
    name="people",
    flows=(
        *(Balances, CallBack, ChangePin, Language, Receipts, Register, SomeoneElse),
        *(Statement, Who),
    ),
    entered_by_engine=frozenset({Register.name, Who.name}),
    messages=messages.MESSAGES,
    retention=retention.RETENTION,
    tasks=guesses.TASKS,
    endpoints=("app.api.resources.people", "app.api.resources.sessions"),
    sections=_sections,
    samples=samples.SAMPLES,
    pages=("app.console.people.page", "app.console.sessions.page", "app.console.calls.page"),
    listings=(lists.PEOPLE, replay.TURNS),
    personal=(*personal.PERSONAL, *turns.PERSONAL),
)
