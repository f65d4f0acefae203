"""What goes to Airtel under its public key: the PIN of a payout, and the seal on a body."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import load_der_public_key

AES_KEY_BYTES: Final = 32
AES_BLOCK_BYTES: Final = 16
# Sources disagree on how the PIN is padded, so it is a setting.
PADDINGS: Final[Mapping[str, padding.AsymmetricPadding]] = {
    "pkcs1": padding.PKCS1v15(),
    "oaep-sha1": padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),  # noqa: S303
    "oaep-sha256": padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None),
}


def read_key(word: str) -> RSAPublicKey | None:
    """A public key as Airtel gives it: DER in Base64. None for what is none."""
    try:
        key = load_der_public_key(base64.b64decode(word, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPublicKey) else None


def encrypted_pin(pin: str, key: RSAPublicKey, padded: str) -> str:
    return base64.b64encode(key.encrypt(pin.encode(), PADDINGS[padded])).decode()


def signed(body: bytes, key: RSAPublicKey) -> dict[str, str]:
    """The headers of a sealed body: the body under a key of its own, and that key under Airtel's.
    The body goes out beside them, byte for byte."""
    aes_key, start = secrets.token_bytes(AES_KEY_BYTES), secrets.token_bytes(AES_BLOCK_BYTES)
    pad = PKCS7(8 * AES_BLOCK_BYTES).padder()
    cipher = Cipher(algorithms.AES(aes_key), modes.CBC(start)).encryptor()
    sealed = cipher.update(pad.update(body) + pad.finalize()) + cipher.finalize()
    both = b":".join(base64.b64encode(part) for part in (aes_key, start))
    return {
        "x-signature": base64.b64encode(sealed).decode(),
        "x-key": base64.b64encode(key.encrypt(both, padding.PKCS1v15())).decode(),
    }
