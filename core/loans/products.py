"""Loan products and provisioning tables that are in force."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.db.database import Tx
from core.loans.terms import Terms


@dataclass(frozen=True, slots=True)
class Product:
    """A kind of loan as a member may choose it now. `name` is the tenant's own word."""

    id: uuid.UUID
    key: str
    name: str
    terms: Terms


_IN_FORCE = (
    "SELECT DISTINCT ON (key) id, key, name, terms, valid_to FROM loan_product"
    " WHERE tenant_id = current_tenant() AND valid_from <= %(at)s"
    " ORDER BY key, valid_from DESC"
)


def in_force(tx: Tx, at: datetime) -> list[Product]:
    """The products that a loan may be had on at a time: of each the newest version; one that has
    ended is not had any more."""
    return [
        Product(id, key, name, Terms.from_data(terms))
        for id, key, name, terms, valid_to in tx.all(_IN_FORCE, {"at": at})
        if valid_to is None or valid_to > at
    ]


def get(tx: Tx, product_id: uuid.UUID, at: datetime) -> Product | None:
    """One of those that are in force."""
    return next((one for one in in_force(tx, at) if one.id == product_id), None)


@dataclass(frozen=True, slots=True)
class Band:
    """Arrears from so many days on, and which share of what is owed is set aside."""

    name: str
    from_days: int
    percent: Decimal


def provisioning(tx: Tx, at: datetime) -> list[Band]:
    """The bands in force at a time, by their days; empty where the tenant has none."""
    row = tx.one(
        "SELECT bands FROM loan_provisioning WHERE tenant_id = current_tenant()"
        " AND valid_from <= %s ORDER BY valid_from DESC LIMIT 1",
        (at,),
    )
    found = row[0] if row else []
    return [Band(one["name"], one["from_days"], Decimal(one["percent"])) for one in found]


def band_of(bands: list[Band], days_late: int) -> Band | None:
    """The band that so many days of arrears fall into."""
    return next((one for one in reversed(bands) if one.from_days <= days_late), None)
