"""`piga tenant number`: what staff do about lost, shared and recycled numbers."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import Result

from core.db.database import Database as Core
from core.db.database import Tx
from core.manifest.ids import id_of, tenant_id_of
from core.money import ledger
from core.people import numbers, people
from core.people.people import USSD
from tests.support.cli import KEYS, Piga, demo, env_of
from tests.support.servers import DatabaseUrls
from values.ids import uuid7

__all__ = ["demo"]

IBIMINA = tenant_id_of("ibimina")
UWERA, HABIMANA = "+250788000101", "+250788000102"
NEW = "+250788000191"
WHY = ("--reason", "the phone was lost")


@pytest.fixture
def piga(database: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Piga:
    run = Piga(env_of(database, tmp_path_factory.mktemp("home")))
    assert run("migrate").exit_code == 0
    assert run("demo", "reset", "--yes").exit_code == 0
    return run


def number(piga: Piga, what: str, *args: str) -> Result:
    return piga("tenant", "number", what, "ibimina", *args)


def listed(piga: Piga, person: str) -> list[str]:
    """Each number and what it is."""
    told = number(piga, "list", "--person", person)
    assert told.exit_code == 0, told.output
    return [line.partition("  (")[0] for line in told.stdout.splitlines()]


@contextmanager
def books(piga: Piga) -> Iterator[Tx]:
    core = Core(piga.database_url)
    with core.transaction(IBIMINA) as tx:
        yield tx
    core.close()


def at(piga: Piga, address: str) -> list[uuid.UUID]:
    with books(piga) as tx:
        return [person.id for person in people.identify(tx, KEYS, address)]


def texted(piga: Piga) -> list[tuple[str, str]]:
    """What was texted and to which number, newest last."""
    known = {KEYS.lookup(USSD, one).hex(): one for one in (UWERA, HABIMANA, NEW)}
    with books(piga) as tx:
        rows = tx.all("SELECT template, params->>'$to' FROM message ORDER BY id")
    return [(template, known.get(to, "another")) for template, to in rows]


def test_a_lost_number_is_replaced(piga: Piga) -> None:
    uwera = id_of(IBIMINA, "person", "uwera")
    assert listed(piga, UWERA) == [f"{UWERA}  in use"]
    told = number(piga, "attach", NEW, "--person", "0788 000 101", *WHY)
    assert told.stdout == f"{NEW} is theirs, and new for a while.\n"
    assert number(piga, "detach", UWERA, *WHY).stdout == f"{UWERA} is no longer theirs.\n"
    assert listed(piga, NEW) == [f"{UWERA}  taken out", f"{NEW}  in use"]
    assert at(piga, UWERA) == []
    assert at(piga, NEW) == [uwera]
    assert sorted(texted(piga)) == sorted(
        [
            ("number_attached", UWERA),
            ("number_attached", NEW),
            ("number_detached", NEW),
            ("number_detached", UWERA),
        ]
    )
    with books(piga) as tx:
        rows = tx.all(
            "SELECT action, actor, detail->>'reason' FROM audit WHERE object_id = %s ORDER BY id",
            (uwera,),
        )
    assert [row[0] for row in rows] == ["attach number", "detach number"]
    assert all(row[1].startswith("operator ") and row[2] == WHY[1] for row in rows)


def test_whoever_has_no_number_left_is_found_by_the_one_they_had(piga: Piga) -> None:
    assert number(piga, "detach", UWERA, "--recycled", *WHY).exit_code == 0
    assert texted(piga) == []  # somebody else has it, and there is no other
    assert listed(piga, UWERA) == [f"{UWERA}  taken out"]
    assert number(piga, "attach", NEW, "--person", UWERA, *WHY).exit_code == 0
    assert listed(piga, NEW) == [f"{UWERA}  taken out", f"{NEW}  in use"]


def test_a_number_moves_to_somebody_else(piga: Piga) -> None:
    habimana = id_of(IBIMINA, "person", "habimana")
    moved = number(piga, "move", UWERA, "--to", HABIMANA, *WHY)
    assert moved.stdout == f"{UWERA} is the other's now.\n"
    assert at(piga, UWERA) == [habimana]
    assert ("number_attached", UWERA) in texted(piga)
    assert ("number_detached", UWERA) not in texted(piga)
    again = number(piga, "move", UWERA, "--to", HABIMANA, *WHY)
    assert again.stderr == "Error: They have that number already.\n"


def test_nothing_changes_while_money_waits(piga: Piga) -> None:
    wallet = ledger.account_id(id_of(IBIMINA, "person", "uwera"), ledger.WALLET, "RWF")
    hold = uuid7()
    with books(piga) as tx:
        ledger.place_hold(
            tx, hold_id=hold, account_id=wallet, amount_minor=100, currency="RWF", expires_at=None
        )
    waits = "Error: Money of theirs is waiting. Try again when it is done.\n"
    for told in (
        number(piga, "detach", UWERA, *WHY),
        number(piga, "attach", NEW, "--person", UWERA, *WHY),
        number(piga, "move", UWERA, "--to", HABIMANA, *WHY),
        number(piga, "move", HABIMANA, "--to", UWERA, *WHY),
    ):
        assert (told.exit_code, told.stderr) == (1, waits)
    assert listed(piga, UWERA) == [f"{UWERA}  in use"]
    assert texted(piga) == []
    with books(piga) as tx:
        assert ledger.void_hold(tx, hold)
    assert number(piga, "detach", UWERA, *WHY).exit_code == 0


def test_a_change_of_sim_is_noted(piga: Piga) -> None:
    told = number(piga, "sim-changed", UWERA, "--hours-ago", "5", *WHY)
    assert told.stdout == f"{UWERA} is new for a while, for 1 who have it.\n"
    shown = number(piga, "list", "--person", UWERA).stdout
    found = re.search(r"new SIM (\S+ \S+) UTC", shown)
    assert found
    when = datetime.strptime(found[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - timedelta(hours=5) - when) < timedelta(minutes=3)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("detach", "+250788000999"), "Nobody has that number here."),
        (("detach", "0718"), "There is no such phone number."),
        (("sim-changed", "+250788000999"), "Nobody has that number here."),
        (("attach", UWERA, "--person", UWERA), "They have that number already."),
        (("attach", NEW, "--person", "+250788000999"), "Nobody has that number here."),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(
    demo: Piga, args: tuple[str, ...], said: str
) -> None:
    told = number(demo, *args, *WHY)
    assert (told.exit_code, told.stderr) == (1, f"Error: {said}\n")


# --- chats ----------------------------------------------------------------------------------------

ID = "1029384756:RW.13491208655302741918"


def test_a_chat_without_a_number_is_taken_out(piga: Piga) -> None:
    uwera = id_of(IBIMINA, "person", "uwera")
    assert number(piga, "unlink", "--person", UWERA).stdout == "No chat is theirs.\n"
    with books(piga) as tx:
        numbers.attach(
            tx, KEYS, uwera, ID, actor="phone", reason="linked", by="link", channel="whatsapp"
        )
    shown = number(piga, "unlink", "--person", UWERA).stdout
    assert re.fullmatch(r"\.\.\.741918  whatsapp  \(since .* UTC\)\n1 chats\.\n", shown)
    assert ID not in shown
    without = number(piga, "unlink", "--person", UWERA, "--chat", "741918")
    assert without.exit_code == 1
    assert "A reason is needed" in without.output
    for ending in ("741919", ""):
        refused = number(piga, "unlink", "--person", UWERA, "--chat", ending, *WHY)
        assert refused.exit_code == 1
        assert "exactly one must" in refused.output
    done = number(piga, "unlink", "--person", UWERA, "--chat", "741918", *WHY)
    assert done.stdout == "...741918 is no longer theirs.\n"
    assert number(piga, "unlink", "--person", UWERA).stdout == "No chat is theirs.\n"
    assert at(piga, UWERA) == [uwera]
    with books(piga) as tx:
        assert people.identify(tx, KEYS, ID, "whatsapp") == []
        [(reason,)] = tx.all("SELECT detail->>'reason' FROM audit WHERE action = 'detach number'")
        [(text,)] = tx.all("SELECT template FROM message")
    assert (reason, text) == (WHY[1], "chat_unlinked")
