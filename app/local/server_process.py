"""A process that keeps one embedded server alive for as long as anybody uses it.

    python -m app.local.server_process '{"server": "postgres", "home": "/…/.piga"}'

Whoever uses a server holds a shared lock on `run/<server>.users`. This process restarts a server
that was killed, and waits for that lock: to get it means that no user is left, however they ended
(the kernel drops the lock of a killed process too), and then it stops the server and ends.
Its first and only line on stdout is {"ready": true}, {"busy": true} when there is a server process
already, or {"error": "one sentence"}.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Literal

from app.errors import OperatorError
from app.local import process_table
from app.local.data_dir import DataDir, write_json
from app.local.locks import FileLock
from app.local.postgres import Postgres
from app.local.server import Server
from app.local.valkey import Valkey

# A user looks whether this lock is held by taking it for a moment; hence not at the first try.
PROCESS_LOCK_TIMEOUT_S = 1.0
START_TIMEOUT_S = 120.0  # a recovery after a crash takes its time
POLL_S = 0.01
PAUSE_FIRST_S = 0.1
PAUSE_LONGEST_S = 5.0
STABLE_AFTER_S = 10.0

Event = Literal["unused", "ended"]


def process_lock(home: DataDir, name: str) -> FileLock:
    return FileLock(home.run / f"{name}.process")


def users_lock(home: DataDir, name: str) -> FileLock:
    return FileLock(home.run / f"{name}.users")


class ServerProcess:
    def __init__(self, server: Server) -> None:
        self._server = server
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        self._log = server.home.log_fd(server.name)
        self._logged_bytes = 0

    def start(self) -> None:
        """Start the server and wait until it serves. Raises OperatorError when it does not."""
        process_table.end(self._server.leftovers, *self._server.stop_signals)
        self._server.prepare()
        os.close(self._log)
        self._log = self._server.home.log_fd(self._server.name)  # the one before may be gone
        self._logged_bytes = os.fstat(self._log).st_size
        # By the main thread, which lives as long as this process: the server ends with it.
        process = self._server.launch(self._server.command(), self._server.data, self._log)
        self._process = process
        until = time.monotonic() + START_TIMEOUT_S
        while not self._server.is_ready():
            if process.poll() is not None:
                raise OperatorError(f"{self._server.name} did not start: {self._last_words()}")
            if time.monotonic() > until:
                process.kill()
                raise OperatorError(f"{self._server.name} did not start in {START_TIMEOUT_S:.0f} s")
            time.sleep(POLL_S)
        self._server.complete()
        threading.Thread(target=self._report_end, args=(process,), daemon=True).start()

    def keep(self) -> None:
        """Restart the server whenever it ends, until nobody uses it or a signal says stop."""
        for signal_number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(signal_number, lambda *_: self._events.put("unused"))
        threading.Thread(target=self._report_unused, daemon=True).start()
        pause_s, started = PAUSE_FIRST_S, time.monotonic()
        while self._events.get() == "ended":
            self._say("it ended and is started again")
            if time.monotonic() - started > STABLE_AFTER_S:
                pause_s = PAUSE_FIRST_S
            started = time.monotonic()
            try:
                self.start()
            except Exception as error:  # a full disk now may have room later
                self._say(f"that failed: {error}")
                threading.Timer(pause_s, self._events.put, args=("ended",)).start()
                pause_s = min(pause_s * 2, PAUSE_LONGEST_S)

    def stop(self) -> None:
        """Stop the server cleanly, by force only when that fails."""
        process = self._process
        if process is not None:
            for signal_number, patience_s in (*self._server.stop_signals, (signal.SIGKILL, 5.0)):
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(signal_number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(patience_s)
                    break
        self._server.drop_sockets()

    def _report_end(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        if process is self._process:
            self._events.put("ended")

    def _report_unused(self) -> None:
        # Kept until this process ends: a new user waits for it, then finds no server process.
        self._last_user = users_lock(self._server.home, self._server.name)
        self._last_user.wait()
        self._events.put("unused")

    def _last_words(self) -> str:
        """The last complaint in the server's log since it was started."""
        lines = []
        with contextlib.suppress(OSError), open(self._server.log_path(), errors="replace") as log:
            log.seek(self._logged_bytes)
            lines = log.read().splitlines()
        fatal = [line.partition("FATAL:")[2].strip() for line in lines if "FATAL:" in line]
        return fatal[-1] if fatal else (lines[-1].strip() if lines else "it said nothing")

    def _say(self, text: str) -> None:
        line = f"{time.strftime('%F %T')} server process of {self._server.name}: {text}\n"
        with contextlib.suppress(OSError):
            os.write(self._log, line.encode())


def server_of(order: dict[str, Any]) -> Server:
    home = DataDir(Path(order["home"]))
    if order["server"] == "valkey":
        return Valkey(home)
    binaries = order.get("binaries")
    return Postgres(home, Path(binaries) if binaries else None, order.get("options"))


def main(order: dict[str, Any]) -> dict[str, Any]:
    """Serve one order; answers what is to be reported when there is nothing to keep."""
    try:
        return keep(server_of(order))
    except OperatorError as error:
        return {"error": str(error)}
    except Exception as error:  # whatever it was, who waits is told in a line
        said = (str(error) or type(error).__name__).splitlines()[0]
        return {"error": f"{order['server']} did not start: {said}"}


def keep(server: Server) -> dict[str, Any]:
    lock = process_lock(server.home, server.name)
    if not lock.acquire(timeout_s=PROCESS_LOCK_TIMEOUT_S):
        return {"busy": True}
    server.choose_sockets()
    found = {"sockets": str(server.sockets)}
    write_json(server.state_file(), found)
    process = ServerProcess(server)
    try:
        process.start()
        write_json(server.state_file(), found | {"pid": os.getpid()})
        report({"ready": True})
        process.keep()
    finally:
        process.stop()
    return {}


def report(answer: dict[str, Any]) -> None:
    """Say it, once, to whoever started this process, who may be gone by now."""
    with contextlib.suppress(BrokenPipeError):
        os.write(1, json.dumps(answer).encode() + b"\n")
    os.dup2(2, 1)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who uses the servers
    if answer := main(json.loads(sys.argv[1])):
        report(answer)
