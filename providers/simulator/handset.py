"""What a handset can show: septets, the most a network carries, and a gateway's own paging.

Counted here on its own account, from 3GPP TS 23.038: a fake that borrowed our renderer's counter
could not contradict it.
"""

from __future__ import annotations

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")

# A USSD string holds 160 octets: 182 septets, or 80 characters of UCS-2. Networks allow less.
SEPTETS_MAX = 182
UCS2_MAX_CHARS = 80
SEPTETS_BY_NETWORK = {"63902": 160, "63903": 182}


def size(text: str) -> tuple[int, bool]:
    """(septets, True), or (UTF-16 units, False) once any character lies outside GSM-7."""
    septets = 0
    for char in text:
        if char in _BASIC:
            septets += 1
        elif char in _EXTENDED:
            septets += 2
        else:
            return len(text.encode("utf-16-le", "surrogatepass")) // 2, False
    return septets, True


def fits(text: str, septets_max: int) -> bool:
    """Whether one screen carries it; in UCS-2 the same octets hold fewer characters."""
    units, gsm = size(text)
    octets = (septets_max * 7 + 7) // 8
    return units <= (septets_max if gsm else min(UCS2_MAX_CHARS, octets // 2))


def pages(text: str, septets_max: int, more: str, back: str) -> list[str]:
    """Cut as a gateway does that pages by itself: by length, with its lines for more and back."""
    left, out = text, list[str]()
    while left:
        head = f"\n{back}" if out else ""
        if fits(left + head, septets_max):
            out.append(left + head)
            break
        tail = f"\n{more}{head}"
        end = len(left)
        while end > 1 and not fits(left[:end] + tail, septets_max):
            end -= 1
        out.append(left[:end] + tail)
        left = left[end:].lstrip("\n")
    return out
