"""rates.yaml: its margins follow the folder, and those that two officers published stay."""

import uuid
from decimal import Decimal

from core.rates import margins
from core.rates.quotes import Pair
from tests.core.manifest.conftest import Folder

RATES = """
sources: [USD]
destinations: [NGN]
providers: [flutterwave_rates]
margins:
  - {source: USD, destination: NGN, valid_from: 2026-01-01, percent: "1.5"}
"""


def percents(folder: Folder) -> list[tuple[Decimal, bool]]:
    with folder.core.transaction(folder.tenant_id) as tx:
        found = margins.listed(tx, Pair("USD", "NGN"))
    return [(one.percent, one.is_published) for one in found]


def test_a_published_margin_stands_in_the_place_of_the_folders(folder: Folder) -> None:
    (folder.path / "rates.yaml").write_text(RATES)
    folder.apply()
    assert percents(folder) == [(Decimal("1.5"), False)]
    with folder.core.transaction(folder.tenant_id) as tx:
        tx.execute("UPDATE rate_margin SET percent = 2, request_id = %s", (uuid.uuid4(),))
        tx.execute(
            "INSERT INTO rate_margin VALUES"
            " (current_tenant(), 'USD', 'NGN', '2026-02-01', 0, 3, gen_random_uuid())"
        )
    assert not folder.apply().changes
    assert percents(folder) == [(Decimal(3), True), (Decimal(2), True)]
    folder.replace("rates.yaml", '"1.5"', '"1"')
    assert not folder.apply().changes
    folder.replace("rates.yaml", "2026-01-01", "2026-03-01")
    folder.apply()
    assert percents(folder) == [(Decimal(1), False), (Decimal(3), True), (Decimal(2), True)]
