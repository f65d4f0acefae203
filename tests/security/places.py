"""Everywhere that a running Piga leaves anything: files, tables, keys, logs, command lines."""

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import redis

from app.local import postgres

Place = tuple[str, bytes]


def files(home: Path) -> Iterator[Place]:
    """Every file below PIGA_HOME: logs, Postgres's data and its log of changes, Valkey's."""
    for path in sorted(home.rglob("*")):
        try:
            if path.is_file() and not path.is_symlink():
                yield f"file {path.relative_to(home)}", path.read_bytes()
        except FileNotFoundError:  # gone meanwhile
            continue


def tables(admin_url: str) -> Iterator[Place]:
    """Every table as text, and what each connection is doing."""
    with psycopg.connect(admin_url) as connection:
        named = connection.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'm')"
            " AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
        ).fetchall()
        for (name,) in [*named, ("pg_stat_activity",), ("pg_prepared_statements",)]:
            with connection.cursor().copy(f"COPY (SELECT * FROM {name}) TO STDOUT") as rows:
                yield f"table {name}", b"".join(bytes(row) for row in rows)
            as_json = connection.execute(
                f"SELECT string_agg(to_jsonb(t)::text, E'\\n') FROM {name} t"
            ).fetchone()
            assert as_json is not None
            yield f"table {name} as JSON", (as_json[0] or "").encode()


def dump(admin_url: str) -> Iterator[Place]:
    """What a back-up holds."""
    program = postgres.packaged_binaries() / "pg_dump"
    for form in ("plain", "custom"):
        made = subprocess.run(
            [str(program), "--dbname", admin_url, "--format", form, "--compress", "0"],
            capture_output=True,
            check=True,
        )
        yield f"pg_dump {form}", made.stdout


def keys(redis_url: str) -> Iterator[Place]:
    """Every key of Redis, as it is kept and as it is read, and the commands that were slow."""
    with redis.Redis.from_url(redis_url) as client:
        for key in client.scan_iter(count=1_000):
            name = key.decode(errors="backslashreplace")
            yield f"key {name}", key + b"\n" + (client.dump(key) or b"")
            yield f"key {name} as read", _flat(_read(client, key))
        yield "slow log", _flat(client.slowlog_get(-1))


def _read(client: Any, key: bytes) -> Any:
    match client.type(key):
        case b"string":
            return client.get(key)
        case b"hash":
            return client.hgetall(key)
        case b"list":
            return client.lrange(key, 0, -1)
        case b"set":
            return list(client.smembers(key))
        case b"zset":
            return client.zrange(key, 0, -1, withscores=True)
        case b"stream":
            return client.xrange(key)
    return b""


def _flat(value: Any) -> bytes:
    """All bytes and numbers in a value, one a line."""
    if isinstance(value, dict):
        return b"\n".join(_flat(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple | set):
        return b"\n".join(_flat(part) for part in value)
    return value if isinstance(value, bytes) else str(value).encode()


def command_lines(supervisor_pid: int) -> Iterator[Place]:
    """What any user of the machine can see of the processes."""
    supervisor = psutil.Process(supervisor_pid)
    for process in (supervisor, *supervisor.children(recursive=True)):
        try:
            yield f"command line of {process.pid}", "\n".join(process.cmdline()).encode()
        except psutil.Error:
            continue


def gateway_log(fakes_url: str) -> Iterator[Place]:
    """What the gateway's own page shows of the traffic."""

    def get(path: str) -> bytes:
        with urllib.request.urlopen(fakes_url + path, timeout=10) as answer:
            return bytes(answer.read())

    log = get("/phone/log")
    yield "gateway log", log
    sessions = {exchange["session"] for exchange in json.loads(log)["exchanges"]}
    for session in sorted(sessions):
        yield f"gateway log of {session}", get(f"/phone/log?session={session}")
