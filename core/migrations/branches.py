"""The branches of the schema: the core's revisions, and those that each domain brings.

A branch is a folder of Alembic revisions with a label of its own, which is its domain's name. Its
first revision depends on one of the core's, so that the tables it refers to are there.
"""

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError

HERE = Path(__file__).parent
CORE = HERE / "versions"
CORE_BRANCH = "core"

# What each branch is at: the branch's name, and its newest revision.
Versions = dict[str, str]


class BranchFault(Exception):
    """A folder of revisions cannot be one of the schema's branches; says which, and why."""


def config(branches: Sequence[Path] = ()) -> Config:
    """Alembic's configuration for the core's revisions and those in these folders.

    Raises BranchFault where a folder is missing, or its revisions are no branch of their own.
    """
    for folder in branches:
        if not folder.is_dir():
            raise BranchFault(f"{folder} is no folder of migrations.")
    made = Config()
    # A % begins a substitution in such a file's values.
    made.set_main_option("script_location", str(HERE).replace("%", "%%"))
    made.set_main_option("path_separator", "newline")
    folders = "\n".join(str(folder.absolute()) for folder in (CORE, *branches))
    made.set_main_option("version_locations", folders.replace("%", "%%"))
    _require_branches(made)
    return made


def scripts(made: Config) -> ScriptDirectory:
    """The revisions of every branch."""
    return ScriptDirectory.from_config(made)


def newest(made: Config) -> Versions:
    """Each branch's newest revision."""
    found = scripts(made)
    return _by_branch(found.get_revisions(found.get_heads()))


def reached(made: Config, heads: Iterable[str]) -> Versions:
    """The branches of a database whose `alembic_version` holds these revisions.

    Raises BranchFault for a revision that is in none of the folders.
    """
    found = scripts(made)
    heads = tuple(heads)
    for head in heads:
        try:
            found.get_revision(head)
        except CommandError:
            raise BranchFault(
                f"The database is at {head}, which is in no folder of migrations here: install the"
                " domain that it belongs to, or take it back with the release that has it."
            ) from None
    # Alembic leaves out what another revision depends on.
    return _by_branch(found.get_all_current(heads))


def branch_of(script: Script) -> str:
    """The name of the branch that a revision is in."""
    (label,) = script.branch_labels
    return label


def _by_branch(found: Iterable[Script]) -> Versions:
    return {branch_of(one): one.revision for one in sorted(found, key=_core_first)}


def _core_first(script: Script) -> tuple[bool, str]:
    branch = branch_of(script)
    return branch != CORE_BRANCH, branch


def _require_branches(made: Config) -> None:
    try:
        with warnings.catch_warnings():
            # Alembic only warns of a revision that is there twice.
            warnings.simplefilter("error", UserWarning)
            found = scripts(made)
            heads, bases = found.get_heads(), found.get_bases()
            for one in found.walk_revisions():
                if len(one.branch_labels) != 1:
                    raise BranchFault(
                        f"{one.path}: the first revision of a branch says its label, once:"
                        ' branch_labels = ("name",).'
                    )
    except KeyError as missing:
        raise BranchFault(f"The migrations do not fit together: no revision {missing}.") from None
    except (CommandError, RevisionError, UserWarning) as fault:
        raise BranchFault(f"The migrations do not fit together: {fault}.") from None
    if len(heads) != len(bases):
        names = ", ".join(sorted(heads))
        raise BranchFault(f"A branch of the migrations has two ends among {names}.")
    for base in found.get_revisions(bases):
        if branch_of(base) != CORE_BRANCH and not base.dependencies:
            raise BranchFault(
                f'{base.path}: the first revision of a branch says depends_on = "core_0001", or a'
                " later revision of the core whose tables it refers to."
            )
