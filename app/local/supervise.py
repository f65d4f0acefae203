"""`piga run`: the servers, then the processes, kept running until somebody says stop."""

import contextlib
import http.client
import os
import secrets
import selectors
import signal
import socket
import time
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING

from app.errors import OperatorError
from app.local import process_table, unprivileged
from app.local.child import Child
from app.local.data_dir import DataDir
from app.local.embedded import Embedded
from app.local.output import say
from app.local.ports import free_port, listens, require_free
from app.local.running import Claim, Running, last
from app.settings import CHECKOUT, COUNTS, Settings

if TYPE_CHECKING:
    from app.local.reload import Changes

STOP_TIMEOUT_S = 10.0  # for each stage; then by force
LEFTOVERS_TIMEOUT_S = 2.0
TICK_S = 0.5
READY_TICK_S = 0.1
READY_PATIENCE_S = 30.0
START_AGAIN_AFTER_S = 2.0
READY_TIMEOUT_S = 1.5
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Stage = tuple[tuple[str, str], ...]
# Name and arguments of each process, in stages: the first stage is stopped first, so that no new
# work comes in while what is under way is finished.
STAGES = (
    (("web", "web"), ("cron", "cron")),
    (
        ("relay", "relay"),
        ("worker-send", "worker send"),
        ("worker-chat", "worker chat"),
        ("worker-bulk", "worker bulk"),
        ("worker-default", "worker default"),
    ),
)
FAKES = (("fakes", "fakes"),)
LIVE = ("live", "live")
# Its /metrics has what all of them count.
ANSWERS_FOR_ALL = "cron"
# So that people are served before the rest takes its share of the processors to start.
STARTED_FIRST = ("web", "fakes")
OTHERS_START_AFTER_S = 5.0  # or as soon as the web server is ready


def run_everything(settings: Settings, *, reload: bool = False) -> None:
    """Run until a signal says stop; with `reload`, start the processes again when code, a catalogue
    or a demo tenant changes. Raises OperatorError when it cannot start."""
    home = DataDir(settings.home)
    home.prepare()
    stop = StopSignal()
    claim = Claim(home)
    try:
        _end_leftovers(home)
        unprivileged.require_port(settings.port)
        require_free(settings.host, settings.port)
        if settings.has_live:
            settings = settings.with_live(_live_port(settings))
        if settings.demo and not settings.fakes_url:
            settings = settings.with_fakes(f"http://127.0.0.1:{free_port()}")
        with contextlib.ExitStack() as stack:
            with stop.interrupting():
                servers = stack.enter_context(
                    Embedded(settings, owns=True, patience_s=STOP_TIMEOUT_S)
                )
            servers.settings.require("relay_url")
            if settings.demo_off_by:
                verb = "are" if " " in settings.demo_off_by else "is"
                say(f"piga: no demo, for {settings.demo_off_by} {verb} set; PIGA_DEMO=1 adds it")
            supervisor = Supervisor(home, servers, claim, stop)
            with supervisor.reloading() if reload else contextlib.nullcontext():
                supervisor.run()
    except Stopped:
        pass
    finally:
        claim.give_up()
    if stop.asked:
        say("piga: stopped")


def stages_of(settings: Settings) -> tuple[Stage, ...]:
    """The processes of these settings. Those that hold a connection end after the workers, which
    may need it. Raises OperatorError where the file of accounts cannot be read."""
    wired: tuple[Stage, ...] = ()
    if settings.accounts_file is not None:
        from app import accounts, wires

        names = [installed.name for installed in wires.of(accounts.load(settings))]
        wired = (tuple((f"wire-{name}", f"wire {name}") for name in names),)
    live: Stage = (LIVE,) if settings.has_live else ()
    return ((*STAGES[0], *live), *STAGES[1:], *wired, *((FAKES,) if settings.demo else ()))


class Stopped(Exception):
    """A signal said stop while something was waited for."""


class StopSignal:
    """Remembers that a signal said stop, and wakes the thread that waits on `wake`."""

    def __init__(self) -> None:
        self.asked = 0
        self._interrupts = False
        self.wake, write = socket.socketpair()
        self._write = write
        for end in (self.wake, write):
            end.setblocking(False)
        signal.set_wakeup_fd(write.fileno(), warn_on_full_buffer=False)
        for number in STOPPING:
            # `nohup` wants it to stay when the terminal goes.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._remember)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _remember(self, number: int, frame: FrameType | None) -> None:
        self.asked += 1
        if self._interrupts:
            raise Stopped

    @contextlib.contextmanager
    def interrupting(self) -> Iterator[None]:
        """Within this block a signal raises Stopped."""
        self._interrupts = True
        try:
            yield
        finally:
            self._interrupts = False

    def wake_up(self) -> None:
        """Wake the thread that waits on `wake`; from any thread."""
        with contextlib.suppress(BlockingIOError):
            self._write.send(b"w")

    def drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self.wake.recv(4096):
                pass


class Supervisor:
    def __init__(self, home: DataDir, servers: Embedded, claim: Claim, stop: StopSignal) -> None:
        self._home = home
        self._settings = servers.settings
        self._claim = claim
        self._stop = stop
        self._run = secrets.token_hex(8)
        self._env = self._settings.environment() | {
            "PIGA_RUN": self._run,
            "PYTHONUNBUFFERED": "1",
        }
        self._user = unprivileged.prepare(home, self._settings)
        if self._user is not None:
            self._env["HOME"] = str(home.path)
            if (file := self._settings.accounts_file) is not None:
                self._env["PIGA_ACCOUNTS"] = str(unprivileged.hand_accounts(home, file, self._user))
        if self._settings.metrics:
            self._env[COUNTS] = str(unprivileged.counted_in(home, self._user))
        self._selector = selectors.DefaultSelector()
        self._selector.register(stop.wake, selectors.EVENT_READ, None)
        self._ready = False
        self._changes: Changes | None = None
        stages = stages_of(self._settings)
        self._stages = [
            [self._child(name, "app.cli", *command.split()) for name, command in stage]
            for stage in stages
        ]
        self._children = [child for stage in self._stages for child in stage]

    def run(self) -> None:
        self._claim.announce(
            Running(
                pid=os.getpid(),
                run=self._run,
                url=self._settings.url,
                fakes_url=self._settings.fakes_url,
                demo=self._settings.demo,
                live_url=self._settings.live_url,
            )
        )
        try:
            if self._prepare():
                self._serve()
        finally:
            if self._stop.asked:
                say("piga: stopping")
            self._stop_all()
            self._selector.close()

    def _child(self, name: str, *arguments: str) -> Child:
        env = self._env if name == ANSWERS_FOR_ALL else self._env | {"PIGA_METRICS": ""}
        return Child(name, list(arguments), self._home, env, self._user)

    @contextlib.contextmanager
    def reloading(self) -> Iterator[None]:
        """Within this block, what changes in the checkout is taken up."""
        from app.local.reload import Changes

        self._changes = Changes(self._stop.wake_up)
        self._changes.start()
        try:
            yield
        finally:
            self._changes.stop()

    def _reload(self) -> None:
        """Apply the demo's tenants again where one has changed, and start every process again
        where other files have. What does not apply is told, and what runs goes on."""
        from app.local.reload import is_tenants

        changed = self._changes.take() if self._changes else set()
        if not changed:
            return
        names = sorted(os.path.relpath(path, CHECKOUT) for path in changed)
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        say(f"piga: {names[0]}{more} changed; reloading")
        if self._settings.demo and any(map(is_tenants, changed)):
            self._run_once(self._child("prepare", "app.local.prepare"))
        if not all(map(is_tenants, changed)):
            self._ready = False
            for child in self._children:
                child.restart()

    def _run_once(self, child: Child) -> int | None:
        """Run a child to its end: its exit code, None when it did not start."""
        self._start(child)
        code = None
        while child.is_running and (code := self._end(child)) is None:
            if self._stop.asked:
                child.stop()
            self._wait(TICK_S)
        return code

    def _prepare(self) -> bool:
        """Migrate, and load the demo. False when told to stop meanwhile."""
        code = self._run_once(self._child("prepare", "app.local.prepare"))
        if code != 0 and not self._stop.asked:
            raise OperatorError("The database could not be prepared; the lines above say why.")
        return not self._stop.asked

    def _serve(self) -> None:
        first = [child for child in self._children if child.name in STARTED_FIRST]
        for child in first:
            self._start(child)
        started = time.monotonic()
        for child in self._children:
            child.next_start = started + OTHERS_START_AFTER_S
        warned = False
        while not self._stop.asked:
            self._wait(TICK_S if self._ready else READY_TICK_S)
            self._look_after()
            self._reload()
            if not self._ready and self._is_ready():
                self._ready = True
                for child in self._children:
                    child.next_start = min(child.next_start, time.monotonic())
                self._welcome()
            elif not self._ready and not warned and time.monotonic() > started + READY_PATIENCE_S:
                say("piga: not ready yet; the lines above may say why")
                warned = True

    def _look_after(self) -> None:
        """Start what has ended, or was to wait."""
        for child in self._children:
            if (code := self._end(child)) is not None:
                child.schedule_restart(code)
            elif not child.is_running and child.next_start <= time.monotonic():
                self._start(child)

    def _start(self, child: Child) -> None:
        try:
            child.start()
        except OSError as fault:  # no memory, or no process to be had: again a little later
            say(f"piga: {child.name} cannot be started: {fault.strerror}")
            child.next_start = time.monotonic() + START_AGAIN_AFTER_S
            return
        self._selector.register(child.fd, selectors.EVENT_READ, child)

    def _end(self, child: Child) -> int | None:
        """The exit code of a child that has ended, once."""
        if not child.has_ended():
            return None
        self._ignore(child)
        return child.finish()

    def _ignore(self, child: Child) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(child.fd)

    def _wait(self, timeout_s: float) -> None:
        """Pass on what the children say until something happens, at most `timeout_s`."""
        for key, _ in self._selector.select(timeout_s):
            if not isinstance(key.data, Child):
                self._stop.drain()
            elif not key.data.pump():
                self._ignore(key.data)

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection(
            self._settings.url.removeprefix("http://"), timeout=READY_TIMEOUT_S
        )
        try:
            connection.request("GET", "/readyz")
            ready = connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return ready and (not self._settings.demo or listens(self._settings.fakes_url))

    def _welcome(self) -> None:
        say("piga: ready")
        where = self._settings.url + ("/phone" if self._settings.demo else "")
        say(f"\n  {where}\n")
        if live := self._settings.live_url:
            say(f"  Rates as they change: {live.replace('http', 'ws', 1)}/ws/rates/\n")
        say("  Ctrl-C stops it.\n")

    def _stop_all(self) -> None:
        for stage in self._stages:
            for child in stage:
                child.stop()
            until = time.monotonic() + STOP_TIMEOUT_S
            while any(child.is_running for child in stage):
                if time.monotonic() > until or self._stop.asked > 1:
                    for child in stage:
                        child.kill()
                self._wait(0.05)
                for child in stage:
                    self._end(child)


def _live_port(settings: Settings) -> int:
    """Where `piga live` is to listen. In a demo that named no port, any one will do. Raises
    OperatorError."""
    port = settings.listens_live_at
    try:
        unprivileged.require_port(port)
        require_free(settings.host, port, setting="PIGA_LIVE_PORT")
    except OperatorError:
        if settings.live_port or not settings.demo:
            raise
        port = free_port()
    return port


def _end_leftovers(home: DataDir) -> None:
    """End what a killed supervisor's children left running: a job's process, for instance."""
    killed = last(home)
    if killed is not None:
        process_table.end(
            lambda: process_table.with_environment("PIGA_RUN", killed.run),
            (signal.SIGTERM, LEFTOVERS_TIMEOUT_S),
        )
