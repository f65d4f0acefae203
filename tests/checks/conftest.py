from tests.support.tenant_fixtures import (
    database,
    doors,
    fixed_time,
    guarded,
    house,
    refreshing,
    town,
    town_copy,
)

__all__ = [
    "database",
    "doors",
    "fixed_time",
    "guarded",
    "house",
    "refreshing",
    "town",
    "town_copy",
]
