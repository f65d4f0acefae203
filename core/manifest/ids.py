"""Ids made of what things are called in a folder, so that applying it again finds the same rows."""

import uuid

NAMESPACE = uuid.UUID("5b0a3f0e-1c55-4f0c-9d0e-7069676100fe")


def tenant_id_of(slug: str) -> uuid.UUID:
    """The id of the tenant with that slug."""
    return uuid.uuid5(NAMESPACE, slug)


def id_of(tenant_id: uuid.UUID, kind: str, *names: str) -> uuid.UUID:
    """The id of a thing of that kind by its name: a group's code, a person's key."""
    return uuid.uuid5(tenant_id, "/".join((kind, *names)))
