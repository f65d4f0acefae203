"""The embedded servers, as they live and as they are killed."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import redis

from app.errors import OperatorError
from app.local import embedded, process_table
from app.local.data_dir import DataDir, read_json
from app.local.embedded import Embedded, ensure
from app.local.server_user import UID_FIRST, ServerUser, give_tree
from app.settings import CHECKOUT, Settings

QUICK = (("fsync", "off"),)
PATIENCE_S = 15.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Longer than a socket's path may be.
    return tmp_path_factory.mktemp("checkout") / ("long" * 30) / "home"


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home=home, postgres_options=QUICK)


@pytest.fixture
def running(settings: Settings) -> Iterator[Embedded]:
    with Embedded(settings) as embedded:
        with psycopg.connect(embedded.settings.owner_url) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS fact (id int)")
            connection.execute("TRUNCATE fact")
        yield embedded


def eventually(holds: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    until = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


def facts(settings: Settings) -> list[int]:
    with psycopg.connect(settings.owner_url) as connection:
        return [number for (number,) in connection.execute("SELECT id FROM fact ORDER BY id")]


def write_fact(settings: Settings, number: int) -> None:
    with psycopg.connect(settings.owner_url) as connection:
        connection.execute("INSERT INTO fact VALUES (%s)", (number,))


def serves(settings: Settings) -> bool:
    with suppress(psycopg.OperationalError, redis.ConnectionError, redis.BusyLoadingError):
        facts(settings)
        with redis.Redis.from_url(settings.redis_url) as client:
            return bool(client.ping())
    return False


def postmaster(settings: Settings) -> int:
    return int((settings.home / "postgres" / "postmaster.pid").read_text().split()[0])


def valkey(settings: Settings) -> int:
    with redis.Redis.from_url(settings.redis_url) as client:
        info = client.info("server")
    assert isinstance(info, dict)
    return int(info["process_id"])


def sockets(settings: Settings) -> list[Path]:
    files = [settings.home / "run" / f"{name}.json" for name in ("postgres", "valkey")]
    return [Path(read_json(file)["sockets"]) for file in files]


def test_roles_own_nothing_and_are_not_superusers(running: Embedded) -> None:
    with psycopg.connect(running.settings.database_url) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolbypassrls FROM pg_roles"
            " WHERE rolname LIKE 'piga%' AND rolcanlogin ORDER BY 1"
        ).fetchall()
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'piga'"
        ).fetchone()
    assert roles == [
        ("piga_app", False, False, False),
        ("piga_backup", False, False, True),
        ("piga_owner", False, True, False),
        ("piga_relay", False, False, False),
        ("piga_verify", False, False, False),
    ]
    assert owner == ("piga_owner",)


def test_servers_are_private_and_not_root(running: Embedded) -> None:
    for pid in (postmaster(running.settings), valkey(running.settings)):
        assert os.stat(f"/proc/{pid}").st_uid != 0
    with psycopg.connect(running.settings.database_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    with redis.Redis.from_url(running.settings.redis_url) as client:
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("append*")["appendonly"] == "yes"
    for folder in sockets(running.settings):
        # Root's servers let their group in: our processes, which are not root either.
        assert stat.S_IMODE(folder.stat().st_mode) == (0o710 if os.geteuid() == 0 else 0o700)
    key = running.settings.home / "key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert running.settings.key_bytes == bytes.fromhex(key.read_text())
    assert len(running.settings.key_bytes) == 32


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_to_be_nobody_opens_nothing(running: Embedded) -> None:
    """What root's servers hold is not for the other processes of an account that many share."""
    url = running.settings.owner_url.replace("piga_owner", "postgres")
    home = running.settings.home
    tries = (
        "import os, psycopg\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        f"for act in (lambda: psycopg.connect({url!r}), lambda: open({str(home / 'key')!r}),"
        f" lambda: os.listdir({str(home / 'postgres')!r})):\n"
        "    try: act(); print('open')\n"
        "    except Exception as error: print('Permission denied' in str(error))\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", tries], capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["True"] * 3
    with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT pg_read_file(%s)", (str(home / "key"),))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's folder")
def test_data_of_nobody_is_taken_over(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", postgres_options=QUICK)
    with ensure(settings):
        pass
    for server in ("postgres", "valkey"):
        give_tree(settings.home / server, ServerUser(65534, 65534))
    with ensure(settings) as running:
        assert serves_sql(running)
        owner = (settings.home / "postgres" / "global").stat().st_uid
        assert owner == (settings.home / "valkey").stat().st_uid >= UID_FIRST


def test_what_was_written_is_there_after_a_stop(settings: Settings) -> None:
    with ensure(settings) as running:
        with psycopg.connect(running.owner_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        with redis.Redis.from_url(running.redis_url) as client:
            client.set("kept", "7")
        key, folders, pid = running.key, sockets(running), postmaster(running)
    assert not process_table.is_alive(pid)
    assert not any(folder.exists() for folder in folders)
    with ensure(settings) as running:
        assert running.key == key
        with psycopg.connect(running.owner_url) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
            connection.execute("DROP TABLE kept")
        with redis.Redis.from_url(running.redis_url) as client:
            assert client.getdel("kept") == b"7"


def test_the_last_user_stops_them_not_the_first(settings: Settings) -> None:
    first, second = Embedded(settings), Embedded(settings)
    with second:
        with first:
            assert first.settings == second.settings
            pid = postmaster(settings)
        assert postmaster(settings) == pid
        assert process_table.is_alive(pid)
    assert not process_table.is_alive(pid)


def test_many_may_start_them_at_once(tmp_path: Path) -> None:
    everybody = threading.Barrier(4, timeout=60)

    def take_part() -> tuple[Settings, int]:
        everybody.wait()
        try:
            with ensure(Settings(home=tmp_path, postgres_options=QUICK)) as running:
                found = running, postmaster(running)
                everybody.wait()
                return found
        except BaseException:
            everybody.abort()
            raise

    with ThreadPoolExecutor(everybody.parties) as pool:
        answers = [pool.submit(take_part) for _ in range(everybody.parties)]
    assert len({answer.result() for answer in answers}) == 1


@pytest.mark.parametrize("victim", [postmaster, valkey])
def test_a_killed_server_comes_back_with_what_it_had(
    running: Embedded, victim: Callable[[Settings], int]
) -> None:
    write_fact(running.settings, 1)
    with redis.Redis.from_url(running.settings.redis_url) as client:
        client.set("fact", "1")
    time.sleep(1.1)  # Valkey writes its log through once a second
    pid = victim(running.settings)
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not process_table.is_alive(pid))
    eventually(lambda: serves(running.settings))
    assert victim(running.settings) != pid
    assert facts(running.settings) == [1]
    with redis.Redis.from_url(running.settings.redis_url) as client:
        assert client.get("fact") == b"1"


def test_who_starts_them_waits_for_who_shares_them(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    owner, other = Embedded(settings), Embedded(settings)
    owner.__enter__()
    other.__enter__()
    pid = postmaster(settings)
    leaving = threading.Thread(target=owner.__exit__)
    leaving.start()
    time.sleep(embedded.SAID_AFTER_S + 0.5)
    assert leaving.is_alive()
    assert "others still use the embedded postgres; waiting" in capsys.readouterr().err
    assert serves_sql(other.settings)
    other.__exit__()
    leaving.join(PATIENCE_S)
    assert not leaving.is_alive()
    assert not process_table.is_alive(pid)


def test_who_owns_them_waits_no_longer_than_it_may(settings: Settings) -> None:
    with Embedded(settings, owns=True, patience_s=0.3):
        other = Embedded(settings)
        other.__enter__()
        pid = postmaster(settings)
    assert not process_table.is_alive(pid)
    other.__exit__()


def test_they_have_one_owner(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "STOP_TIMEOUT_S", 0.3)
    with (
        ensure(settings),
        pytest.raises(OperatorError, match=rf"in use by another command \(process {os.getpid()}\)"),
        Embedded(settings, owns=True),
    ):
        pass


def test_they_stop_when_their_owner_is_killed(settings: Settings) -> None:
    code = (
        "import sys, time; from pathlib import Path; from app.settings import Settings;"
        "from app.local.embedded import ensure\n"
        "with ensure(Settings(home=Path(sys.argv[1]))): print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(settings.home)], cwd=CHECKOUT, stdout=subprocess.PIPE
    ) as user:
        assert user.stdout is not None
        assert user.stdout.readline() == b"up\n"
        pid = postmaster(settings)
        user.kill()
    eventually(lambda: not process_table.is_alive(pid))
    # Stopped, not killed: a clean stop removes this file.
    eventually(lambda: not (settings.home / "postgres" / "postmaster.pid").exists())
    with ensure(settings) as running:
        assert serves_sql(running)


def test_a_stale_pid_is_not_taken_for_a_server(settings: Settings) -> None:
    with ensure(settings):
        lock = (settings.home / "postgres" / "postmaster.pid").read_text().splitlines()
    zombie = subprocess.Popen(["/bin/true"])
    eventually(lambda: not process_table.is_alive(zombie.pid))
    for pid in (os.getpid(), zombie.pid, 2**22 - 1):
        stale = "\n".join([str(pid), *lock[1:]]) + "\n"
        (settings.home / "postgres" / "postmaster.pid").write_text(stale)
        with ensure(settings) as running:
            assert postmaster(running) != pid
            assert serves_sql(running)
    zombie.wait()


def serves_sql(settings: Settings) -> bool:
    with psycopg.connect(settings.database_url) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def test_a_start_that_fails_says_why_in_a_sentence(settings: Settings) -> None:
    wrong = replace(settings, postgres_options=(("max_connections", "none"),))
    with pytest.raises(OperatorError, match="max_connections") as refused, ensure(wrong):
        pass
    assert "\n" not in str(refused.value)
    with ensure(settings) as running:
        assert serves_sql(running)


def test_data_of_another_version_is_left_alone(settings: Settings) -> None:
    with ensure(settings):
        pass
    version = settings.home / "postgres" / "PG_VERSION"
    kept = version.read_text()
    version.write_text("14\n")
    try:
        with pytest.raises(OperatorError, match="was made by Postgres 14"), ensure(settings):
            pass
    finally:
        version.write_text(kept)


def test_data_without_its_key_is_not_opened(settings: Settings) -> None:
    with ensure(settings):
        pass
    key = settings.home / "key"
    kept = key.read_text()
    key.unlink()
    try:
        with pytest.raises(OperatorError, match="is missing"), ensure(settings):
            pass
    finally:
        key.write_text(kept)
        key.chmod(0o600)


def test_an_external_database_needs_a_key(tmp_path: Path) -> None:
    external = Settings(home=tmp_path / "home", database_url="postgresql://db/piga")
    with pytest.raises(OperatorError, match="PIGA_KEY"), ensure(external):
        pass
    external = replace(external, redis_url="redis://cache", key="0f" * 32)
    with ensure(external) as given:
        assert given == external
    assert not (tmp_path / "home").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's folder")
def test_another_users_folder_is_left_alone(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, -1)
    with pytest.raises(OperatorError, match="belongs to nobody"), ensure(Settings(home=tmp_path)):
        pass


def test_a_file_in_the_way_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(OperatorError, match="cannot be used"):
        DataDir(tmp_path / "home").prepare()


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    mode = tmp_path.stat().st_mode
    with pytest.raises(OperatorError, match="other things"):
        DataDir(tmp_path).prepare()
    assert tmp_path.stat().st_mode == mode
    (tmp_path / "letters").rename(tmp_path / "lost+found")
    DataDir(tmp_path).prepare()
    DataDir(tmp_path).prepare()


def test_a_machine_without_our_binaries_is_a_sentence(tmp_path: Path) -> None:
    elsewhere = Settings(home=tmp_path / "home", postgres_bin=tmp_path)
    with pytest.raises(OperatorError, match="postgres did not start") as refused, ensure(elsewhere):
        pass
    assert "\n" not in str(refused.value)


def test_a_server_is_told_no_secret(running: Embedded) -> None:
    for pid in (postmaster(running.settings), valkey(running.settings)):
        line = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
        environment = Path(f"/proc/{pid}/environ").read_bytes().decode()
        assert "postgres" in line or "valkey" in line
        assert running.settings.key not in line + environment
