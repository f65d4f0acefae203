"""The long run: 1,000 money conversations under fire, unless another number is given."""

import sys
import time

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
sys.exit(1 if outcome.faults else 0)
