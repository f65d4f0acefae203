"""Asks once more whether to call the person, who chose that after answers that did not fit."""

from core.people import call_backs
from engine.flow import RETURN, Flow, Return
from menus import sentences
from menus.screens import End, Menu, Option


class CallBack(Flow):
    """Comes in between; No leads back to the question."""

    name = "call_back"
    initial = "offer"
    transitions = [
        {"trigger": "answer", "source": "offer", "dest": "coming", "conditions": "wanted",
         "before": "ask"},
        ["answer", "offer", "declined"],
    ]  # fmt: skip

    def offer(self) -> Menu:
        return Menu(
            sentences.OFFER_CALL_BACK,
            (Option(1, sentences.YES, True), Option(2, sentences.NO, False)),
        )

    def wanted(self) -> bool:
        return self.given is True

    def ask(self) -> None:
        self.write(
            call_backs.ask,
            self.context.keys,
            service_id=self.context.service.id,
            subscriber_id=self.caller.id or None,
            address=self.context.address,
            place=self.asked_at,
        )

    def coming(self) -> End:
        return End(sentences.CALL_BACK_COMING)

    def declined(self) -> Return:
        return RETURN
