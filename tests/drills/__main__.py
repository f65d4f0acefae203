"""Each drill in a folder of its own, and what it came to."""

import sys
import tempfile
from pathlib import Path

from tests.drills.restore import restore_after_a_loss


def main() -> int:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.TemporaryDirectory(prefix="piga-drill-") as folder:
        found = restore_after_a_loss(Path(folder), megabytes=megabytes, for_s=20.0)
    sys.stdout.write(
        f"A machine lost while it wrote, restored from its backup elsewhere:\n"
        f"  data            {found.data_mb:,} MB, {found.log_mb:,} MB of log\n"
        f"  whole copy      {found.copy_s:.1f} s\n"
        f"  committed       {found.committed:,} rows, {found.lost:,} of them lost\n"
        f"  RPO             {found.rpo_s:.2f} s between the last row that is back and the loss\n"
        f"  RTO             {found.rto_s:.1f} s from `piga restore` until the books answer\n"
    )
    return 0 if found.rpo_s <= 60 and found.rto_s <= 3_600 else 1


if __name__ == "__main__":
    raise SystemExit(main())
