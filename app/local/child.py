"""One process that the supervisor keeps running."""

import contextlib
import os
import signal
import subprocess
import sys
import time

from app.local.data_dir import DataDir
from app.local.output import Output, say
from app.local.server import LAUNCH
from app.local.server_user import ServerUser
from app.settings import CHECKOUT

PAUSE_FIRST_S = 0.5
PAUSE_LONGEST_S = 5.0
STABLE_AFTER_S = 5.0


class Child:
    """A module of ours run as a process, in a process group of its own; as `user` where root starts
    it."""

    def __init__(
        self,
        name: str,
        arguments: list[str],
        home: DataDir,
        env: dict[str, str],
        user: ServerUser | None = None,
    ) -> None:
        self.name = name
        self.next_start = 0.0  # by the monotonic clock
        self._arguments = arguments
        self._env = env
        self._user = user
        self._output = Output(home, name)
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause_s = PAUSE_FIRST_S
        self._is_restarting = False

    @property
    def is_running(self) -> bool:
        return self._process is not None

    @property
    def fd(self) -> int:
        """Where its output is read."""
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def start(self) -> None:
        """Start it. By the main thread only: the child dies with the thread that started it."""
        launch = [sys.executable, "-I", "-S", str(LAUNCH)]
        who = "-" if self._user is None else str(self._user)
        guard = [str(os.getpid()), str(int(signal.SIGKILL)), who, str(CHECKOUT)]
        process = subprocess.Popen(  # noqa: S603
            [*launch, *guard, sys.executable, "-m", *self._arguments],
            cwd=CHECKOUT,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._process = process
        self._started = time.monotonic()
        os.set_blocking(self.fd, False)

    def pump(self) -> bool:
        """Pass on what it has said. False when it will say nothing more."""
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            while data := os.read(self._process.stdout.fileno(), 65536):
                self._output.take(data)
        except BlockingIOError:
            return True
        return False

    def has_ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def finish(self) -> int:
        """Clear up after it has ended; answers its exit code."""
        assert self._process is not None
        assert self._process.stdout is not None
        self._kill_group()
        self.pump()
        self._process.stdout.close()
        self._output.finish()
        code = self._process.returncode
        self._process = None
        return code

    def schedule_restart(self, code: int) -> None:
        """After an end that nobody asked for: again, the later the more often it happens. After
        `restart`: at once."""
        if self._is_restarting:
            self._is_restarting = False
            self.next_start = time.monotonic()
            return
        lasted_s = time.monotonic() - self._started
        pause_s = PAUSE_FIRST_S if lasted_s > STABLE_AFTER_S else self._pause_s
        self._pause_s = min(pause_s * 2, PAUSE_LONGEST_S)
        self.next_start = time.monotonic() + pause_s
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        say(f"piga: {self.name} ended ({how}); it starts again in {pause_s:g} s")

    def restart(self) -> None:
        """End it, to be started again as soon as it has ended."""
        self._is_restarting = True
        self.stop()

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        self._kill_group()

    def _kill_group(self) -> None:
        """What it started must not outlive it."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
