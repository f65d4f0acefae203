"""A thread that starts one embedded server, and starts it again whenever it ends."""

import contextlib
import os
import signal
import subprocess
import threading
import time

from app.errors import OperatorError
from app.local import process_table
from app.local.data_dir import write_json
from app.local.locks import FileLock
from app.local.server import Server

READY_POLL_S = 0.01
LOOK_EVERY_S = 0.05
PAUSE_FIRST_S = 0.1
PAUSE_LONGEST_S = 5.0
STABLE_AFTER_S = 10.0


class ServerProcess:
    """Keeps the server running from now on, while it holds that lock, until `stop`.

    The server ends with this process, however that ends. `fault` is why it did not start.
    """

    def __init__(self, server: Server, lock: FileLock) -> None:
        self.fault: OperatorError | None = None
        self._server = server
        self._lock = lock
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._log = server.home.log_fd(server.name)
        self._logged_bytes = 0
        # The kernel ends the server with the thread that starts it.
        self._thread = threading.Thread(target=self._run, name=f"keeps {server.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def join(self) -> None:
        """Wait until the server has stopped."""
        self._thread.join()

    def _run(self) -> None:
        server = self._server
        try:
            server.choose_sockets()
            found = {"sockets": str(server.sockets)}
            write_json(server.state_file(), found)
            self._start()
            write_json(server.state_file(), found | {"pid": os.getpid()})
            self._keep()
        except OperatorError as fault:
            self.fault = fault
        except Exception as fault:  # whatever it was, who waits is told in a line
            said = (str(fault) or type(fault).__name__).splitlines()[0]
            self.fault = OperatorError(f"{server.name} did not start: {said}")
        finally:
            self._end()
            server.drop_sockets()
            os.close(self._log)
            self._lock.release()

    def _start(self) -> None:
        """Start the server and wait until it serves. Raises OperatorError when it does not."""
        server = self._server
        process_table.end(server.leftovers, *server.stop_signals)
        server.prepare()
        os.close(self._log)
        self._log = server.home.log_fd(server.name)  # the one before may be gone
        self._logged_bytes = os.fstat(self._log).st_size
        process = self._process = server.launch(server.command(), server.data, self._log)
        timeout_s = server.start_timeout_s
        until = time.monotonic() + timeout_s
        while not server.is_ready():
            if process.poll() is not None:
                raise OperatorError(f"{server.name} did not start: {self._last_words()}")
            if time.monotonic() > until:
                process.kill()
                raise OperatorError(f"{server.name} did not start in {timeout_s:.0f} s")
            if self._stopping.wait(READY_POLL_S):
                return
        server.complete()

    def _keep(self) -> None:
        pause_s, started = PAUSE_FIRST_S, time.monotonic()
        while not self._stopping.wait(LOOK_EVERY_S):
            if self._process is not None and self._process.poll() is None:
                continue
            self._say("it ended and is started again")
            if time.monotonic() - started > STABLE_AFTER_S:
                pause_s = PAUSE_FIRST_S
            started = time.monotonic()
            try:
                self._start()
            except Exception as error:  # a full disk now may have room later
                self._say(f"that failed: {error}")
                self._stopping.wait(pause_s)
                pause_s = min(pause_s * 2, PAUSE_LONGEST_S)

    def _end(self) -> None:
        """Stop the server cleanly, by force only when that fails."""
        process = self._process
        if process is not None:
            for signal_number, patience_s in (*self._server.stop_signals, (signal.SIGKILL, 5.0)):
                process.send_signal(signal_number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(patience_s)
                    break

    def _last_words(self) -> str:
        """The last complaint in the server's log since it was started."""
        lines = []
        with contextlib.suppress(OSError), open(self._server.log_path(), errors="replace") as log:
            log.seek(self._logged_bytes)
            lines = log.read().splitlines()
        fatal = [line.partition("FATAL:")[2].strip() for line in lines if "FATAL:" in line]
        return fatal[-1] if fatal else (lines[-1].strip() if lines else "it said nothing")

    def _say(self, text: str) -> None:
        line = f"{time.strftime('%F %T')} {self._server.name}: {text}\n"
        with contextlib.suppress(OSError):
            os.write(self._log, line.encode())
