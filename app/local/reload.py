"""What `piga run --reload` watches: the code, catalogues and tenants of this checkout, and the
domains in PIGA_DOMAINS."""

import threading
from collections.abc import Callable
from pathlib import Path

from watchfiles import DefaultFilter, watch

from app.settings import CHECKOUT, domain_folders

ROOMS = ("app", "core", "engine", "flows", "menus", "providers", "values", "workers")
TENANTS = CHECKOUT / "fixtures" / "tenants"
SUFFIXES = (".py", ".po", ".lua", ".sql", ".yaml")
QUIET_MS = 400  # an editor writes more than one file


def watched() -> tuple[Path, ...]:
    """The folders in which a change matters."""
    return (*(CHECKOUT / room for room in ROOMS), TENANTS, *domain_folders())


class Changes:
    """Watches in a thread of its own; `take` gives what has changed since it was last asked."""

    def __init__(self, wake: Callable[[], None], *folders: Path) -> None:
        self._wake = wake
        self._folders = folders or watched()
        self._changed: set[Path] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="reload", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def take(self) -> set[Path]:
        """The files that were written, made or removed, each once."""
        with self._lock:
            changed, self._changed = self._changed, set()
        return changed

    def _watch(self) -> None:
        for changes in watch(
            *(folder for folder in self._folders if folder.is_dir()),
            watch_filter=_Filter(),
            debounce=QUIET_MS,
            stop_event=self._stop,
            raise_interrupt=False,
        ):
            with self._lock:
                self._changed |= {Path(path) for _, path in changes}
            self._wake()


class _Filter(DefaultFilter):
    """No caches, and only what a process reads."""

    def __call__(self, change: object, path: str) -> bool:
        return path.endswith(SUFFIXES) and super().__call__(change, path)  # type: ignore[arg-type]


def is_tenants(path: Path) -> bool:
    """Whether the file is part of a demo tenant's folder, which is to be applied again."""
    return path.is_relative_to(TENANTS)
