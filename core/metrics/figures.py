"""Figures that are read from the rows when somebody asks for them, and kept by no process.

A domain brings its own. Each is one query over all tenants that an index answers, or that is of
few rows: it is asked every few seconds, and must cost nothing beside a turn.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from prometheus_client.core import GaugeMetricFamily

from core.db.database import Database, Deadline
from core.metrics.series import TENANTS_MAXIMUM

DEADLINE_S: Final = 5.0
# A label that is a tenant: the query answers its id, and what is shown is its slug.
TENANT: Final = "tenant"


@dataclass(frozen=True, slots=True)
class Figure:
    """A gauge: its name, what it says, its labels, and the query that answers a row of labels and
    a number for each of its series. The auditor asks, who reads the books and writes nothing."""

    name: str
    sentence: str
    labels: tuple[str, ...]
    query: str


def read(
    verify: Database, figures: Sequence[Figure], slugs: Mapping[uuid.UUID, str]
) -> list[GaugeMetricFamily]:
    """What these figures are now. Raises Unavailable."""
    families = []
    for figure in figures:
        with verify.transaction(None, Deadline(DEADLINE_S)) as tx:
            rows = tx.all(figure.query)
        families.append(family_of(figure, rows, slugs))
    return families


def slugs_of(verify: Database) -> dict[uuid.UUID, str]:
    """The tenants that have a label of their own: the oldest. Raises Unavailable."""
    with verify.transaction(None, Deadline(DEADLINE_S)) as tx:
        rows = tx.all(
            "SELECT id, slug FROM tenant ORDER BY created_at, id LIMIT %s", (TENANTS_MAXIMUM,)
        )
    return dict(rows)


def family_of(
    figure: Figure, rows: Iterable[Sequence[object]], slugs: Mapping[uuid.UUID, str]
) -> GaugeMetricFamily:
    """Rows as series. Tenants without a label of their own are left out: a sum over them would be
    another thing for each figure."""
    family = GaugeMetricFamily(figure.name, figure.sentence, labels=figure.labels)
    for *labels, value in rows:
        words = [
            slugs.get(label, "") if name == TENANT and isinstance(label, uuid.UUID) else str(label)
            for name, label in zip(figure.labels, labels, strict=True)
        ]
        if all(words):
            family.add_metric(words, float(str(value)))
    return family
