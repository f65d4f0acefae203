"""Reading a menu tree from YAML or JSON, saying everything that is wrong with it and where.

text: {en: "Ibimina", rw: "Ibimina"}
roles: [member, committee]              # those that nodes may name
when_paused: {en: "Back at 6."}         # optional, inherited
menu:
  - {key: 1, id: save, text: {en: "Save", rw: "Zigama"}, flow: contribute, word: PAY}
  - key: 2
    id: group
    text: {en: "My group", rw: "Itsinda ryanjye"}
    title: {en: "My group:", rw: "Itsinda ryanjye:"}      # optional heading
    roles: [member]                                       # optional
    menu:
      - {key: 1, id: meeting, text: {en: "Next meeting"}, info: {en: "Friday, 2 p.m."}}
"""

import re
from typing import Any, Final

import yaml

from menus.chat_words import is_taken
from menus.keys import BACK, HOME, MORE
from menus.languages import LANGUAGES
from menus.limits import KEY_MAX, KEY_MIN, OPTIONS_UNPAGED_MAX, TREE_DEPTH_MAX, TREE_NODES_MAX
from menus.texts import Local
from menus.tree import PATH_SEPARATOR, ROOT, Node, Tree
from values.problems import Problem

_KINDS: Final = ("menu", "flow", "info")
_ROOT_FIELDS: Final = frozenset({"text", "title", "roles", "when_paused", "paged", "menu"})
_NODE_FIELDS: Final = _ROOT_FIELDS | {"key", "id", "flow", "info", "word"}
_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{1,11}")
EVERY_LANGUAGE: Final = ""
_RESERVED: Final = {BACK: "Back", HOME: "Home", MORE: "More"}
_BLANK: Final = Local({"en": "?"})


class BadTree(ValueError):
    """The data is no menu tree. `problems` says all that is wrong, each with its path."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.place}: {problem.what}" for problem in problems))
        self.problems: Final = problems


def read_yaml(text: str) -> Tree:
    """The tree of a YAML text. Raises BadTree."""
    try:
        # _Loader is a SafeLoader: it makes plain data only.
        data = yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.YAMLError as error:
        raise BadTree([_problem(ROOT, f"is no YAML: {_one_line(error)}")]) from None
    return read_tree(data)


def read_tree(data: object) -> Tree:
    """The tree of plain data, as `Tree.to_data` gives it. Raises BadTree."""
    reader = _Reader()
    tree = reader.tree(data)
    if reader.problems:
        raise BadTree(reader.problems)
    return tree


def dialled_to(code: str, data: object, flow: str) -> str | None:
    """What is dialled to come to a flow at once, where everybody sees it in the tree of that code:
    *384*10*8*5#. None where it is not there. Raises BadTree."""
    tree = read_tree(data)
    for node in tree.root.walk():
        if node.flow == flow and tree.allows(node.path, ()):
            above = [str(each.key) for each in tree.ancestors(node.path) if each.path]
            return "*".join((code.removesuffix("#"), *reversed(above), str(node.key))) + "#"
    return None


def place_of(path: str) -> str:
    return path or "main menu"


class _Reader:
    """Walks the data once and goes on after a fault, so that all are found at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._roles: frozenset[str] = frozenset()
        self._nodes = 0

    def tree(self, data: object) -> Tree:
        if not isinstance(data, dict):
            self._fault(ROOT, "is to be a mapping with text and menu")
            return Tree(Node(ROOT, 0, _BLANK))
        self._fields(ROOT, data, _ROOT_FIELDS)
        self._roles = self._names(ROOT, data.get("roles", []))
        root = Node(
            path=ROOT,
            key=0,
            text=self._words(ROOT, data, "text") or _BLANK,
            title=self._words(ROOT, data, "title", optional=True),
            items=self._items(ROOT, data.get("menu"), 1),
            when_paused=self._words(ROOT, data, "when_paused", optional=True),
            paged=self._paged(ROOT, data),
        )
        tree = Tree(root, self._roles)
        self._words_twice(root)
        if not self.problems:
            self._empty_for_someone(tree)
        return tree

    def _items(self, path: str, data: object, depth: int) -> tuple[Node, ...]:
        if not isinstance(data, list) or not data:
            self._fault(path, "a menu needs a list of items")
            return ()
        if depth > TREE_DEPTH_MAX:
            self._fault(path, f"is deeper than {TREE_DEPTH_MAX} keys")
            return ()
        items = []
        for position, item in enumerate(data, start=1):
            self._nodes += 1
            if self._nodes > TREE_NODES_MAX:
                self._fault(path, f"the tree has more than {TREE_NODES_MAX} nodes")
                break
            items.append(self._node(path, position, item, depth))
        self._twice(path, "key", [item.key for item in items if item.key])
        self._twice(path, "id", [item.id for item in items if not item.id.startswith("#")])
        return tuple(items)

    def _node(self, parent: str, position: int, data: object, depth: int) -> Node:
        unnamed = PATH_SEPARATOR.join(filter(None, (parent, f"#{position}")))
        if not isinstance(data, dict):
            self._fault(unnamed, "is to be a mapping with key, id and text")
            return Node(unnamed, 0, _BLANK)
        name = data.get("id")
        if isinstance(name, str) and _ID.fullmatch(name):
            path = PATH_SEPARATOR.join(filter(None, (parent, name)))
        else:
            path = unnamed
            self._fault(path, "needs an id of small letters, digits and _, a letter first")
        self._fields(path, data, _NODE_FIELDS)
        kinds = [kind for kind in _KINDS if kind in data]
        if len(kinds) != 1:
            self._fault(path, "is to have exactly one of menu, flow and info")
        kind = kinds[0] if len(kinds) == 1 else ""
        roles = self._names(path, data.get("roles", []))
        if "roles" in data and not roles:
            self._fault(path, "is for no role: nobody can reach it")
        for role in sorted(roles - self._roles):
            self._fault(path, f"names the role {role!r}, which the tree does not declare")
        return Node(
            path=path,
            key=self._key(path, data.get("key")),
            text=self._words(path, data, "text") or _BLANK,
            title=self._words(path, data, "title", optional=True),
            items=self._items(path, data["menu"], depth + 1) if kind == "menu" else (),
            flow=self._flow(path, data["flow"]) if kind == "flow" else None,
            info=self._words(path, data, "info") if kind == "info" else None,
            roles=roles,
            when_paused=self._words(path, data, "when_paused", optional=True),
            paged=self._paged(path, data),
            words=self._commands(path, data.get("word")),
        )

    def _key(self, path: str, key: object) -> int:
        reserved = _RESERVED.get(str(key)) if isinstance(key, int | str) else None
        if reserved:
            self._fault(path, f"key {key} is {reserved} everywhere")
        elif type(key) is not int or not KEY_MIN <= key <= KEY_MAX:
            self._fault(path, f"needs a key from {KEY_MIN} to {KEY_MAX}, a number without quotes")
        else:
            return key
        return 0

    def _flow(self, path: str, name: object) -> str:
        if isinstance(name, str) and _ID.fullmatch(name):
            return name
        self._fault(path, "flow is to be a flow's name")
        return ""

    def _commands(self, path: str, data: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The words that open a node in a chat: one, several, or either by language."""
        if data is None:
            return ()
        found = []
        for language, words in (data if isinstance(data, dict) else {EVERY_LANGUAGE: data}).items():
            listed = words if isinstance(words, list) else [words]
            sound = [
                each.upper() for each in listed if isinstance(each, str) and _WORD.fullmatch(each)
            ]
            if language not in (EVERY_LANGUAGE, *LANGUAGES):
                self._fault(path, f"word has words in {language!r}, not a language of Piga")
            elif not sound or len(sound) < len(listed):
                self._fault(path, "word is to be letters and digits, 2 to 12, a letter first")
            else:
                found.append((str(language), tuple(sound)))
        return tuple(found)

    def _words_twice(self, root: Node) -> None:
        """A word opens one thing for everybody, and is none that means something already."""
        opens: dict[str, str] = {}
        for node in root.walk():
            for word in dict.fromkeys(word for _, words in node.words for word in words):
                if is_taken(word):
                    self._fault(node.path, f"takes the word {word}, which means something already")
                if opens.setdefault(word, node.path) != node.path:
                    what = f"takes the word {word}, which opens {place_of(opens[word])}"
                    self._fault(node.path, what)

    def _paged(self, path: str, data: dict[Any, Any]) -> bool:
        paged, items = data.get("paged", False), data.get("menu")
        if not isinstance(paged, bool):
            self._fault(path, "paged is to be true or false")
        if isinstance(items, list) and len(items) > OPTIONS_UNPAGED_MAX and paged is not True:
            self._fault(path, f"has more than {OPTIONS_UNPAGED_MAX} options: say paged: true")
        return paged is True

    def _words(
        self, path: str, data: dict[Any, Any], name: str, *, optional: bool = False
    ) -> Local | None:
        words = data.get(name)
        if words is None and optional:
            return None
        if not isinstance(words, dict) or not words:
            self._fault(path, f"{name} is to be words in each language, like {{en: Save}}")
            return None
        sound = {}
        for language, said in words.items():
            if language not in LANGUAGES:
                self._fault(path, f"{name} has words in {language!r}, not a language of Piga")
            elif not isinstance(said, str) or not said.strip():
                self._fault(path, f"{name} in {language!r} is to be words: put them in quotes")
            else:
                sound[language] = said
        return Local(sound) if sound else None

    def _names(self, path: str, names: object) -> frozenset[str]:
        if isinstance(names, list) and all(
            isinstance(name, str) and _ID.fullmatch(name) for name in names
        ):
            return frozenset(names)
        self._fault(path, "roles is to be a list of role names")
        return frozenset()

    def _fields(self, path: str, data: dict[Any, Any], known: frozenset[str]) -> None:
        for name in data:
            if name not in known:
                self._fault(path, f"has the unknown field {name!r}")

    def _twice(self, path: str, what: str, values: list[Any]) -> None:
        for value in sorted({value for value in values if values.count(value) > 1}):
            self._fault(path, f"has the {what} {value} twice")

    def _empty_for_someone(self, tree: Tree) -> None:
        for roles in ((), *((role,) for role in sorted(tree.roles))):
            for node in tree.root.walk():
                if not node.is_menu or not tree.allows(node.path, roles):
                    continue
                if not any(item.is_for(roles) for item in node.items):
                    who = f"the role {roles[0]!r}" if roles else "a person without a role"
                    self._fault(node.path, f"is an empty menu for {who}")

    def _fault(self, path: str, what: str) -> None:
        self.problems.append(_problem(path, what))


class _Loader(yaml.SafeLoader):
    """YAML's plain data, refusing a mapping that names a field twice (YAML keeps the last)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = []
        for key, _value in node.value:
            name = self.construct_object(key, deep=True)
            if name in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the field {name!r} stands twice", key.start_mark
                )
            seen.append(name)
        return super().construct_mapping(node, deep)


def _one_line(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return "it cannot be read"


def _problem(path: str, what: str) -> Problem:
    return Problem("menus", place_of(path), what)
