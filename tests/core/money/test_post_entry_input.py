"""`post_entry` takes two plain lists of one length; whatever else it is given, the books agree."""

import uuid
from collections.abc import Iterator

import hypothesis.strategies as st
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings

from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, Tenant, new_tenant
from values.ids import uuid7

CALL = (
    "SELECT (post_entry(NULL, %(id)s, %(kind)s, 'x', %(key)s, %(hash)s, %(accounts)s::uuid[],"
    " %(amounts)s::bigint[], %(currency)s, NULL, %(detail)s, NULL)).was_new"
)
FULL = 1000


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


@pytest.fixture(scope="module")
def accounts(tenant: Tenant) -> list[uuid.UUID]:
    return sorted(tenant.wallet(FULL) for _ in range(3))


def array(values: list[object], lower: int = 1, *, nested: bool = False) -> str:
    """An array as Postgres reads it, with its first index said."""
    said = ["NULL" if value is None else str(value) for value in values]
    if nested:
        return (
            f"[{lower}:{lower + len(said) - 1}][1:1]={{{','.join(f'{{{one}}}' for one in said)}}}"
        )
    return f"[{lower}:{lower + len(said) - 1}]={{{','.join(said)}}}" if said else "{}"


def books_agree(tenant: Tenant, accounts: list[uuid.UUID]) -> bool:
    """Each balance is the sum of its lines, and entries sum to zero."""
    with tenant.tx() as tx:
        rows = tx.all(
            "SELECT a.balance_minor, (SELECT sum(amount_minor) FROM posting p"
            " WHERE p.tenant_id = a.tenant_id AND p.account_id = a.id)"
            " FROM account a WHERE a.tenant_id = current_tenant() AND a.id = ANY(%s)",
            (accounts,),
        )
        odd = tx.all(
            "SELECT entry_id FROM posting WHERE tenant_id = current_tenant()"
            " GROUP BY 1 HAVING sum(amount_minor) <> 0"
        )
    return all(balance == lines for balance, lines in rows) and not odd


def call(tenant: Tenant, accounts: str | None, amounts: str | None, **changed: object) -> bool:
    """Post an entry with these arrays. Raises psycopg.Error."""
    with tenant.tx() as tx:
        given = {"id": uuid7(), "kind": "x", "key": str(uuid7()), "hash": b"", "detail": "{}"}
        given |= {"accounts": accounts, "amounts": amounts, "currency": CURRENCY} | changed
        row = tx.one(CALL, given)
    assert row is not None
    return bool(row[0])


def test_two_plain_lists_are_posted(tenant: Tenant, accounts: list[uuid.UUID]) -> None:
    assert call(tenant, array([*accounts]), array([-10, 4, 6]))
    assert books_agree(tenant, accounts)


@pytest.mark.parametrize(
    ("lower", "nested", "amounts", "amounts_lower", "amounts_nested"),
    [
        (0, False, [-10, 10], 0, False),
        (0, False, [-10, 10], 1, False),
        (1, False, [-10, 10], 0, False),
        (2, False, [-10, 10], 2, False),
        (-1, False, [-10, 10], -1, False),
        (1, True, [-10, 10], 1, True),
        (1, True, [-10, 10], 1, False),
        (1, False, [-10, 10], 1, True),
        (1, False, [-10, None], 1, False),
        (1, False, [None, None], 1, False),
        (1, False, [-10, 5, 5], 1, False),
        (1, False, [-10], 1, False),
        (1, False, [], 1, False),
    ],
)
def test_odd_arrays_are_refused(
    tenant: Tenant,
    accounts: list[uuid.UUID],
    lower: int,
    nested: bool,
    amounts: list[object],
    amounts_lower: int,
    amounts_nested: bool,
) -> None:
    with pytest.raises(psycopg.Error) as refused:
        call(
            tenant,
            array([*accounts[:2]], lower, nested=nested),
            array(amounts, amounts_lower, nested=amounts_nested),
        )
    assert refused.value.sqlstate == "PG005"
    assert books_agree(tenant, accounts)


@pytest.mark.parametrize("absent", ["id", "kind", "key", "hash", "currency", "detail"])
def test_null_is_refused(tenant: Tenant, accounts: list[uuid.UUID], absent: str) -> None:
    before = tenant.count("entry")
    with pytest.raises(psycopg.Error):
        call(tenant, array([*accounts[:2]]), array([-10, 10]), **{absent: None})
    assert tenant.count("entry") == before


def test_null_arrays_and_accounts_are_refused(tenant: Tenant, accounts: list[uuid.UUID]) -> None:
    good = array([*accounts[:2]]), array([-10, 10])
    for odd in (
        (None, good[1]),
        (good[0], None),
        (None, None),
        (array([accounts[0], None]), good[1]),
        (array([None, accounts[1]]), good[1]),
        (array([None, None]), good[1]),
    ):
        with pytest.raises(psycopg.Error) as refused:
            call(tenant, *odd)
        assert refused.value.sqlstate == "PG005"
    assert books_agree(tenant, accounts)


shapes = st.tuples(st.integers(-1, 2), st.booleans())
places = st.one_of(st.none(), st.integers(0, 2))
amounts = st.one_of(st.none(), st.sampled_from([-7, -1, 0, 1, 7, 2**63 - 1, -(2**63)]))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.none() | st.lists(places, max_size=4),
    shapes,
    st.none() | st.lists(amounts, max_size=4),
    shapes,
    st.sampled_from([CURRENCY, "KES", None]),
)
def test_whatever_is_given_the_books_agree(
    tenant: Tenant,
    accounts: list[uuid.UUID],
    whose: list[int | None] | None,
    shape: tuple[int, bool],
    how_much: list[int | None] | None,
    other_shape: tuple[int, bool],
    currency: str | None,
) -> None:
    chosen: list[object] | None = None
    if whose is not None:
        chosen = [None if place is None else accounts[place] for place in whose]
    said = None if chosen is None else array(chosen, shape[0], nested=shape[1])
    sums = None if how_much is None else array([*how_much], other_shape[0], nested=other_shape[1])
    try:
        call(tenant, said, sums, currency=currency)
    except psycopg.Error:
        posted = False
    else:
        posted = True
    # Only what is right in every way is posted.
    assert posted == (
        shape == (1, False)
        and other_shape == (1, False)
        and currency == CURRENCY
        and bool(whose)
        and whose is not None
        and how_much is not None
        and None not in whose
        and None not in how_much
        and len(whose) == len(how_much)
        and [*whose] == sorted({n for n in whose if n is not None})
        and 0 not in how_much
        and sum(amount or 0 for amount in how_much) == 0
        and max(abs(amount or 0) for amount in how_much) <= 7
    )
    assert books_agree(tenant, accounts)
