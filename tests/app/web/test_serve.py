"""What stands before the web server's workers are made."""

import subprocess
import sys

PRELOADED = """
import gc, os, socket, sys, threading
from app.web import serve
before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
serve.preload()
after = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
print(threading.active_count(), after - before, gc.get_freeze_count() > 100_000)
print("app.front.start" in sys.modules, "app.web.application" in sys.modules)
"""


def test_what_workers_share_has_no_thread_and_no_connection() -> None:
    """They are forked: a thread would be missing in them, a connection would be everybody's."""
    done = subprocess.run(
        [sys.executable, "-c", PRELOADED], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1", "0", "True", "True", "True"]
