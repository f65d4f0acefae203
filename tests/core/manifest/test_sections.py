"""A domain brings its own part of a tenant's folder; the folder's code knows none of them."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter

from app.operations.tenant_folder import rules
from core.db.database import Database as Core
from core.db.database import Tx
from core.manifest import values
from core.manifest.apply import apply, plan
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry
from core.manifest.faults import FolderFaults
from core.manifest.reading import read_manifest
from core.manifest.section import Manifest, PricedOperation, Reading, Role, Section
from core.manifest.values import Amount, Code, Text, one_of
from core.money import ledger
from core.money.manifest import TARIFFS
from core.people.manifest import PEOPLE, PersonPart
from tests.support.domains import DOMAINS
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS

FIXTURES = Path(__file__).parents[3] / "fixtures" / "tenants"
COLOURS = ("red", "green")


class StallEntry(Entry):
    """A stall of a market, which no domain of ours has."""

    code: Code
    colour: Annotated[Text, one_of(COLOURS)]
    rent: Amount


class Holder(PersonPart):
    stall: Code = ""

    def more_roles(self) -> frozenset[str]:
        return super().more_roles() | ({"holder"} if self.stall else set())


def _check(reading: Reading) -> None:
    codes = {stall.code for stall in reading.of(STALLS) or []}
    for person in reading.of(PEOPLE) or []:
        holder = person.part(Holder)
        if holder.stall and holder.stall not in codes:
            holder.place("stall").fault("there is no stall with this code")


def _changes(site: Site) -> Iterator[Change]:
    row = site.tx.one("SELECT settings->'stalls' FROM tenant WHERE id = current_tenant()")
    known: dict[str, Any] = (row[0] if row else None) or {}
    for stall in site.manifest.of(STALLS):
        if stall.code not in known:
            yield Change("added", "stalls", stall.code, partial(_write, stall), Stage.PEOPLE)


def _write(stall: StallEntry, tx: Tx) -> None:
    tx.execute(
        "UPDATE tenant SET paused_notice = paused_notice || jsonb_build_object(%s::text, %s::text)"
        " WHERE id = current_tenant()",
        (stall.code, stall.colour),
    )


STALLS: Section[list[StallEntry]] = Section(
    name="stalls",
    file="stalls.yaml",
    adapter=lambda _: TypeAdapter(list[StallEntry]),
    empty=list,
    extends={"person": Holder},
    roles=(Role("holder"),),
    operations=(PricedOperation("rent", limits=("maximum", "week_maximum")),),
    check=_check,
    changes=_changes,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = Path(shutil.copytree(FIXTURES / "ibimina", tmp_path / "ibimina"))
    (found / "stalls.yaml").write_text("- {code: S1, colour: red, rent: 500}\n")
    return found


def read(folder: Path) -> Manifest:
    return read_manifest(folder, rules(demo=True), (*DOMAINS.sections, STALLS))


def faults(folder: Path) -> list[str]:
    with pytest.raises(FolderFaults) as wrong:
        read(folder)
    return [str(fault) for fault in wrong.value.faults]


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def test_a_sections_file_is_read_as_its_model_says(folder: Path) -> None:
    (stall,) = read(folder).of(STALLS)
    assert (stall.code, stall.colour, stall.rent) == ("S1", "red", 500)
    (folder / "stalls.yaml").write_text("- {code: S1, colour: blue, rent: 0.5}\n- {size: 3}\n")
    assert faults(folder) == [
        'stalls.yaml:1: [1].colour: "blue" is none of: green, red',
        "stalls.yaml:1: [1].rent: a whole number is needed here",
        "stalls.yaml:2: [2].size: no such field; there are: code, colour, rent",
        "stalls.yaml:2: [2]: code is missing",
        "stalls.yaml:2: [2]: colour is missing",
        "stalls.yaml:2: [2]: rent is missing",
    ]


def test_a_section_adds_to_people_and_looks_at_them_beside_its_own(folder: Path) -> None:
    people = folder / "people.yaml"
    before = people.read_text()
    append(people, "- {key: zoe, name: Zoe, phones: ['+250788000399'], language: en, stall: S1}\n")
    zoe = read(folder).of(PEOPLE)[-1]
    assert zoe.all_roles == ("holder",)
    people.write_text(before)
    append(people, "- {key: zoe, name: Zoe, phones: ['+250788000399'], language: en, stall: S9}\n")
    (fault,) = faults(folder)
    assert fault.endswith(".stall: there is no stall with this code")


def test_tables_are_for_the_operations_and_limits_that_sections_bring(folder: Path) -> None:
    table = "- {operation: rent, kind: limit, valid_from: 2026-01-01, approved_by: Board, %s: 5}\n"
    tariffs = folder / "tariffs.yaml"
    before = tariffs.read_text()
    append(tariffs, table % "week_maximum")
    assert read(folder).of(TARIFFS)[-1].body == {"week_maximum_minor": 5}
    tariffs.write_text(before)
    append(tariffs, table % "float_low")
    (fault,) = faults(folder)
    assert fault.endswith("rent has no such limit; there are: maximum, week_maximum")


def test_without_the_section_its_file_is_a_stranger(folder: Path) -> None:
    with pytest.raises(FolderFaults) as wrong:
        read_manifest(folder, rules(demo=True), DOMAINS.sections)
    assert "not a file of a tenant" in str(wrong.value.faults[0])


def test_a_plan_is_what_is_then_written(folder: Path, database: DatabaseUrls) -> None:
    core = Core(database.database_url)
    manifest = read(folder)
    planned = plan(core, KEYS, manifest, rules(demo=True))
    with core.transaction(None) as tx:
        assert tx.one("SELECT find_tenant('ibimina')") == (None,)
    applied = apply(core, KEYS, manifest, rules(demo=True))
    assert applied.changes["stalls added"] == 1
    assert applied.changes.total() == len(planned)
    assert [change.kind for change in planned if change.name == "S1"] == ["stalls added"]
    with core.transaction(manifest.id) as tx:
        assert tx.one("SELECT paused_notice FROM tenant") == ({"S1": "red"},)
    core.close()


def test_an_amount_that_a_folder_may_name_can_be_posted() -> None:
    assert values.AMOUNT_MAXIMUM_MINOR == ledger.AMOUNT_MAXIMUM_MINOR
