"""Requests to providers: timed by how they end, and kept for staff to read."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from core.metrics.series import PROVIDER_CALLS
from providers.contracts.messages import NotSent, OutcomeUnknown, Refused
from providers.exchange import recording
from workers.wire_log import WireLog

_OUTCOMES: Final = ((NotSent, "not_sent"), (Refused, "refused"), (OutcomeUnknown, "unknown"))


@contextmanager
def provider_call(
    wire: WireLog, tenant_id: uuid.UUID, provider: str, operation: str
) -> Iterator[None]:
    """Time what happens inside, and keep what crosses the wire: one request, or several that are
    one to us."""
    started_s, outcome = time.perf_counter(), "ok"
    with recording() as exchanges:
        try:
            yield
        except Exception as error:
            outcome = next((word for kind, word in _OUTCOMES if isinstance(error, kind)), "fault")
            raise
        finally:
            took_s = time.perf_counter() - started_s
            PROVIDER_CALLS.labels(provider, operation, outcome).observe(took_s)
            for exchange in exchanges:
                exchange.end()
            wire.keep(tenant_id, provider, operation, outcome, exchanges)
