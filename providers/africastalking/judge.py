"""What Africa's Talking's gateway makes of an answer of ours."""

from __future__ import annotations

from providers.simulator import handset
from providers.simulator.loopback import Answer
from providers.simulator.sessions import NetworkOptions, Verdict

MORE = "98:More"
BACK = "00:Back"


def judge(answer: Answer, took_ms: float, network: str, options: NetworkOptions) -> Verdict:
    """Open, ended, or failed with the reason.

    Ten seconds, status 200, the prefix without a byte before it, a text, and a size that the
    network carries. The prefix is not counted: no source says whether it is.
    """
    body = answer.body
    screen = body[4:].decode("utf-8", "replace")
    room = options.septets.get(network, options.septets_otherwise)
    too_long = not handset.fits(screen, room)
    faults = (
        (took_ms > options.answer_within_s * 1_000, "no answer in time"),
        (answer.status != 200, f"answered with HTTP {answer.status}"),
        (body[:4] not in (b"CON ", b"END "), "the answer does not begin with CON or END"),
        (screen.encode("utf-8") != body[4:], "the answer is not UTF-8"),
        (not screen.strip(), "the answer has no text"),
        (too_long and not options.paginate, "the answer is too long for this network"),
    )
    fault = next((why for wrong, why in faults if wrong), None)
    if fault is not None:
        return Verdict("failed", "", fault, [])
    pages = handset.pages(screen, room, MORE, BACK) if too_long else []
    return Verdict("open" if body[:4] == b"CON " else "ended", (pages or [screen])[0], None, pages)
