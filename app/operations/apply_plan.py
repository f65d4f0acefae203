"""What applying a tenant's folder would do to what is there, for somebody to agree to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.demo.people import is_demo_folder
from app.operations.servers import Core
from app.operations.tenant_folder import rules
from core.manifest.apply import plan
from core.manifest.changes import Change
from core.manifest.mark import is_marked
from core.manifest.section import Manifest

NAMES_SHOWN = 6
# What ends something that people use stands first.
VERBS = ("closed", "removed", "changed", "opened", "added")


@dataclass(frozen=True, slots=True)
class Comparison:
    """A folder beside the database. `tenant` is the name of the tenant that is there already, ""
    for a new one; `is_ours` says whether the folder may change it: it carries its mark, or it is
    the demo's own."""

    slug: str
    changes: Sequence[Change]
    tenant: str
    is_ours: bool

    def lines(self) -> Iterator[str]:
        """The plan, a line for each kind of change."""
        if not self.tenant:
            yield f"{self.slug} is new here. Applying this folder would make it:"
        else:
            yield f"{self.slug} ({self.tenant}) is here. Applying this folder would change it:"
        kinds: dict[tuple[str, str], list[str]] = {}
        for change in self.changes:
            kinds.setdefault((change.verb, change.what), []).append(change.name)
        for (verb, what), names in sorted(kinds.items(), key=_urgency):
            yield f"  {verb:8} {what:17} {len(names):>6}  {_shown(names)}"


def compare(
    core: Core, manifest: Manifest, folder: Path, *, may_renumber: bool = False
) -> Comparison:
    """Compare, and write nothing. Raises FolderFaults for what the database says cannot be."""
    demo = core.settings.demo
    changes = plan(core.database, core.keys, manifest, rules(demo=demo), may_renumber=may_renumber)
    with core.database.transaction(manifest.id) as tx:
        row = tx.one("SELECT name FROM tenant WHERE id = current_tenant()")
    is_ours = is_marked(folder, core.keys, manifest.id) or (demo and is_demo_folder(folder))
    return Comparison(manifest.slug, changes, str(row[0]) if row else "", is_ours)


def _urgency(kind: tuple[tuple[str, str], Iterable[str]]) -> tuple[int, str]:
    verb, what = kind[0]
    return VERBS.index(verb), what


def _shown(names: Sequence[str]) -> str:
    shown = ", ".join(dict.fromkeys(names[:NAMES_SHOWN]))
    more = len(names) - NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
