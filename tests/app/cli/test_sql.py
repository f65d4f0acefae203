"""`piga sql`: one tenant's rows, as the role that serves phones, read only."""

import pytest

from tests.support.cli import Piga, demo

__all__ = ["demo"]


def asked(piga: Piga, capfd: pytest.CaptureFixture[str], query: str) -> tuple[int, str, str]:
    result = piga("sql", "ibimina", "--csv", "-c", query)
    said = capfd.readouterr()
    return result.exit_code, said.out, said.err


def test_it_sees_the_rows_of_one_tenant(
    demo: Piga,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert asked(demo, capfd, "SELECT slug FROM tenant") == (0, "slug\nibimina\n", "")
    code, out, _ = asked(demo, capfd, "SELECT count(DISTINCT tenant_id) FROM account")
    assert (code, out) == (0, "count\n1\n")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE subscriber SET language = 'en'",
        "BEGIN; SET TRANSACTION READ WRITE; UPDATE posting SET amount_minor = 1",
    ],
)
def test_it_changes_nothing(
    demo: Piga,
    capfd: pytest.CaptureFixture[str],
    change: str,
) -> None:
    code, _, err = asked(demo, capfd, change)
    assert code != 0
    assert "read-only transaction" in err or "permission denied" in err


def test_a_tenant_that_there_is_not_is_told(demo: Piga) -> None:
    result = demo("sql", "nobody", "-c", "SELECT 1")
    assert result.exit_code == 1
    assert "There is no tenant nobody." in result.output
