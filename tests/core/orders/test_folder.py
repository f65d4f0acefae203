"""products.yaml and prices.yaml: read with file and line, applied once, published when changed."""

import shutil
from pathlib import Path

import pytest

from app.operations.tenant_folder import read_folder
from app.settings import CHECKOUT
from core.manifest.faults import FolderFaults
from core.orders.manifest import PRODUCTS
from core.pricing.rules import Stage

DEMO = CHECKOUT / "fixtures" / "tenants" / "trade"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO, tmp_path / "trade"))


def faults(folder: Path) -> list[str]:
    with pytest.raises(FolderFaults) as wrong:
        read_folder(folder, demo=True)
    return [str(fault) for fault in wrong.value.faults]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("approved_by: The", "# approved_by: The", "prices.yaml:4: who approved"),
        ("percent: 16}", "percent: 16, price: 5}", "prices.yaml:7: rules[1]: a rule says one"),
        ("percent: 16}", "percent: 1e999999}", "prices.yaml:7: rules[1].percent: a number with"),
        ("percent: 16}", "percent: 1001}", "prices.yaml:7: rules[1].percent: the number is too"),
        ("percent: 16}", "percent: 1.234}", "prices.yaml:7: rules[1].percent: a number with"),
        ("percent: 16}", "percent: 101}", "prices.yaml:7: rules[1]: a tax is from 0 to 100"),
        ("stage: tax, percent", "stage: duty, percent", 'prices.yaml:7: rules[1].stage: "duty"'),
        ("groups: [wholesale]", "customers: [nobody]", "prices.yaml:9: rules[3].customers[1]:"),
        ("products: [WATER]", "products: [WINE]", "prices.yaml:18: rules[6]: there is no product"),
        ("SOAP: 1,", "SOAP: none,", "prices.yaml:24: rules[7].bundle.parts.SOAP: a whole number"),
        ("{minimum: 50,", "{minimum: 5,", "prices.yaml:11: rules[5]: each tier begins above"),
        ("id: coast,", "id: vat,", "prices.yaml:10: rules[4]: this rule stands here twice"),
        ("code: KARIBU", "hours: 6-12", "prices.yaml:27: rules[8].hours: hours such as"),
    ],
)
def test_a_rule_that_is_wrong_has_its_line(folder: Path, old: str, new: str, fault: str) -> None:
    text = (folder / "prices.yaml").read_text()
    assert old in text
    (folder / "prices.yaml").write_text(text.replace(old, new, 1))
    told = faults(folder)
    assert any(one.startswith(fault) for one in told), told


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("code: OIL5", "code: OIL1", "products.yaml:9: [2].code: this code stands here twice"),
        ("floor: 4800.00", "floor: 5200.01", "[2].floor: the floor is above the list price"),
        ("price: 3360.00", "price: 3360.005", "[1].price: a number with at most 2 decimals"),
        ("price: 3360.00", "price: -1", "[1].price: the number is below zero"),
        ("category: drinks", "category: Soft drinks!", "a key of small letters"),
    ],
)
def test_a_product_that_is_wrong_has_its_line(folder: Path, old: str, new: str, fault: str) -> None:
    text = (folder / "products.yaml").read_text()
    assert old in text
    (folder / "products.yaml").write_text(text.replace(old, new, 1))
    told = faults(folder)
    assert any(fault in one and one.startswith("products.yaml:") for one in told), told


def test_what_is_not_sold_keeps_its_rules_and_has_no_list_price(folder: Path) -> None:
    text = (folder / "products.yaml").read_text()
    (folder / "products.yaml").write_text(
        text.replace("price: 3360.00", "price: 3360.00\n  sold: false", 1)
    )
    products = {one.code: one for one in read_folder(folder, demo=True).of(PRODUCTS)}
    assert Stage.LIST not in [rule.stage for rule in products["OIL1"].rules()]
    assert Stage.LIST in [rule.stage for rule in products["OIL5"].rules()]


def test_two_rules_that_contradict_each_other_are_refused(folder: Path) -> None:
    with (folder / "prices.yaml").open("a") as file:
        file.write("  - {id: dealers, stage: customer, groups: [wholesale], percent: -4}\n")
    [told] = faults(folder)
    assert told.endswith(
        "rules[3]: these two contradict each other: give one more priority (dealers)"
    )
