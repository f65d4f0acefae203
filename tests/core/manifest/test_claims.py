"""A code and what is dialled behind it are one tenant's, and so is a sender id: in the database."""

import shutil
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from app.operations.tenant_folder import read_folder, rules
from core.db.database import Database as Core
from core.manifest.apply import Applied, apply
from core.manifest.faults import FolderFaults
from core.manifest.ids import tenant_id_of
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.waiting import at_once

FIXTURES = Path(__file__).parents[3] / "fixtures" / "tenants"


@pytest.fixture
def core(database: DatabaseUrls) -> Iterator[Core]:
    core = Core(database.database_url)
    yield core
    core.close()


def tenant(path: Path, slug: str, code: str, sender: str = "") -> Path:
    """A tenant of its own, made of the demo's motorcycles."""
    folder = Path(shutil.copytree(FIXTURES / "moto", path / slug))
    services = folder / "services.yaml"
    # The number that takes its texts is Moto's alone.
    services.write_text(services.read_text().partition("\n\n")[0] + "\n")
    for file, old, new in (
        ("tenant.yaml", "slug: moto", f"slug: {slug}"),
        ("services.yaml", "*384*20#", code),
    ):
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new))
    lines = (folder / "tenant.yaml").read_text().splitlines()
    kept = [line for line in lines if "sms_sender" not in line]
    if sender:
        kept.insert(kept.index("settings:") + 1, f"  sms_sender: {sender}")
    (folder / "tenant.yaml").write_text("\n".join(kept) + "\n")
    return folder


def write(core: Core, folder: Path) -> Applied:
    return apply(core, KEYS, read_folder(folder, demo=True), rules(demo=True))


def refused(core: Core, folder: Path) -> list[str]:
    with pytest.raises(FolderFaults) as wrong:
        write(core, folder)
    return [str(fault) for fault in wrong.value.faults]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("*384*10#", "code: *384*10# belongs to the tenant owner"),
        ("*384*10*1#", "code: it lies behind *384*10#, which belongs to the tenant owner"),
        ("*384*10*1*2#", "code: it lies behind *384*10#, which belongs to the tenant owner"),
        ("*384#", "code: behind it lies *384*10#, which belongs to the tenant owner"),
    ],
)
def test_nobody_opens_a_code_over_a_neighbours(
    core: Core, tmp_path: Path, code: str, said: str
) -> None:
    write(core, tenant(tmp_path, "owner", "*384*10#"))
    (fault,) = refused(core, tenant(tmp_path, "other", code))
    assert fault == f"services.yaml:1: [1]: {said}"


def test_codes_that_only_begin_alike_are_free_and_ones_own_may_lie_behind(
    core: Core, tmp_path: Path
) -> None:
    owner = tenant(tmp_path, "owner", "*384*10#")
    services = owner / "services.yaml"
    text = services.read_text()
    services.write_text(text + text.replace("*384*10#", "*384*10*7#"))
    assert write(core, owner).changes["addresses opened"] == 2
    write(core, tenant(tmp_path, "other", "*384*101#"))
    write(core, tenant(tmp_path, "third", "*385*10*1#"))


def test_the_database_keeps_codes_apart(core: Core, tmp_path: Path) -> None:
    """Also from whoever does not look first."""
    write(core, tenant(tmp_path, "owner", "*384*10#"))
    write(core, tenant(tmp_path, "other", "*384*20#"))
    for statement in (
        "INSERT INTO service_address (provider, channel, code, tenant_id, service_id)"
        " SELECT provider, channel, '*384*10*1#', tenant_id, id FROM service",
        "UPDATE service_address SET code = '*384*10*1#'",
    ):
        with (
            pytest.raises(psycopg.errors.UniqueViolation),
            core.transaction(tenant_id_of("other")) as tx,
        ):
            tx.execute(statement)


def test_of_two_that_open_such_codes_at_once_one_is_refused(core: Core, tmp_path: Path) -> None:
    folders = [tenant(tmp_path, "one", "*384*10#"), tenant(tmp_path, "two", "*384*10*1#")]
    results = at_once([partial(write, core, folder) for folder in folders])
    kinds = sorted(type(result).__name__ for result in results)
    assert kinds == ["Applied", "FolderFaults"]


def test_a_sender_id_is_claimed_once(core: Core, tmp_path: Path) -> None:
    owner = tenant(tmp_path, "owner", "*384*10#", "UMOJA")
    assert write(core, owner).changes["sender ids added"] == 1
    assert not write(core, owner).changes
    assert refused(core, tenant(tmp_path, "other", "*384*20#", "Umoja")) == [
        "tenant.yaml: settings.sms_sender: Umoja belongs to the tenant owner"
    ]
    text = (owner / "tenant.yaml").read_text()
    (owner / "tenant.yaml").write_text(text.replace("UMOJA", "AMANI"))
    assert write(core, owner).changes["sender ids removed"] == 1
    shutil.rmtree(tmp_path / "other")
    assert write(core, tenant(tmp_path, "other", "*384*20#", "Umoja")).changes["sender ids added"]


def test_the_database_keeps_sender_ids_apart(core: Core, tmp_path: Path) -> None:
    write(core, tenant(tmp_path, "owner", "*384*10#", "UMOJA"))
    write(core, tenant(tmp_path, "other", "*384*20#"))
    other: uuid.UUID = tenant_id_of("other")
    with pytest.raises(psycopg.errors.UniqueViolation), core.transaction(other) as tx:
        tx.execute("INSERT INTO sender_claim VALUES (%s, 'africastalking', 'umoja')", (other,))
    with core.transaction(other) as tx:
        assert tx.all("SELECT sender_id FROM sender_claim") == []
