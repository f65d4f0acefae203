"""docs/reference/console.md: who may do what in the console, made from the pages' permissions."""

from collections.abc import Iterator

from app import domains
from core.staff.roles import ROLES, SUPER_ADMIN, Permission

_HEAD = """\
# The console: who may do what

A role is given within a scope: the whole business, or an organisation, a region or a station of it.
A page that cannot keep to a scope is closed to who has its permission in that scope alone.

| role | | given within |
| --- | --- | --- |"""


def lines() -> Iterator[str]:
    """The page's lines."""
    from app.console.application import load_pages

    pages = load_pages(domains.load().pages)
    yield _HEAD
    for role in ROLES.values():
        yield f"| `{role.name}` | {role.sentence} | {', '.join(role.scopes)} |"
    yield from ("", "## Permissions", "")
    yield f"A `{SUPER_ADMIN}` has all of them."
    yield from ("", "| permission | who has it may | | roles |", "| --- | --- | --- | --- |")
    found: dict[str, Permission] = {}
    for page in pages:
        found.update({each.name: each for each in page.permissions})
    for name, each in sorted(found.items()):
        roles = "everybody" if {*each.roles} == {*ROLES} else ", ".join(each.roles) or "–"
        yield f"| `{name}` | {each.sentence} | {'changes' if each.changes else 'reads'} | {roles} |"
    yield from (
        "",
        "## Pages",
        "",
        "| address | | permission | scopes |",
        "| --- | --- | --- | --- |",
    )
    for page in sorted(pages, key=lambda page: page.name):
        for route in page.routes:
            path = f"/console/{page.name}{route.path}".removesuffix("/home")
            scopes = "any" if len(route.scopes) == 4 else ", ".join(route.scopes)
            may = route.permission.name
            yield f"| `{route.method} {path}` | {page.title} | `{may}` | {scopes} |"
