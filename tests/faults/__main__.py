"""The long run: 1,000 money conversations under fire, unless another number is given."""

import sys
import time

from tests.faults.disk import run_full_disk
from tests.faults.run import run

started = time.monotonic()
count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
outcome = run(count, kill_every_s=float(sys.argv[2]) if len(sys.argv) > 2 else 3.0)
print(f"conversations {count} in {time.monotonic() - started:.0f} s; killed {outcome.killed}")
print(f"screens that said it was done {outcome.done_screens}, entries {outcome.entries}")
print(f"of these, agents' sales {outcome.sales}, held and approved {outcome.held}")
print(f"texts received {outcome.texts}, listed as unknown {outcome.unknown_texts}")
print(f"dials needed {outcome.dials}")
for fault in outcome.faults[:30]:
    print("FAULT", fault)
print("all records agree" if not outcome.faults else f"{len(outcome.faults)} faults")
full = None
try:
    full = run_full_disk()
except OSError as refused:
    print(f"no full disk was tried, for none can be mounted here: {refused}")
if full is not None:
    print(
        f"full disk: {full.paid_before} paid before, {full.paid_after} after there was room,"
        f" the first within {full.back_after_s:.0f} s"
    )
    for fault in full.faults:
        print("FAULT", fault)
sys.exit(1 if outcome.faults or (full is not None and full.faults) else 0)
