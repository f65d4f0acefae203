"""The long run: 1,000 money conversations under fire, unless another number is given; ten times as
many messages by SMS and on WhatsApp, and as many payments by mobile money; then what a hostile
world does, and a full disk.

`python -m tests.faults messages [how many] [seed]` is the messages alone, and `payments [how many]
[seed]` the payments by mobile money.
"""

import signal
import sys
import time

from tests.faults.disk import run_full_disk
from tests.faults.hostile import run_hostile
from tests.faults.messages import run_messages, table
from tests.faults.payments import run_payments
from tests.faults.run import run

TEN_TIMES = 10


def messages(count: int, seed: int = 1) -> list[str]:
    """Let people write, and print what it came to; answers the faults."""
    began = time.monotonic()
    written = run_messages(count, seed)
    print(table(written))
    print(f"messages: {time.monotonic() - began:.0f} s with the start of a Piga for them")
    return written.faults


def pay(count: int, seed: int = 1) -> list[str]:
    """Let payments be asked for, and print what they came to; answers the faults."""
    asked = run_payments(count, seed)
    print(table(asked))
    return asked.faults


def end(faults: list[str]) -> None:
    for fault in faults[:30]:
        print("FAULT", fault)
    print("all records agree" if not faults else f"{len(faults)} faults")
    sys.exit(1 if faults else 0)


# A run that is told to end takes its Piga and its folder along.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
if sys.argv[1:2] == ["payments"]:
    end(pay(*map(int, sys.argv[2:] or ["10000"])))
if sys.argv[1:2] == ["messages"]:
    end(messages(*map(int, sys.argv[2:] or ["10000"])))

started = time.monotonic()
count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
outcome = run(count, kill_every_s=float(sys.argv[2]) if len(sys.argv) > 2 else 3.0)
print(f"conversations {count} in {time.monotonic() - started:.0f} s; killed {outcome.killed}")
print(f"screens that said it was done {outcome.done_screens}, entries {outcome.entries}")
print(f"of these, agents' sales {outcome.sales}, held and approved {outcome.held}")
print(f"texts received {outcome.texts}, listed as unknown {outcome.unknown_texts}")
print(f"dials needed {outcome.dials}")
written_faults = messages(count * TEN_TIMES)
written_faults += pay(count * TEN_TIMES)
hostile = run_hostile()
for mode, paid in hostile.paid_after.items():
    print(f"{mode}: {paid} paid after it")
faults = outcome.faults + written_faults + hostile.faults
try:
    full = run_full_disk()
except OSError as refused:
    print(f"no full disk was tried, for none can be mounted here: {refused}")
else:
    print(
        f"full disk: {full.paid_before} paid before, {full.paid_after} after there was room,"
        f" the first within {full.back_after_s:.0f} s"
    )
    faults += full.faults
end(faults)
