"""Polls that were kept, judged again as the poller judges them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.rates.judging import Decision, Known, Verdict, judge
from core.rates.poll_file import PollFile
from core.rates.quotes import Pair, Poll


@dataclass(frozen=True, slots=True)
class Judged:
    """A poll of the file, and what became of it. `served` is the rate before it."""

    row: int
    poll: Poll
    decision: Decision
    served: Decimal | None


@dataclass(frozen=True, slots=True)
class Replay:
    judged: tuple[Judged, ...]
    known: dict[Pair, Known]
    file: PollFile


def replay(file: PollFile) -> Replay:
    """Judge the polls of a file by time; of one time, in the order of the file."""
    known: dict[Pair, Known] = {}
    judged = []
    for row, poll in sorted(file.polls, key=lambda numbered: numbered[1].fetched_at):
        before = known.get(poll.pair, Known())
        decision = judge(before, poll)
        known[poll.pair] = decision.known
        served = before.served.rate if before.served else None
        judged.append(Judged(row, poll, decision, served))
    return Replay(tuple(judged), known, file)


def as_data(replayed: Replay) -> dict[str, Any]:
    """The replay as JSON: rates, changes and amounts are strings, so that no digit is lost."""
    of = {
        verdict: [one for one in replayed.judged if one.decision.verdict is verdict]
        for verdict in Verdict
    }
    return {
        "counts": {
            "rows": len(replayed.judged) + len(replayed.file.rejected),
            "polls": len(replayed.judged),
            **{verdict.value: len(found) for verdict, found in of.items()},
            "rejected": len(replayed.file.rejected),
        },
        "accepted": [_as_row(one) for one in of[Verdict.ACCEPTED]],
        "unchanged": [one.row for one in of[Verdict.UNCHANGED]],
        "held": [_as_row(one) for one in of[Verdict.HELD]],
        "rejected": [{"row": bad.row, "reason": bad.reason} for bad in replayed.file.rejected],
        "table": [_as_entry(pair, known) for pair, known in sorted(replayed.known.items())],
    }


def _as_row(one: Judged) -> dict[str, Any]:
    decision = one.decision
    return {
        "row": one.row,
        **_as_quote(one.poll),
        "fetched_at": _at(one.poll.fetched_at),
        "reason": decision.reason.value,
        "served": _plain(one.served),
        "change": _plain(decision.change),
        "limit": _plain(decision.limit),
    }


def _as_entry(pair: Pair, known: Known) -> dict[str, Any]:
    assert known.served is not None, "the first poll of a pair is served"
    held = known.held
    return {
        **_as_quote(known.served),
        "fetched_at": _at(known.fetched_at),
        "changed_at": _at(known.changed_at),
        "held": {"rate": _plain(held.rate), "fetched_at": _at(held.fetched_at)} if held else None,
    }


def _as_quote(poll: Poll) -> dict[str, Any]:
    return {
        "source": poll.pair.source,
        "destination": poll.pair.destination,
        "rate": _plain(poll.rate),
        "source_amount": _plain(poll.source_amount),
        "destination_amount": _plain(poll.destination_amount),
    }


def _plain(number: Decimal | None) -> str | None:
    """In plain digits: no exponent."""
    return None if number is None else f"{number:f}"


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
