"""A faithful fake of Africa's Talking's USSD gateway: it dials our hook as a handset would.

It enforces what the gateway enforces (200, the prefix, the size, ten seconds), sends the whole
text so far, and can be told to lose, repeat and double hops. With a seed, the same people dialling
in the same order give the same bytes, however their threads interleave.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from providers.africastalking import NAME
from providers.africastalking.forms import FORM
from providers.africastalking.judge import judge
from providers.africastalking.sessions import (
    Exchange,
    GatewayOptions,
    Request,
    Session,
    Shown,
    State,
)
from providers.limits import FAKE_COPIES_MAX, FAKE_EXCHANGES_MAX, FAKE_SESSIONS_MAX
from providers.simulator.hooks import HookSource, HookTable
from providers.simulator.loopback import Answer, HttpPost, NoAnswer, Post
from providers.simulator.timers import Later

METADATA = "at-ussd-hop-metadata"
METADATA_MAX_CHARS = 99
_USSD_STRING = re.compile(r"[*#][0-9*#]{1,180}#")
_MSISDN = re.compile(r"\+?([1-9][0-9]{8,14})")
_CURRENCIES = {"620": "GHS", "621": "NGN", "635": "RWF", "639": "KES", "640": "TZS", "641": "UGX"}


class NoSuchSession(LookupError):
    """No session has this id."""


class SessionOver(RuntimeError):
    """The session takes no more answers."""


class SessionBusy(RuntimeError):
    """A handset has one question open at a time; the session waits for an answer of ours."""


def _check(copies: int) -> None:
    if not 1 <= copies <= FAKE_COPIES_MAX:
        raise ValueError("copies: out of range")


class Gateway:
    """The gateway for all services in `hooks`; many threads may use it, each its own sessions."""

    def __init__(
        self,
        hooks: HookSource,
        *,
        options: GatewayOptions | None = None,
        seed: int | None = None,
        post: Post | None = None,
        later: Later | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.options = options or GatewayOptions()
        self.exchanges: deque[Exchange] = deque(maxlen=FAKE_EXCHANGES_MAX)
        self._hooks = HookTable(NAME, hooks)
        self._seed = seed if seed is not None else random.SystemRandom().getrandbits(64)
        self._post = post or HttpPost()
        self._later = later
        self._clock = clock
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._dials: dict[str, int] = {}
        self._lock = threading.Lock()

    # --- what a person does -------------------------------------------------------------------

    def dial(
        self, sender: str, dialled: str, *, network: str | None = None, copies: int = 1
    ) -> Shown:
        """Dial a code, with or without digits after it. Raises ValueError: not a phone number.

        A code that no hook serves gives a failed Shown without a session.
        """
        number = _MSISDN.fullmatch(sender.strip())
        if number is None:
            raise ValueError("from: not a phone number")
        _check(copies)
        dialled = dialled.strip()
        if not _USSD_STRING.fullmatch(dialled):
            return Shown("", "", "failed", "this is not a USSD code", 0, 0.0)
        to = self._hooks.ussd(dialled)
        if to is None:
            return Shown("", "", "failed", "no service answers this code", 0, 0.0)
        options = self.options
        in_text = options.suffix == "text"
        rng = self._rng(number[1])
        session = Session(
            id=f"ATUid_{rng.getrandbits(128):032x}",
            sender=number[1],
            dialled=dialled,
            to=to,
            network=options.network if network is None else network,
            rng=rng,
            began_s=self._clock(),
            service_code=to.service if in_text else dialled,
            parts=[to.digits] if in_text and to.digits else [],
        )
        with self._lock:
            self._sessions[session.id] = session
            while len(self._sessions) > FAKE_SESSIONS_MAX:
                self._sessions.popitem(last=False)
        with session.lock:
            return self._hop(session, copies)

    def answer(self, session_id: str, text: str, *, copies: int = 1) -> Shown:
        """Type an answer and send it; `copies` posts the hop so many times at once.

        Raises NoSuchSession, SessionOver, SessionBusy.
        """
        _check(copies)
        session = self._open(session_id)
        try:
            if self._clock() - session.began_s > self.options.session_within_s:
                self._close(session, "ended", "the session timed out", "Incomplete")
                return session.shown(0.0)
            if session.pages and text in ("98", "00"):
                last = len(session.pages) - 1
                step = 1 if text == "98" else -1
                session.page = min(last, max(0, session.page + step))
                session.screen = session.pages[session.page]
                return session.shown(0.0)
            session.parts.append(text)
            return self._hop(session, copies)
        finally:
            session.lock.release()

    def press_twice(self, session_id: str, text: str) -> Shown:
        """The same hop posted twice at the same time; `.same` says whether the replies agree."""
        return self.answer(session_id, text, copies=2)

    def repeat(self, session_id: str, hop: int | None = None) -> Shown:
        """Post an earlier hop again, as it was (the last one by default): a late copy.

        The session does not move: `screen` is what the copy was answered with.
        """
        session = self._find(session_id)
        bodies = list(session.bodies)
        index = len(bodies) if hop is None else hop
        if not 1 <= index <= len(bodies):
            raise NoSuchSession("no such hop")
        body, headers = bodies[index - 1]
        request = Request("ussd", session.id, index, session.to.url, body, headers)
        answer, took_ms, note = self._send(request)
        if answer is None:
            return Shown(session.id, "", "failed", note, index, round(took_ms, 3))
        verdict = judge(answer, took_ms, session.network, self.options)
        return Shown(
            *(session.id, verdict.screen, verdict.state, verdict.error, index),
            took_ms=round(took_ms, 3),
            replies=(answer.body,),
        )

    def hang_up(self, session_id: str) -> Shown:
        """Press Cancel: no further hop. Raises NoSuchSession, SessionOver, SessionBusy."""
        return self._leave(session_id, None)

    def time_out(self, session_id: str) -> Shown:
        """Think for too long: the network ends the session. Raises as `hang_up`."""
        return self._leave(session_id, "the session timed out")

    def redial(self, session_id: str) -> Shown:
        """Dial the same string again from the same number. Raises NoSuchSession."""
        session = self._find(session_id)
        if session.state == "open":
            self.hang_up(session_id)
        return self.dial("+" + session.sender, session.dialled, network=session.network)

    def shown(self, session_id: str) -> Shown:
        """What the handset shows now. Raises NoSuchSession."""
        return self._find(session_id).shown(0.0)

    # --- sessions -----------------------------------------------------------------------------

    def _rng(self, number: str) -> random.Random:
        with self._lock:
            nth = self._dials[number] = self._dials.get(number, 0) + 1
        return random.Random(f"{self._seed}/{number}/{nth}")  # noqa: S311

    def _find(self, session_id: str) -> Session:
        with self._lock:
            session = self._sessions.get(session_id)
        if session is None:
            raise NoSuchSession("no such session")
        return session

    def _open(self, session_id: str) -> Session:
        """The session, open and locked."""
        session = self._find(session_id)
        if not session.lock.acquire(blocking=False):
            raise SessionBusy("the last hop has no answer yet")
        if session.state != "open":
            session.lock.release()
            raise SessionOver("the session is over")
        return session

    def _leave(self, session_id: str, error: str | None) -> Shown:
        session = self._open(session_id)
        try:
            self._close(session, "ended", error, "Incomplete")
            return session.shown(0.0)
        finally:
            session.lock.release()

    def _close(self, session: Session, state: State, error: str | None, status: str) -> None:
        session.state, session.error = state, error
        self._announce_end(session, status)

    # --- a hop --------------------------------------------------------------------------------

    def _hop(self, session: Session, copies: int) -> Shown:
        session.hop += 1
        session.pages = []
        # Rotation mid-session: the gateway posts to the address that is configured now.
        url = self._hooks.url("ussd", session.to.service) or session.to.url
        session.to = session.to._replace(url=url)
        body = self._form(session)
        headers = {"Content-Type": FORM, "User-Agent": "ussd-gateway"}
        if session.metadata:
            headers[METADATA] = session.metadata[-1]
        session.bodies.append((body, headers))
        dice = session.rng.random()
        options = self.options
        if dice < options.lose_before:
            self._close(session, "failed", "the network lost the request", "Incomplete")
            return session.shown(0.0)
        request = Request("ussd", session.id, session.hop, url, body, headers)
        results = self._send_copies(request, copies)
        answer, took_ms, note = results[0]
        replies = tuple(a.body if a is not None else b"" for a, _, _ in results)
        if answer is not None and dice < options.lose_before + options.lose_after:
            self._close(session, "failed", "the network lost the reply", "Incomplete")
            return session.shown(took_ms)
        if answer is None:
            session.last_reply = b""
            self._close(session, "failed", note, "Failed")
            return session.shown(took_ms, replies)
        session.last_reply = answer.body
        verdict = judge(answer, took_ms, session.network, options)
        session.screen = verdict.screen
        session.pages, session.page = verdict.pages, 0
        self._note_metadata(session, answer)
        if verdict.state == "ended":
            self._close(session, "ended", None, "Success")
        elif verdict.state == "failed":
            self._close(session, "failed", verdict.error, "Failed")
        return session.shown(took_ms, replies)

    def _form(self, session: Session) -> bytes:
        options = self.options
        plus = "" if not options.plus else "%2B" if options.escape_plus else "+"
        pairs = [
            f"sessionId={session.id}",
            f"phoneNumber={plus}{session.sender}",
            f"serviceCode={quote_plus(session.service_code)}",
            f"text={quote_plus(session.text, errors='replace')}",
            *(f"{quote_plus(name)}={quote_plus(v)}" for name, v in options.extra.items()),
        ]
        if session.network:
            pairs.append(f"networkCode={quote_plus(session.network)}")
        if options.shuffle:
            session.rng.shuffle(pairs)
        return "&".join(pairs).encode("ascii")

    def _send_copies(self, request: Request, copies: int) -> list[tuple[Answer | None, float, str]]:
        if copies == 1:
            return [self._send(request)]
        results: list[tuple[Answer | None, float, str]] = [(None, 0.0, "")] * copies
        start = threading.Barrier(copies)

        def one(nth: int) -> None:
            start.wait()
            results[nth] = self._send(request)

        threads = [threading.Thread(target=one, args=(nth,)) for nth in range(copies)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def _send(self, request: Request) -> tuple[Answer | None, float, str]:
        """(answer, took_ms, why there is none)."""
        began = time.perf_counter()
        answer: Answer | None = None
        note = ""
        try:
            answer = self._post(
                request.url, request.body, request.headers, self.options.answer_within_s
            )
        except NoAnswer as error:
            note = str(error)
        took_ms = (time.perf_counter() - began) * 1_000
        self.exchanges.append(Exchange(request, answer, took_ms, note))
        return answer, took_ms, note

    @staticmethod
    def _note_metadata(session: Session, answer: Answer) -> None:
        label = answer.headers.get(METADATA, "")
        if label and len(label) <= METADATA_MAX_CHARS and "|" not in label:
            session.metadata.append(label)

    # --- the end ------------------------------------------------------------------------------

    def _announce_end(self, session: Session, status: str) -> None:
        options = self.options
        url = self._hooks.url("ussd-end", session.to.service)
        if options.end_events == "off" or url is None:
            return
        body = self._end_form(session, status)
        headers = {"Content-Type": FORM, "User-Agent": "ussd-gateway"}
        request = Request("ussd-end", session.id, session.hop, url, body, headers)

        def announce() -> None:
            for _ in range(2 if options.end_events == "twice" else 1):
                self._send(request)

        if options.end_events == "late" and self._later is not None:
            self._later.after(options.end_late_s, announce)
        else:
            announce()

    def _end_form(self, session: Session, status: str) -> bytes:
        currency = _CURRENCIES.get(session.network[:3], "KES")
        event: dict[str, Any] = {
            "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
            "sessionId": session.id,
            "serviceCode": session.service_code,
            "networkCode": session.network,
            "phoneNumber": f"+{session.sender}",
            "status": status,
            "cost": f"{currency} 0.00",
            "durationInMillis": int((self._clock() - session.began_s) * 1_000),
            "hopsCount": session.hop,
            "input": session.text,
            "lastAppResponse": session.last_reply.decode("utf-8", "replace"),
        }
        if session.metadata:
            event["hopsMetadata"] = "|".join(session.metadata)
        if status == "Failed" and session.error:
            event["errorMessage"] = session.error
        pairs = [f"{name}={quote_plus(str(v), errors='replace')}" for name, v in event.items()]
        if self.options.shuffle:
            session.rng.shuffle(pairs)
        return "&".join(pairs).encode("ascii")
