"""Requests to providers, timed by how they end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from core.metrics.series import PROVIDER_CALLS
from providers.contracts.messages import NotSent, OutcomeUnknown, Refused

_OUTCOMES: Final = ((NotSent, "not_sent"), (Refused, "refused"), (OutcomeUnknown, "unknown"))


@contextmanager
def provider_call(provider: str, operation: str) -> Iterator[None]:
    """Time what happens inside: one request, or several that are one to us."""
    started_s, outcome = time.perf_counter(), "ok"
    try:
        yield
    except Exception as error:
        outcome = next((word for kind, word in _OUTCOMES if isinstance(error, kind)), "fault")
        raise
    finally:
        PROVIDER_CALLS.labels(provider, operation, outcome).observe(time.perf_counter() - started_s)
