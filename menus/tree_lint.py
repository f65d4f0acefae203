"""What is wrong with a tree among the things around it: flows, languages, roles, its past."""

from collections.abc import Collection, Iterator

from menus.texts import Local
from menus.tree import Node, Tree
from menus.tree_reading import BadTree, place_of, read_tree
from values.problems import Problem


def lint(
    tree: Tree,
    flow_names: Collection[str],
    languages: Collection[str],
    roles: Collection[str] | None = None,
) -> list[Problem]:
    """Unknown flows and roles, missing languages, labels that read the same, bad shape.

    `languages` are those that the tenant serves; `roles`, where given, those that people can have.
    """
    found = shape(tree)
    for role in sorted(tree.roles.difference(roles) if roles is not None else ()):
        found.append(Problem("menus", "main menu", f"nobody can have the role {role!r}"))
    for node in tree.root.walk():
        if node.flow is not None and node.flow not in flow_names:
            found.append(Problem("menus", place_of(node.path), f"there is no flow {node.flow!r}"))
        found += _missing(node, languages)
        found += _same_labels(node, languages)
    return found


def renumbered(old: Tree, new: Tree) -> list[Problem]:
    """Keys and words that changed their meaning between two trees: people know them by heart."""
    found = []
    for node in old.root.walk():
        if not node.is_menu or new.nearest(node.path).path != node.path:
            continue
        keys = {item.key: item.id for item in node.items}
        ids = {item.id: item.key for item in node.items}
        for item in new.node(node.path).items:
            place = place_of(item.path)
            if ids.get(item.id, item.key) != item.key:
                what = f"had the key {ids[item.id]} and now has {item.key}"
                found.append(Problem("menus", place, what))
            elif keys.get(item.key, item.id) != item.id:
                what = f"takes the key {item.key}, which was {keys[item.key]!r}"
                found.append(Problem("menus", place, what))
    for node in old.root.walk():
        for word in {word for _, words in node.words for word in words}:
            opens = new.opened_by(word)
            if opens is not None and opens.path != node.path:
                what = f"takes the word {word}, which opened {place_of(node.path)}"
                found.append(Problem("menus", place_of(opens.path), what))
    return found


def shape(tree: Tree) -> list[Problem]:
    """What `read_tree` would refuse in a tree that was put together by hand."""
    try:
        read_tree(tree.to_data())
    except BadTree as error:
        return list(error.problems)
    return []


def words_of(node: Node) -> Iterator[tuple[str, Local]]:
    """What a node says, by the name of the key that says it."""
    yield "text", node.text
    for name, words in (
        ("title", node.title),
        ("info", node.info),
        ("when_paused", node.when_paused),
    ):
        if words is not None:
            yield name, words


def _missing(node: Node, languages: Collection[str]) -> Iterator[Problem]:
    for name, words in words_of(node):
        lacking = [language for language in languages if language not in words.to_data()]
        if lacking:
            what = f"{name} has no words in {', '.join(lacking)}"
            yield Problem("menus", place_of(node.path), what)


def _same_labels(node: Node, languages: Collection[str]) -> Iterator[Problem]:
    for language in languages:
        seen: dict[str, str] = {}
        for item in node.items:
            label = item.text.say(language).casefold()
            # Two forms of one option may stand under different roles.
            if label in seen and not item.roles:
                what = f"reads the same as {seen[label]!r} in {language}"
                yield Problem("menus", place_of(item.path), what)
            seen.setdefault(label, item.id)
