"""How long a table keeps its rows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retention:
    """Rows of `table` that are older than `kept_days` are deleted in batches, by their `key`.

    `age` is the column of their age, after any further condition: "state = 'void' AND created_at".
    What has a `kind` a tenant may keep for less: its setting `keep_days` names the kind, and no
    fewer days than `least_days`.
    """

    table: str
    key: str
    age: str
    kept_days: int
    kind: str = ""
    least_days: int = 1
