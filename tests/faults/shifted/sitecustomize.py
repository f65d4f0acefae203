"""A host whose clock is wrong: in the PYTHONPATH of a process, and of all that it starts."""

import os
import time

_by_s = float(os.environ["HOST_CLOCK_AHEAD_S"])
_real_s, _real_ns = time.time, time.time_ns


def _time_s() -> float:
    return _real_s() + _by_s


def _time_ns() -> int:
    return _real_ns() + int(_by_s * 1e9)


time.time = _time_s
time.time_ns = _time_ns
