"""A person's name in a folder may be as long as one that is typed."""

import shutil
from pathlib import Path

from app.operations.tenant_folder import read_folder
from app.settings import CHECKOUT
from core.people.manifest import PEOPLE

NAME = "Andriantsimitoviaminandriandrazaka Rakotomanga J"  # 48 letters and spaces


def test_a_name_of_48_letters_is_taken(tmp_path: Path) -> None:
    folder = shutil.copytree(CHECKOUT / "fixtures" / "tenants" / "moto", tmp_path / "moto")
    people = Path(folder) / "people.yaml"
    added = f'- {{key: ony, name: {NAME}, phones: ["+250788000299"], language: fr}}\n'
    people.write_text(people.read_text() + added)
    plan = read_folder(Path(folder), demo=True)
    assert plan.of(PEOPLE)[-1].name == NAME
