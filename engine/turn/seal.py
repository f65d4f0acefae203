"""What Redis keeps of a session is sealed: who reads there learns no name and no amount, and who
writes there is not believed."""

import logging
import os
import time
import uuid
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.security.keyring import Keyring
from core.tenants.directory import Service
from engine.turn.message import Turn
from values import clock
from values.alarms import raise_alarm

log = logging.getLogger(__name__)

DAY_S: Final = 86_400
DAY_BYTES: Final = 4
NONCE_BYTES: Final = 12
HEAD_BYTES: Final = DAY_BYTES + NONCE_BYTES
LOOK_AGAIN_S: Final = 60.0  # how soon a process sees that it is another day
ALARM_AGAIN_S: Final = 60.0  # one line a minute and tenant, however much is not ours


class _Days(NamedTuple):
    """The ciphers of today and its neighbours, and until when (`time.monotonic`) it is taken for
    today."""

    ciphers: dict[bytes, AESGCM]
    today: bytes
    until_s: float


class KeptScreen(NamedTuple):
    """What a phone was shown, as the turn log keeps it."""

    service_id: uuid.UUID
    session: str
    key: str
    sealed: bytes


class SessionSeal:
    """Seals sessions and replies (AES-GCM) to the service and the session that they belong to, and
    a reply to its hop too. One a process; safe to share between threads.

    The key is another one each day, since a random nonce of 96 bits may be used for some 2^32
    messages of one key (NIST SP 800-38D, 8.3): 50,000 a second for a day. What is sealed is 32
    bytes longer: day, nonce, tag.

    What was not sealed so is as lost, and an alarm says it.
    """

    __slots__ = ("_alarmed_s", "_days", "_keys")

    def __init__(self, keys: Keyring) -> None:
        self._keys: Final = keys
        self._days = _Days({}, b"", 0.0)
        self._alarmed_s: dict[str, float] = {}

    def seal(self, turn: Turn, data: bytes, reply: bytes) -> tuple[bytes, bytes]:
        """A session as a turn leaves it, and the turn's reply."""
        days = self._days
        if time.monotonic() >= days.until_s:
            days = self._look()
        session = _belongs_to(turn.service, turn.session_hash)
        encrypt = days.ciphers[days.today].encrypt
        random = os.urandom(2 * NONCE_BYTES)
        first, second = random[:NONCE_BYTES], random[NONCE_BYTES:]
        return (
            days.today + first + encrypt(first, data, session),
            days.today + second + encrypt(second, reply, session + turn.reply_key.encode()),
        )

    def seal_reply(self, turn: Turn, reply: bytes) -> bytes:
        """The reply alone."""
        session = _belongs_to(turn.service, turn.session_hash)
        return self._seal(reply, session + turn.reply_key.encode())

    def seal_session(self, service: Service, session_hash: str, data: bytes) -> bytes:
        """The session alone."""
        return self._seal(data, _belongs_to(service, session_hash))

    def open(self, service: Service, session_hash: str, sealed: bytes) -> bytes | None:
        """A session. None: not ours."""
        data = self._open(sealed, _belongs_to(service, session_hash))
        if data is None:
            self._alarm(service, session_hash)
        return data

    def open_reply(self, turn: Turn, sealed: bytes) -> bytes | None:
        """The reply to this very hop. None: not ours."""
        session = _belongs_to(turn.service, turn.session_hash)
        reply = self._open(sealed, session + turn.reply_key.encode())
        if reply is None:
            self._alarm(turn.service, turn.session_hash)
        return reply

    def open_kept(self, kept: KeptScreen) -> bytes | None:
        """A reply of any day, as the turn log has it. None: not ours."""
        cipher = AESGCM(self._keys.session_key(kept.sealed[:DAY_BYTES]))
        session = b"%b%b:" % (kept.service_id.bytes, kept.session.encode())
        try:
            return cipher.decrypt(
                kept.sealed[DAY_BYTES:HEAD_BYTES],
                kept.sealed[HEAD_BYTES:],
                session + kept.key.encode(),
            )
        except (InvalidTag, ValueError):
            return None

    def _seal(self, plain: bytes, belongs_to: bytes) -> bytes:
        days = self._days
        if time.monotonic() >= days.until_s:
            days = self._look()
        nonce = os.urandom(NONCE_BYTES)
        return days.today + nonce + days.ciphers[days.today].encrypt(nonce, plain, belongs_to)

    def _open(self, sealed: bytes, belongs_to: bytes) -> bytes | None:
        days = self._days
        if time.monotonic() >= days.until_s:
            days = self._look()
        cipher = days.ciphers.get(sealed[:DAY_BYTES])
        if cipher is None:
            return None
        try:
            return cipher.decrypt(sealed[DAY_BYTES:HEAD_BYTES], sealed[HEAD_BYTES:], belongs_to)
        except (InvalidTag, ValueError):  # ValueError: it is too short
            return None

    def _look(self) -> _Days:
        """Which day it is. What was sealed on a day beside it opens, too."""
        today = int(clock.epoch_s()) // DAY_S
        before, ciphers = self._days.ciphers, {}
        for number in (today - 1, today, today + 1):
            day = number.to_bytes(DAY_BYTES)
            ciphers[day] = before.get(day) or AESGCM(self._keys.session_key(day))
        self._days = _Days(ciphers, today.to_bytes(DAY_BYTES), time.monotonic() + LOOK_AGAIN_S)
        return self._days

    def _alarm(self, service: Service, session_hash: str) -> None:
        slug, now_s = service.tenant.slug, time.monotonic()
        if now_s - self._alarmed_s.get(slug, -ALARM_AGAIN_S) < ALARM_AGAIN_S:
            return
        self._alarmed_s[slug] = now_s
        raise_alarm(
            log,
            "foreign_session",
            "redis",
            f"{slug}: what Redis has of session {session_hash[:8]} is not what was kept: somebody"
            " else writes to it, or processes have different keys. The session is taken as lost.",
            tenant_id=service.tenant.id,
        )


def _belongs_to(service: Service, session_hash: str) -> bytes:
    return b"%b%b:" % (service.id.bytes, session_hash.encode())
