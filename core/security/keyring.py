"""One key, PIGA_KEY, and all that derives from it; and the hashing of PINs.

Each use has a key of its own (HMAC-SHA256 of the root with the use's name), so that leaking one
tells nothing about the others.
"""

import base64
import hashlib
import hmac
import os
import uuid

from cryptography.exceptions import InvalidKey, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from values import waiting

# OWASP's first choice for argon2id: about 20 ms. For a PIN, lockout and pepper do the rest.
ARGON2_ITERATIONS = 2
ARGON2_LANES = 1
ARGON2_MEMORY_KIB = 19 * 1024
HOOK_GENERATIONS = 2  # two path secrets live at once, so that one can be changed without downtime
KEY_BYTES_MINIMUM = 32
# A path secret: what it claims to be, and the proof. Of a length that base64 needs no padding for.
UUID_BYTES, GENERATION_BYTES, HOOK_MAC_BYTES = 16, 3, 20
CLAIM_BYTES = UUID_BYTES + GENERATION_BYTES
# The path segment of a file: whose it is, what it is of, until when; and the proof.
UNTIL_BYTES, FILE_MAC_BYTES = 5, 20
FILE_CLAIM_BYTES = 2 * UUID_BYTES + UNTIL_BYTES


class Keyring:
    """What derives from PIGA_KEY. It never shows the key: no repr, no attribute in clear."""

    __slots__ = (
        "_aead",
        "_audit",
        "_code",
        "_file",
        "_hook",
        "_kept",
        "_lookup",
        "_mark",
        "_pepper",
        "_session",
        "_staff",
        "_token",
        "check",
    )

    def __init__(self, root: bytes) -> None:
        if len(root) < KEY_BYTES_MINIMUM:
            raise ValueError("PIGA_KEY must be at least 32 bytes (64 hexadecimal digits)")

        def derive(use: str) -> bytes:
            return hmac.digest(root, b"piga/1/" + use.encode(), "sha256")

        self._pepper = derive("pepper")
        self._lookup = derive("lookup")
        self._aead = AESGCM(derive("encryption"))
        self._session = derive("session")
        self._hook = derive("hook")
        self._code = derive("code")
        self._file = derive("file")
        self._mark = derive("mark")
        self._kept = derive("kept")
        self._staff = derive("staff")
        self._audit = derive("audit")
        self._token = derive("token")
        self.check = derive("check")[:16]

    def lookup(self, channel: str, identifier: str) -> bytes:
        """The keyed hash a phone number is found by: 16 bytes."""
        return hashlib.blake2b(
            f"{channel}\0{identifier}".encode(), key=self._lookup, digest_size=16
        ).digest()

    def session(self, *parts: str) -> str:
        """A keyed hash of what a session or an answer is known by: 32 hexadecimal digits."""
        return hashlib.blake2b(
            "\0".join(parts).encode("utf-8", "surrogatepass"), key=self._session, digest_size=16
        ).hexdigest()

    def session_key(self, day: bytes) -> bytes:
        """The key that sessions are sealed with on a day: 32 bytes."""
        return hmac.digest(self._kept, day, "sha256")

    def seal(self, text: str, context: bytes) -> bytes:
        """Encrypt personal data that is not searched by; bound to `context` (whose it is)."""
        return self.seal_bytes(text.encode(), context)

    def open(self, sealed: bytes, context: bytes) -> str:
        """Decrypt what `seal` made; no bytes at all, as where somebody was erased, are "".
        Raises ValueError when key or context differ."""
        return self.open_bytes(sealed, context).decode() if bytes(sealed) else ""

    def seal_bytes(self, content: bytes, context: bytes) -> bytes:
        """`seal`, of what is no text: a part of a file."""
        nonce = os.urandom(12)
        return nonce + self._aead.encrypt(nonce, content, context)

    def open_bytes(self, sealed: bytes, context: bytes) -> bytes:
        """Decrypt what `seal_bytes` made. Raises ValueError when key or context differ."""
        try:
            return self._aead.decrypt(bytes(sealed[:12]), bytes(sealed[12:]), context)
        except InvalidTag:
            raise ValueError("sealed under another key or for somebody else") from None

    def hook_secret(self, provider: str, kind: str, service_id: uuid.UUID, generation: int) -> str:
        """The unguessable path segment of a webhook. It names its service and its generation, so
        that a wrong one is refused before anything is looked up."""
        claim = service_id.bytes + generation.to_bytes(GENERATION_BYTES)
        return base64.urlsafe_b64encode(claim + self._hook_mac(provider, kind, claim)).decode()

    def open_hook_secret(
        self, provider: str, kind: str, secret: str
    ) -> tuple[uuid.UUID, int] | None:
        """The service and the generation of a path segment that `hook_secret` made, or None. In
        constant time."""
        try:
            raw = base64.b64decode(secret, altchars=b"-_", validate=True)
        except ValueError:
            return None
        claim, mac = raw[:CLAIM_BYTES], raw[CLAIM_BYTES:]
        if not hmac.compare_digest(mac, self._hook_mac(provider, kind, claim)):
            return None
        return uuid.UUID(bytes=claim[:UUID_BYTES]), int.from_bytes(claim[UUID_BYTES:])

    def _hook_mac(self, provider: str, kind: str, claim: bytes) -> bytes:
        message = f"{provider}\0{kind}\0".encode() + claim
        return hmac.digest(self._hook, message, "sha256")[:HOOK_MAC_BYTES]

    def file_token(self, tenant_id: uuid.UUID, message_id: uuid.UUID, until_s: int) -> str:
        """The unguessable path segment of a message's file, good until a Unix time."""
        claim = tenant_id.bytes + message_id.bytes + until_s.to_bytes(UNTIL_BYTES)
        return base64.urlsafe_b64encode(claim + self._file_mac(claim)).decode()

    def open_file_token(self, token: str, now_s: float) -> tuple[uuid.UUID, uuid.UUID] | None:
        """The tenant and the message of a path segment that `file_token` made, or None; also where
        its time is over. In constant time."""
        try:
            raw = base64.b64decode(token, altchars=b"-_", validate=True)
        except ValueError:
            return None
        claim, mac = raw[:FILE_CLAIM_BYTES], raw[FILE_CLAIM_BYTES:]
        if not hmac.compare_digest(mac, self._file_mac(claim)):
            return None
        tenant, message = claim[:UUID_BYTES], claim[UUID_BYTES : 2 * UUID_BYTES]
        if int.from_bytes(claim[2 * UUID_BYTES :]) < now_s:
            return None
        return uuid.UUID(bytes=tenant), uuid.UUID(bytes=message)

    def _file_mac(self, claim: bytes) -> bytes:
        return hmac.digest(self._file, claim, "sha256")[:FILE_MAC_BYTES]

    def approval_code(self, approval_id: uuid.UUID, counter: int) -> str:
        """Six digits that approve one thing once; computed, so that none is stored."""
        mac = hmac.digest(self._code, approval_id.bytes + counter.to_bytes(4), "sha256")
        return f"{int.from_bytes(mac[:8]) % 1_000_000:06d}"

    def folder_mark(self, tenant_id: uuid.UUID, folder_name: str) -> str:
        """What a tenant's folder of that name is known again by: 32 hexadecimal digits."""
        message = tenant_id.bytes + folder_name.encode("utf-8", "surrogateescape")
        return hmac.digest(self._mark, message, "sha256")[:16].hex()

    def first_use_code(self, subscriber_id: uuid.UUID, generation: int) -> str:
        """Eight digits by which somebody shows once who they are; computed, so that none is
        stored."""
        message = b"first use" + subscriber_id.bytes + generation.to_bytes(4)
        mac = hmac.digest(self._code, message, "sha256")
        return f"{int.from_bytes(mac[:8]) % 100_000_000:08d}"

    def staff_token(self, use: str, *parts: bytes) -> bytes:
        """The keyed hash of what staff's browsers carry, one for each use: 32 bytes. Sessions,
        links, codes and challenges are kept as this, or known by it."""
        lengths = b"".join(len(part).to_bytes(4) for part in parts)
        return hmac.digest(self._staff, use.encode() + b"\0" + lengths + b"".join(parts), "sha256")

    def token_seed(self, kid: str) -> bytes:
        """What the key is made of that signs access tokens under that name: 32 bytes."""
        return hmac.digest(self._token, kid.encode(), "sha256")

    def audit_seal(self, message: bytes) -> bytes:
        """What shows that how far an audit chain had come was written by who has PIGA_KEY: 32
        bytes."""
        return hmac.digest(self._audit, message, "sha256")

    def hash_pin(self, pin: str) -> str:
        """argon2id with the pepper, as a PHC string. Takes about 20 ms: hold no connection."""
        kdf = Argon2id(
            salt=os.urandom(16),
            length=32,
            iterations=ARGON2_ITERATIONS,
            lanes=ARGON2_LANES,
            memory_cost=ARGON2_MEMORY_KIB,
            secret=self._pepper,
        )
        return waiting.aside(lambda: kdf.derive_phc_encoded(pin.encode()))

    def verify_pin(self, pin: str, phc: str) -> bool:
        """Whether `pin` is the one that `phc` was made of. About 20 ms."""
        try:
            waiting.aside(
                lambda: Argon2id.verify_phc_encoded(pin.encode(), phc, secret=self._pepper)
            )
        except InvalidKey:
            return False
        return True
