"""Files that handsets send: small ones that are what they say, or what a control request brings."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqM"
    "yP/L2u71////m8H////6/+b9//j/wAALCAAIAAgBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QA"
    "tRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0"
    "NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2"
    "t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/ACv/2Q=="
)
# What each kind of a message carries: its type, and bytes that are one.
SAMPLES: Mapping[str, tuple[str, bytes]] = {
    "image": ("image/jpeg", _JPEG),
    "document": ("application/pdf", b"%PDF-1.4\n%%EOF\n"),
    "audio": ("audio/ogg", b"OggS\0\2"),
    "video": ("video/mp4", b"\0\0\0\x18ftypmp42"),
    "sticker": ("image/webp", b"RIFF\x04\0\0\0WEBP"),
    "contacts": ("text/vcard", b"BEGIN:VCARD\nVERSION:3.0\nFN:Somebody\nEND:VCARD\n"),
}

_MIME_TYPE = re.compile(r"[a-z]{1,20}/[A-Za-z0-9.+-]{1,60}")


def file_of(kind: str, wanted: Mapping[str, Any]) -> tuple[str, bytes]:
    """The type and the bytes of a file of that kind: `content` (base64) and `mime_type` where a
    control request brings them. Raises ValueError."""
    if kind not in SAMPLES:
        raise ValueError("media: " + ", ".join(SAMPLES))
    mime_type, content = SAMPLES[kind]
    given = wanted.get("content")
    if isinstance(given, str):
        try:
            content = base64.b64decode(given, validate=True)
        except binascii.Error:
            raise ValueError("content: no base64") from None
    said = wanted.get("mime_type", mime_type)
    if not isinstance(said, str) or not _MIME_TYPE.fullmatch(said):
        raise ValueError("mime_type: a type and a subtype")
    return said, content
