"""A mini statement of the wallet, after the PIN; or whole statements, as documents in a chat."""

from core.inbox import papers
from core.money import ledger
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from flows.account.movements import statement_text
from menus.screens import End, Menu, Option, Pin
from menus.texts import _

LINES = 5
HERE, FILE = "here", "file"


class Statement(Flow):
    """PIN -> shown; or, for who has a chat that takes documents now, a choice between the two."""

    name = "statement"
    initial = "pin"
    transitions = [
        {"trigger": "answer", "source": "pin", "dest": "how", "conditions": "has_chat"},
        ["answer", "pin", "shown"],
        {
            "trigger": "answer", "source": "how", "dest": "sent",
            "conditions": "is_file", "before": "ask",
        },
        ["answer", "how", "shown"],
    ]  # fmt: skip

    def pin(self) -> Pin:
        return Pin()

    def has_chat(self) -> bool:
        return self.read(papers.chat_of, self.caller_id) is not None

    def how(self) -> Menu:
        return Menu(
            _("Statement"),
            (
                Option(1, _("The last movements, here"), HERE),
                Option(2, _("A PDF of the month, in your chat"), FILE),
            ),
        )

    def is_file(self) -> bool:
        return bool(self.given == FILE)

    @changes_what_no_intent_shows
    def ask(self) -> None:
        self.write(papers.ask_statement, self.caller_id)

    def sent(self) -> End:
        return End(_("The PDF comes to your chat within a minute."))

    def shown(self) -> End:
        wallet_id = ledger.account_id(self.caller_id, ledger.WALLET, self.currency)
        lines = self.read(ledger.statement, wallet_id, LINES)
        return End(statement_text(lines, self.context.flows, self.tenant.zone))
