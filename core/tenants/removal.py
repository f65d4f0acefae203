"""Removing a tenant with all that belongs to it: for a demo that begins again."""

from graphlib import TopologicalSorter

from core.db.database import Tx

_TABLES = (
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
    " AND NOT c.relispartition AND a.attname = 'tenant_id'"
)
_POINTS_TO = (
    "SELECT DISTINCT f.relname, t.relname FROM pg_constraint k"
    " JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid"
    " WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND f.oid <> t.oid"
    " AND NOT f.relispartition AND NOT t.relispartition"
)


def remove_tenant(tx: Tx) -> None:
    """Delete every row of the transaction's tenant, its ledger included. Only the schema's owner
    may; nobody else's rows can be reached."""
    tables = {name for (name,) in tx.all(_TABLES)}
    order: TopologicalSorter[str] = TopologicalSorter({name: set() for name in tables})
    for pointing, pointed_to in tx.all(_POINTS_TO):
        if pointed_to in tables:
            order.add(pointed_to, pointing)  # what points at it goes first
    for name in order.static_order():
        tx.execute(f'DELETE FROM "{name}" WHERE tenant_id = current_tenant()')
    tx.execute("DELETE FROM tenant WHERE id = current_tenant()")
