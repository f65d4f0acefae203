"""`/metrics`, on an address that is the operators' and no provider's.

The processes of a machine count into files of one folder, and one of them answers for all: under
`piga run` the schedule, and by itself each one that PIGA_METRICS names an address for. Nothing that
counts may be imported before `watched`, since the client looks for the folder when it is imported.
"""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import OperatorError
from app.settings import Settings, counting_in, counts_folder

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.registry import Collector


@contextlib.contextmanager
def watched(settings: Settings, facts: "Callable[[], Collector] | None" = None) -> Iterator[None]:
    """Within this block the counts of this process, and of those that it starts, can be read where
    the settings say so; `facts` are what is read of the rows beside them. Raises OperatorError."""
    if not settings.metrics:
        yield
        return
    with contextlib.ExitStack() as stack:
        folder = counts_folder()
        if folder is None:
            made = stack.enter_context(tempfile.TemporaryDirectory(prefix="piga-metrics-"))
            folder = Path(made)
            stack.enter_context(counting_in(folder))
        stop = _serve(settings.metrics, folder, facts() if facts else None)
        stack.callback(stop)
        yield


def _serve(address: str, folder: Path, facts: "Collector | None") -> Callable[[], None]:
    """Answer from now on, in a thread; how to end it."""
    from prometheus_client import start_http_server

    host, _, port = address.rpartition(":")
    try:
        server, thread = start_http_server(
            int(port), host.strip("[]"), registry=registry_of(folder, facts)
        )
    except OSError as fault:
        raise OperatorError(f"PIGA_METRICS: {address} cannot be had: {fault.strerror}.") from None

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop


def registry_of(folder: Path, facts: "Collector | None" = None) -> "CollectorRegistry":
    """All that is counted in a folder, and `facts`."""
    from prometheus_client import CollectorRegistry

    from app.metrics.counted import Counted

    registry = CollectorRegistry()
    registry.register(Counted(folder))
    if facts is not None:
        registry.register(facts)
    return registry
