"""What the processes of a machine have counted, in the files of their folder."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from prometheus_client import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

# A file of a gauge that counts only while its process lives.
_LIVE: Final = re.compile(r"gauge_live\w*_(\d+)\.db")


class Counted(Collector):
    """The sums over all of them, those that have ended among them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = MultiProcessCollector(None, path=str(folder))  # type: ignore[no-untyped-call]

    def collect(self) -> Iterable[Metric]:
        forget_dead(self._folder)
        found: Iterable[Metric] = self._files.collect()  # type: ignore[no-untyped-call]
        return found


def forget_dead(folder: Path) -> None:
    """Take away what processes said of themselves that have ended since; their counts stay."""
    for file in folder.glob("gauge_live*.db"):
        found = _LIVE.fullmatch(file.name)
        if found and not Path(f"/proc/{found[1]}").exists():
            file.unlink(missing_ok=True)
