"""Our own processes when root starts Piga: what they need so that they are not root themselves."""

import compileall
import os
import shutil
import sys
import sysconfig
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from app.errors import OperatorError
from app.local.data_dir import DataDir
from app.local.reload import ROOMS
from app.local.server_user import ServerUser, give_tree, let_pass, process_user
from app.settings import CHECKOUT, Settings, domain_folders

FIRST_OPEN_PORT = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")


def prepare(home: DataDir, settings: Settings) -> ServerUser | None:
    """Whom our processes become; None where we are not root. They can read the program and the
    domains, write their own folder in PIGA_HOME, and reach the sockets that the URLs name.

    Their logs are written by us, from what they say.
    """
    user = process_user(home.path, _sockets(settings))
    if user is None:
        return None
    for path in _to_read():
        let_pass(path, user.gid)
    for folder in (home.fakes, home.wires):
        let_pass(folder, user.gid)
        folder.mkdir(mode=0o700, exist_ok=True)
        give_tree(folder, user)
    for room in ROOMS:  # they cannot keep what they compile: each would do it at every start
        compileall.compile_dir(CHECKOUT / room, quiet=2)
    return user


def hand_accounts(home: DataDir, file: Path, user: ServerUser) -> Path:
    """A copy of the file of accounts that our processes can read: the file itself is closed to all
    but its owner. They cannot change what lies there. Raises OperatorError."""
    folder = home.accounts
    let_pass(folder, user.gid)
    copy = folder / "accounts.toml"
    try:
        content = file.read_bytes()
        folder.mkdir(mode=0o700, exist_ok=True)
        os.chown(folder, 0, user.gid)
        folder.chmod(0o710)
        copy.unlink(missing_ok=True)
        fd = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(fd, "wb") as written:
            os.fchown(fd, user.uid, user.gid)
            written.write(content)
    except OSError as error:
        raise OperatorError(f"{file} cannot be handed on: {error.strerror}.") from None
    return copy


def counted_in(home: DataDir, user: ServerUser | None) -> Path:
    """An empty folder for what the processes count. An earlier run's are gone."""
    shutil.rmtree(home.metrics, ignore_errors=True)
    home.metrics.mkdir(mode=0o700)
    if user is not None:
        let_pass(home.metrics, user.gid)
        give_tree(home.metrics, user)
    return home.metrics


def require_port(port: int) -> None:
    """Raises OperatorError when only root could listen on the port."""
    try:
        first = int(FIRST_OPEN_PORT.read_text())
    except (OSError, ValueError):
        first = 1024
    if os.geteuid() == 0 and 0 < port < first:
        raise OperatorError(
            f"Port {port} is root's, and Piga's processes do not run as root: choose one from"
            f" {first} on, for instance PORT={8000 + port}, and put a proxy before it."
        )


def _to_read() -> list[Path]:
    """What the processes read, each by a path below it."""
    python = Path(sys.executable)
    folders = {CHECKOUT, *domain_folders(), python.parent, python.resolve().parent}
    folders |= {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib")}
    return [folder / "any" for folder in sorted(folders)]


def _sockets(settings: Settings) -> set[Path]:
    """The folders of the Unix sockets that the URLs name."""
    urls = (settings.database_url, settings.owner_url, settings.relay_url, settings.verify_url)
    hosts = []
    for url in map(urlsplit, filter(None, urls)):
        hosts += [*parse_qs(url.query).get("host", []), unquote(url.hostname or "")]
    redis = urlsplit(settings.redis_url)
    if redis.scheme == "unix":
        hosts.append(str(Path(redis.path).parent))
    return {Path(host) for host in hosts if host.startswith("/") and Path(host).is_dir()}
