"""What is counted: labels are few."""

import pytest

from core.metrics import series
from core.metrics.figures import Figure, family_of
from values.ids import uuid7


def test_only_so_many_tenants_have_a_label_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series, "_labelled", set())
    slugs = [f"tenant{number}" for number in range(series.TENANTS_MAXIMUM + 5)]
    labels = [series.tenant_label(slug) for slug in slugs]
    assert labels[: series.TENANTS_MAXIMUM] == slugs[: series.TENANTS_MAXIMUM]
    assert set(labels[series.TENANTS_MAXIMUM :]) == {series.OTHERS}
    assert series.tenant_label(slugs[3]) == slugs[3]


def test_a_figure_shows_slugs_and_leaves_out_tenants_without_a_label() -> None:
    known, other = uuid7(), uuid7()
    figure = Figure("piga_things", "Things.", ("tenant", "kind"), "")
    family = family_of(figure, [(known, "red", 3), (other, "red", 4)], {known: "ibimina"})
    assert [(sample.labels, sample.value) for sample in family.samples] == [
        ({"tenant": "ibimina", "kind": "red"}, 3.0)
    ]
