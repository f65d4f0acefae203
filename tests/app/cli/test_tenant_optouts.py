"""`piga tenant optout`, `optin` and `optouts`: what somebody told staff."""

import re

import pytest
from click.testing import Result

from core.db.database import Database as Core
from core.manifest.ids import tenant_id_of
from core.messaging import optouts
from core.people.people import USSD
from tests.support.cli import KEYS, Piga, demo, env_of
from tests.support.servers import DatabaseUrls

__all__ = ["demo"]

IBIMINA = tenant_id_of("ibimina")
UWERA = "+250788000101"
WHY = ("--reason", "said so on the phone")


@pytest.fixture
def piga(database: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Piga:
    run = Piga(env_of(database, tmp_path_factory.mktemp("home")))
    assert run("migrate").exit_code == 0
    assert run("demo", "reset", "--yes").exit_code == 0
    return run


def tenant(piga: Piga, what: str, *args: str) -> Result:
    return piga("tenant", what, "ibimina", *args)


def test_what_staff_were_told_holds_and_is_audited(piga: Piga) -> None:
    assert tenant(piga, "optouts", UWERA).stdout == "Nothing was said of that number.\n"
    assert tenant(piga, "optin", UWERA, *WHY).stdout == "Nothing kept news from it.\n"
    assert tenant(piga, "optout", "0788 000 101", *WHY).stdout == "It gets no more news.\n"
    assert tenant(piga, "optout", UWERA, *WHY).stdout == "It gets none already.\n"
    core = Core(piga.database_url)
    lookup = KEYS.lookup(USSD, UWERA)
    with core.transaction(IBIMINA) as tx:
        assert optouts.is_opted_out(tx, lookup)
    again = tenant(piga, "optin", UWERA, "--sender", "IBIMINA", *WHY)
    assert again.stdout == "It gets news again.\n"
    with core.transaction(IBIMINA) as tx:
        assert not optouts.is_opted_out(tx, lookup, sender="ibimina")
        assert optouts.is_opted_out(tx, lookup, sender="other")
        rows = tx.all(
            "SELECT action, detail->>'reason', detail::text FROM audit"
            " WHERE action IN ('opt out', 'opt in') ORDER BY id"
        )
    core.close()
    assert [row[:2] for row in rows] == [("opt out", WHY[1]), ("opt in", WHY[1])]
    assert not any(UWERA in row[2] for row in rows)
    told = tenant(piga, "optouts", UWERA).stdout.splitlines()
    shown = r"20\d\d-\d\d-\d\d \d\d:\d\d UTC  {}  \(by operator .+\)"
    assert re.fullmatch(shown.format("in  ibimina"), told[0])
    assert re.fullmatch(shown.format("out  all senders"), told[1])
    assert len(told) == 2


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("12", *WHY), "There is no such phone number."),
        ((UWERA, "--sender", " ", *WHY), "A sender id has letters or digits."),
        ((UWERA,), "--reason"),
    ],
)
def test_what_cannot_be_written_down(piga: Piga, args: tuple[str, ...], said: str) -> None:
    refused = tenant(piga, "optout", *args)
    assert refused.exit_code != 0
    assert said in refused.output
    assert tenant(piga, "optouts", UWERA).stdout == "Nothing was said of that number.\n"
