"""TPC-B and Piga's posting by pgbench, whose own work costs next to nothing: the database alone."""

import re
import subprocess
from pathlib import Path

from app.errors import OperatorError
from app.local.postgres import packaged_binaries
from bench.books import KIND, TPCB, Books
from bench.world import CURRENCY

THREADS = 2
_TPS = re.compile(r"tps = ([\d.]+)")

# What `values.ids.uuid7` makes; Postgres has a function for it since 18 only.
_UUID7 = (
    "(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'"
    " || substr(md5(random()::text), 1, 3) || 'a' || substr(md5(random()::text), 1, 15))::uuid"
)

# The one statement of `ledger.post`, with its lines in the order of their accounts; names with a
# colon are pgbench's variables.
_POSTING = f"""
\\set person random(0, :people - 1)
\\set amount random(100, 5000)
SELECT post_entry(:tenant, n.id, '{KIND}', '8CHARREF', '{KIND}:' || n.id, :hash,
    ARRAY[least(wallet, savings), greatest(wallet, savings)],
    CASE WHEN wallet < savings THEN ARRAY[-:amount::bigint, :amount::bigint]
        ELSE ARRAY[:amount::bigint, -:amount::bigint] END, '{CURRENCY}', NULL,
    '{{"code": "KOP1", "name": "Kopera Twisungane", "fee_minor": 0}}', NULL)
FROM (SELECT {_UUID7} AS id, md5('wallet' || :person::bigint)::uuid AS wallet,
    md5('savings' || :person::bigint)::uuid AS savings) n;
"""


class Pgbench:
    """The program from the same package as the embedded Postgres."""

    def __init__(self, program: Path, books: Books, folder: Path) -> None:
        self._program = program
        self._books = books
        self._script = folder / "posting.pgbench"
        self._script.write_text(_POSTING)

    def run(self, job: str, clients: int, lasts_s: float) -> float:
        """Transactions a second of TPCB (by its own script) or POSTING."""
        books = self._books
        command = [str(self._program), "-n", "-M", "prepared"]
        command += ["-c", str(clients), "-j", str(THREADS), "-T", str(max(1, round(lasts_s)))]
        if job == TPCB:
            command += ["-b", "tpcb-like", books.tpcb_url]
        else:
            variables = {
                "tenant": books.tenant_id,
                "people": books.people,
                "hash": "\\x" + "5a" * 32,
            }
            for name, value in variables.items():
                command += ["-D", f"{name}={value}"]
            command += ["-f", str(self._script), books.ledger_url]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        found = _TPS.search(told.stdout)
        if told.returncode != 0 or found is None:
            raise RuntimeError(f"pgbench: {told.stderr.strip()[-1500:]}")
        return float(found[1])


def find(books: Books, folder: Path) -> Pgbench | None:
    """None where the installed Postgres came without it."""
    try:
        program = packaged_binaries() / "pgbench"
    except OperatorError:
        return None
    return Pgbench(program, books, folder) if program.exists() else None
