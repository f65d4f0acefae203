"""What hashing a PIN costs: by far the most of any hop, and meant to."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from bench.world import PIN
from core.security.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Hashing:
    one_ms: float  # a verification, in one thread
    rate: float  # verifications a second, with a thread for each processor
    cheap_us: float  # one at argon2's least cost, as the bench's callers have it


def measure(keys: Keyring, cheap: str, count: int) -> Hashing:
    """`cheap` is a hash of the bench's PIN at argon2's least cost."""
    true = keys.hash_pin(PIN)
    processors = os.cpu_count() or 1
    with ThreadPoolExecutor(processors) as threads:
        started_s = perf_counter()
        list(threads.map(lambda _: _verify_s(keys, true), range(count)))
        rate = count / (perf_counter() - started_s)
    return Hashing(
        one_ms=median(_verify_s(keys, true) for _ in range(count)) * 1e3,
        rate=rate,
        cheap_us=median(_verify_s(keys, cheap) for _ in range(count)) * 1e6,
    )


def _verify_s(keys: Keyring, hashed: str) -> float:
    started_s = perf_counter()
    assert keys.verify_pin(PIN, hashed)
    return perf_counter() - started_s
