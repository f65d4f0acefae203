"""Writing a domain of one's own: a package that runs, is checked, and has tests."""

import importlib.util
import keyword
import re
from pathlib import Path

from app import domains
from app.errors import OperatorError

FILES = Path(__file__).parent / "new_domain_files"
ENDING = ".in"
# A revision's name begins with it, and Alembic keeps 32 characters of that.
NAME = re.compile(r"[a-z][a-z0-9_]{1,23}")


def write_domain(name: str, into: Path) -> list[Path]:
    """Write the package `into/name`; its files, in order of their names.

    Raises OperatorError, and writes nothing, for a name that Python, a package or another domain
    has, and for a folder that is there already.
    """
    _require_free(name)
    folder = into / name
    if folder.exists():
        raise OperatorError(f"{folder} is there already.")
    written = []
    for template in sorted(FILES.rglob(f"*{ENDING}")):
        place = _filled(str(template.relative_to(FILES)), name).removesuffix(ENDING)
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(template.read_text(encoding="utf-8"), name), encoding="utf-8")
        written.append(path)
    return written


def _require_free(name: str) -> None:
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        raise OperatorError(
            "A domain's name has 2 to 24 letters a to z, digits and underscores, begins with a"
            " letter, and is no word of Python's."
        )
    loaded = domains.load()
    if name in {domain.name for domain in loaded.all} | loaded.flows.keys():
        raise OperatorError(f"There is a domain or a flow {name} already.")
    if importlib.util.find_spec(name) is not None:
        raise OperatorError(f"There is a package {name} already: import it, and Python finds that.")


def _filled(text: str, name: str) -> str:
    words = "".join(word.capitalize() for word in name.split("_"))
    return text.replace("@name@", name).replace("@Name@", words)
