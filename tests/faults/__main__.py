"""The long run: 1,000 money conversations under fire, unless another number is given; then what a
hostile world does, and a full disk."""

import sys
import time

from tests.faults.disk import run_full_disk
from tests.faults.hostile import run_hostile
from tests.faults.run import run

started = time.monotonic()
count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
outcome = run(count, kill_every_s=float(sys.argv[2]) if len(sys.argv) > 2 else 3.0)
print(f"conversations {count} in {time.monotonic() - started:.0f} s; killed {outcome.killed}")
print(f"screens that said it was done {outcome.done_screens}, entries {outcome.entries}")
print(f"of these, agents' sales {outcome.sales}, held and approved {outcome.held}")
print(f"texts received {outcome.texts}, listed as unknown {outcome.unknown_texts}")
print(f"dials needed {outcome.dials}")
hostile = run_hostile()
for mode, paid in hostile.paid_after.items():
    print(f"{mode}: {paid} paid after it")
faults = outcome.faults + hostile.faults
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
for fault in faults[:30]:
    print("FAULT", fault)
print("all records agree" if not faults else f"{len(faults)} faults")
sys.exit(1 if faults else 0)
