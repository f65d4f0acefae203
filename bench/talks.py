"""What the bench's phones say: requests in Africa's Talking's shape, ready to be sent."""

import os
from collections.abc import Iterator, Sequence
from itertools import cycle
from urllib.parse import quote_plus

from bench import bare
from bench.load import Hop, Talk
from bench.world import PIN, Caller

# Into "PIN, language" and out again, again and again: no facts are asked for.
ACCOUNT, BACK = "8", "0"
HOME_SCREEN, ACCOUNT_SCREEN = b"CON Ibimina\n1 ", b"CON PIN, language\n1 "
# "*384*10*1*1#": save, in the first group. Then the amount, yes, the PIN.
SAVE_DIGITS = "1*1"
MONEY_SCREENS = (b"CON How much for", b"CON Save in", b"CON Enter your PIN", b"END Saved")
AMOUNTS = range(100, 5_000)
OTHER_AMOUNTS = range(5_000, 10_000)


def request(path: str, body: str) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def body(session: str, msisdn: str, code: str, text: str) -> str:
    return (
        f"sessionId={session}&serviceCode={quote_plus(code)}&phoneNumber={quote_plus(msisdn)}"
        f"&text={quote_plus(text)}&networkCode=63510"
    )


def new_session() -> str:
    return f"ATUid_{os.urandom(16).hex()}"


def menu_talk(caller: Caller, hops: int, *, to_bare: bool = False) -> Talk:
    """Dial, and `hops` - 1 times into a menu and out of it; an odd number ends at the main menu,
    where the next dial has nothing to go on with. `to_bare`: the same, word for word, to the bare
    server, which has one answer to everything."""
    session, said = new_session(), list[str]()
    talk = []
    for hop in range(hops):
        if hop:
            said.append(ACCOUNT if hop % 2 else BACK)
        form = body(session, caller.msisdn, caller.business.code, "*".join(said))
        if to_bare:
            talk.append(Hop(request(bare.PATH, form), HOME_SCREEN))
        else:
            screen = ACCOUNT_SCREEN if hop % 2 else HOME_SCREEN
            talk.append(Hop(request(caller.business.path, form), screen))
    return talk


def money_talk(caller: Caller, amount_minor: int) -> Talk:
    """Four hops: dial to the group that one saves in, amount, yes, PIN: paid."""
    session = new_session()
    code = f"{caller.business.code.removesuffix('#')}*{SAVE_DIGITS}#"
    said = ("", str(amount_minor), "1", PIN)
    return [
        Hop(
            request(
                caller.business.path,
                body(session, caller.msisdn, code, "*".join(said[1 : turn + 1])),
            ),
            screen,
        )
        for turn, screen in enumerate(MONEY_SCREENS)
    ]


class Crowd:
    """Callers in turn, so that nobody is on the phone twice at once; and a new amount each time,
    since whoever pays the same again within ten minutes is asked about it."""

    def __init__(self, callers: Sequence[Caller], amounts: range = AMOUNTS) -> None:
        # Apart, because whoever has just paid is told so at the next dial; each half is of all
        # tenants.
        half = len(callers) // 2
        self._browsing: Iterator[Caller] = cycle(callers[:half])
        self._paying: Iterator[Caller] = cycle(callers[half:])
        self._amounts: Iterator[int] = cycle(amounts)

    def menu(self, talks: int, hops: int) -> list[Talk]:
        return [menu_talk(next(self._browsing), hops) for _ in range(talks)]

    def bare(self, talks: int, hops: int) -> list[Talk]:
        return [menu_talk(next(self._browsing), hops, to_bare=True) for _ in range(talks)]

    def money(self, talks: int) -> list[Talk]:
        return [money_talk(next(self._paying), next(self._amounts)) for _ in range(talks)]
