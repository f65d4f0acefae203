"""A mobile network with a USSD gateway that is told what people do, and dials our hook for them.

It loses, repeats and doubles hops, times out and pages as it is told to. What one company's gateway
posts, and makes of an answer, its fake says. With a seed, the same people dialling in the same
order give the same bytes, however their threads interleave.
"""

from __future__ import annotations

import abc
import random
import re
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from providers.limits import (
    FAKE_COPIES_MAX,
    FAKE_DELAY_MAX_S,
    FAKE_EXCHANGES_MAX,
    FAKE_SESSIONS_MAX,
)
from providers.simulator.hooks import Dialled, HookSource, HookTable
from providers.simulator.loopback import Answer, HttpPost, NoAnswer, Post
from providers.simulator.sessions import (
    Ending,
    Exchange,
    NetworkOptions,
    Request,
    Session,
    Shown,
    State,
    Verdict,
)
from providers.simulator.timers import Later

_USSD_STRING = re.compile(r"[*#][0-9*#]{1,180}#")
_MSISDN = re.compile(r"\+?([1-9][0-9]{8,14})")


class NoSuchSession(LookupError):
    """No session has this id."""


class SessionOver(RuntimeError):
    """The session takes no more answers."""


class SessionBusy(RuntimeError):
    """A handset has one question open at a time; the session waits for an answer of ours."""


def _check(copies: int) -> None:
    if not 1 <= copies <= FAKE_COPIES_MAX:
        raise ValueError("copies: out of range")


class Network(abc.ABC):
    """The gateway for all services in `hooks`; many threads may use it, each its own sessions."""

    options: NetworkOptions
    # Where it pages long screens itself: the answers for more and for back.
    paging_keys = ("98", "00")

    def __init__(
        self,
        provider: str,
        hooks: HookSource,
        *,
        seed: int | None = None,
        post: Post | None = None,
        later: Later | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.exchanges: deque[Exchange] = deque(maxlen=FAKE_EXCHANGES_MAX)
        self._hooks = HookTable(provider, hooks)
        self._seed = seed if seed is not None else random.SystemRandom().getrandbits(64)
        self._post = post or HttpPost()
        self._later = later
        self._clock = clock
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._dials: dict[str, int] = {}
        self._lock = threading.Lock()

    # --- what a company's gateway has of its own ----------------------------------------------

    @abc.abstractmethod
    def _session_id(self, rng: random.Random) -> str:
        """A new session's id."""

    @abc.abstractmethod
    def _dialled(self, dialled: str, to: Dialled) -> tuple[str, list[str]]:
        """The code that is said to have been dialled, and the first parts of the text."""

    @abc.abstractmethod
    def _message(self, session: Session) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of a hop."""

    @abc.abstractmethod
    def _judge(self, session: Session, answer: Answer, took_ms: float) -> Verdict:
        """What it makes of an answer of ours."""

    @abc.abstractmethod
    def _note(self, session: Session, answer: Answer) -> None:
        """What it keeps of an answer for later."""

    @abc.abstractmethod
    def _ended(self, session: Session, ending: Ending) -> None:
        """What it does when a session has ended."""

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
        service_code, parts = self._dialled(dialled, to)
        rng = self._rng(number[1])
        session = Session(
            id=self._session_id(rng),
            sender=number[1],
            dialled=dialled,
            to=to,
            network=self.options.network if network is None else network,
            rng=rng,
            began_s=self._clock(),
            service_code=service_code,
            parts=parts,
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
                self._close(session, "ended", "the session timed out", "left")
                return session.shown(0.0)
            if session.pages and text in self.paging_keys:
                last = len(session.pages) - 1
                step = 1 if text == self.paging_keys[0] else -1
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
        verdict = self._judge(session, answer, took_ms)
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
            self._close(session, "ended", error, "left")
            return session.shown(0.0)
        finally:
            session.lock.release()

    def _close(self, session: Session, state: State, error: str | None, ending: Ending) -> None:
        session.state, session.error = state, error
        self._ended(session, ending)

    # --- a hop --------------------------------------------------------------------------------

    def _hop(self, session: Session, copies: int) -> Shown:
        session.hop += 1
        session.pages = []
        # Rotation mid-session: the gateway posts to the address that is configured now.
        url = self._hooks.url("ussd", session.to.service) or session.to.url
        session.to = session.to._replace(url=url)
        body, headers = self._message(session)
        session.bodies.append((body, headers))
        dice = session.rng.random()
        options = self.options
        copies = min(max(copies, options.copies), FAKE_COPIES_MAX)
        if options.delay_s:
            time.sleep(min(options.delay_s, FAKE_DELAY_MAX_S))
        if dice < options.lose_before:
            self._close(session, "failed", "the network lost the request", "left")
            return session.shown(0.0)
        request = Request("ussd", session.id, session.hop, url, body, headers)
        results = self._send_copies(request, copies)
        answer, took_ms, note = results[0]
        replies = tuple(a.body if a is not None else b"" for a, _, _ in results)
        if answer is not None and dice < options.lose_before + options.lose_after:
            self._close(session, "failed", "the network lost the reply", "left")
            return session.shown(took_ms)
        if answer is None:
            session.last_reply = b""
            self._close(session, "failed", note, "failed")
            return session.shown(took_ms, replies)
        session.last_reply = answer.body
        verdict = self._judge(session, answer, took_ms)
        session.screen = verdict.screen
        session.pages, session.page = verdict.pages, 0
        self._note(session, answer)
        if verdict.state == "ended":
            self._close(session, "ended", None, "completed")
        elif verdict.state == "failed":
            self._close(session, "failed", verdict.error, "failed")
        return session.shown(took_ms, replies)

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
