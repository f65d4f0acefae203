"""fuel.yaml: margins of prices that are published stay as they are."""

import pytest

from tests.core.manifest.conftest import Folder

NEWER = """
  - valid_from: 2030-01-01
    approved_by: Management of 1 December 2029
    marketer: {premium: 0.9000}
    dealer: {premium: 0.4000}
    round_to: 0.01
"""


@pytest.fixture
def company(folder: Folder) -> Folder:
    """The demo's oil company."""
    return Folder(folder.path.parent / "fuel", folder.core, "fuel")


def test_the_margins_of_published_prices_do_not_change(company: Folder) -> None:
    company.apply()
    terms = "SELECT array_agg(terms ORDER BY valid_from) FROM fuel_tariff"
    before = company.one(terms)
    company.replace("fuel.yaml", "dealer: {premium: 0.3100,", "dealer: {premium: 0.3900,")
    [fault] = company.faults()
    assert "fuel.yaml" in fault
    assert "prices from 2026-01-01 00:00 on are published: write another table" in fault
    company.replace("fuel.yaml", "dealer: {premium: 0.3900,", "dealer: {premium: 0.3100,")
    assert company.one(terms) == before
    company.replace("fuel.yaml", "margins:\n", f"margins:{NEWER}")
    assert company.apply().changes == {"margins added": 1}
