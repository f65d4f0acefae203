"""A phone in somebody's hand, over a gateway with cumulative text."""

from collections.abc import Callable

from engine.turn.ussd import Reply, UssdRequest
from menus import gsm7
from menus.limits import USSD_SEPTETS_MAX

PROVIDER = "africastalking"


class Phone:
    """Dials and types. Every message that was answered is posted a second time: a network does so,
    and the copy must get the same reply."""

    def __init__(self, take: Callable[[UssdRequest], Reply], number: str, session_ids: str) -> None:
        self._take = take
        self.number = number
        self._session_ids = session_ids
        self._dials = 0
        self._code = ""
        self._text = ""
        self.reply = Reply("", ends=True)

    @property
    def shows(self) -> str:
        """The text of the screen."""
        return self.reply.text

    def dial(self, code: str) -> str:
        """Begin a session; what the phone shows then."""
        self._dials += 1
        self._code, self._text = code, ""
        return self.post()

    def type(self, answer: str) -> str:
        """Answer; what the phone shows then."""
        self._text = f"{self._text}*{answer}" if self._text else answer
        return self.post()

    def post(self) -> str:
        """Send the message as it stands, twice; what the phone shows then."""
        session_id = f"{self._session_ids}-{self._dials}"
        request = UssdRequest(PROVIDER, self._code, session_id, self.number, self._text)
        self.reply = self._take(request)
        assert self._take(request) == self.reply, "a copy of a message gets another reply"
        text = self.reply.text
        assert not gsm7.is_gsm7(text) or gsm7.fits(text, USSD_SEPTETS_MAX), text
        return text
