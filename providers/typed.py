"""What people type and read, as it crosses a wire: nothing in it that no phone can type or show."""

from typing import Final

# A character nobody can type on purpose becomes U+FFFD, which no answer accepts; blanks of other
# sorts become a space. Character by character, so that a text that grew still begins with the old.
CONTROLS: Final = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], "\ufffd") | {
    ord(blank): " " for blank in "\t\n\r\x0b\x0c"
}
_UNSHOWABLE: Final = dict.fromkeys([*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0xFEFF])


def one_line(text: str) -> str:
    """What a person typed in a session: one line, control characters U+FFFD."""
    return text if text.isprintable() else text.translate(CONTROLS)


def shown(text: str) -> str:
    """A screen as a handset may get it: lines end in LF, no blank line first or last.

    Raises ValueError for a screen without a visible character.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNSHOWABLE).strip()
    if not text:
        raise ValueError("an empty screen")
    return text
