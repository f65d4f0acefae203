"""After the whole run: what all its tests have left on the servers that they share is searched for
the keys they used and the PINs that they typed.

`test_secrets.py` is the thorough search, of one Piga. This one sees what every other test did: the
logs, the tables that were not dropped, and all that was ever written to Valkey.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from app.settings import CHECKOUT
from tests.security.canaries import Canary, Finder

# Those of the tests' servers and processes.
KEYS = {
    "0 to 31": bytes(range(32)).hex(),
    "7 to 38": bytes(range(7, 39)).hex(),
    "0f": "0f" * 32,
    "ab": "ab" * 32,
}
LOG_OF_CHANGES = "pg_wal"  # as large as the run was long; the tables and Valkey's log are enough


def leaks(home: Path) -> list[str]:
    """What was found below the shared PIGA_HOME, a line each; empty when all is well."""
    # As text only: their bytes are too regular to be nobody else's.
    finder = Finder(
        Canary.of(f"key {name}", written)
        for name, key in KEYS.items()
        for written in (key, key.upper())
    )
    typed = pins_as_typed(_pins())
    found = []
    for path, data in _files(home):
        found += [str(one) for one in finder.find(data, path)]
        if path.startswith(("log/", "valkey/")):
            found += [f"a PIN in {path}: {data[m.start() - 40 : m.end() + 40]!r}"
                      for m in list(typed.finditer(data))[:3]]  # fmt: skip
    return found


def pins_as_typed(pins: set[str]) -> re.Pattern[bytes]:
    """PINs of four digits would turn up by chance, but hardly as a word of JSON, as a part of a
    text with stars, or as a whole value; but for a worker's process id, of which RQ keeps note."""
    words = "|".join(sorted(pins))
    value = rf"(?<!\r\n\$3\r\npid)\r\n\$\d\r\n({words})\r\n"
    return re.compile(rf'"({words})"|[*"]({words})\*|\*({words})["*\r]|{value}'.encode())


def _pins() -> set[str]:
    files = (*CHECKOUT.glob("fixtures/tenants/*/people.yaml"),
             *CHECKOUT.glob("tests/**/people.yaml"))  # fmt: skip
    people = [person for path in files for person in yaml.safe_load(path.read_text())]
    return {str(person["pin"]) for person in people if "pin" in person}


def _files(home: Path) -> Iterator[tuple[str, bytes]]:
    for folder in ("log", "run", "valkey", "postgres"):
        for path in sorted((home / folder).rglob("*")):
            if path.is_file() and LOG_OF_CHANGES not in path.parts:
                yield str(path.relative_to(home)), path.read_bytes()
