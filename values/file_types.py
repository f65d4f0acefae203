"""What a file is by its first bytes, whatever its sender or its wire calls it.

No library is asked: those that know hundreds of types take two letters for a picture
(findings/file-types-by-first-letters.sh).
"""

from typing import Final

# As the standards of the formats have them: JPEG (ISO 10918-1), PNG (ISO 15948, with the chunk that
# must be the first), PDF (ISO 32000).
_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
    (b"%PDF-", "application/pdf"),
)


def type_of(content: bytes) -> str:
    """image/jpeg, image/png or application/pdf; '' for all else: a page of HTML or a picture that
    may hold a script, such as SVG, is none of these."""
    return next((name for begins, name in _BEGINNINGS if content.startswith(begins)), "")
