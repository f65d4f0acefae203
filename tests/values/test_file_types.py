"""A file's type by its first bytes."""

import pytest

from values.file_types import type_of

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xff\xd8\xff\xe1\0\x18Exif", "image/jpeg"),
        (PNG, "image/png"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"", ""),
        (b"\xff\xd8", ""),
        (PNG.replace(b"IHDR", b"CgBI"), ""),
        (b"\n%PDF-1.7\n", ""),
        (b"BM is a note, and no picture", ""),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", ""),
        (b"<!DOCTYPE html>", ""),
        (b"RIFF\4\0\0\0WEBP", ""),
        (b"OggS\0\2", ""),
    ],
)
def test_a_file_is_what_it_begins_with(content: bytes, expected: str) -> None:
    assert type_of(content) == expected
