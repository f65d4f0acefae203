"""A tenant's menu tree as data: which menus there are, and where flows and notes hang in them.

A node is a menu, a flow (by name; this room knows no flow) or an info. It is found by its path, the
ids from the root joined by '/': keys and words may change under a conversation, ids do not.
`menus.tree_reading` makes a tree of YAML or JSON and says what is wrong with it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from menus.screens import Info, Json, Menu, Option
from menus.texts import Local

PATH_SEPARATOR: Final = "/"
ROOT: Final = ""


class NoSuchNode(LookupError):
    """The tree has no node at that path, or no longer."""


class NotAScreen(LookupError):
    """The node is a flow: what it shows is the flow's business."""


@dataclass(frozen=True, slots=True)
class Node:
    """One place in the tree. Exactly one of `items`, `flow` and `info` is filled.

    `key` is the number a person presses (0 for the root). `title` heads an opened menu where it is
    not the label. `roles` are those that see the node, any of them; none means everybody.
    `when_paused` is the notice while the node is paused; below it, it holds where none is given.
    `paged` says that more than nine options are meant to be. `words` open the node in a chat, in
    capitals: (language, its words), the language "" for those of all.
    """

    path: str
    key: int
    text: Local
    title: Local | None = None
    items: tuple["Node", ...] = ()
    flow: str | None = None
    info: Local | None = None
    roles: frozenset[str] = frozenset()
    when_paused: Local | None = None
    paged: bool = False
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def id(self) -> str:
        return self.path.rpartition(PATH_SEPARATOR)[2]

    @property
    def is_menu(self) -> bool:
        return self.flow is None and self.info is None

    def word_in(self, language: str) -> str:
        """The word that opens the node, as one language has it, or else any. Only of a node that
        has words."""
        by_language = dict(self.words)
        found = (
            by_language.get(language) or by_language.get("") or [*by_language.values(), ("",)][0]
        )
        return found[0]

    def is_for(self, roles: Collection[str]) -> bool:
        """True when a person with those roles sees the node."""
        return not self.roles or not self.roles.isdisjoint(roles)

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in the order of the tree."""
        yield self
        for item in self.items:
            yield from item.walk()


@dataclass(frozen=True, slots=True)
class Tree:
    """The whole tree. `roles` are those that its nodes may name."""

    root: Node
    roles: frozenset[str] = frozenset()
    _nodes: dict[str, Node] = field(init=False, compare=False, repr=False, default_factory=dict)
    _screens: dict[tuple[str, frozenset[str]], Menu] = field(
        init=False, compare=False, repr=False, default_factory=dict
    )
    _by_word: dict[str, Node] = field(init=False, compare=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._nodes.update((node.path, node) for node in self.root.walk())
        self._by_word.update(
            (word, node) for node in self.root.walk() for _, words in node.words for word in words
        )

    def node(self, path: str = ROOT) -> Node:
        """The node at a path ('' is the root). Raises NoSuchNode."""
        try:
            return self._nodes[path]
        except KeyError:
            raise NoSuchNode(path) from None

    def by_word(self, word: str, roles: Collection[str]) -> Node | None:
        """The node that a word opens for a person with those roles, in capitals or not; None where
        it opens none."""
        node = self.opened_by(word)
        return node if node is not None and self.allows(node.path, roles) else None

    def opened_by(self, word: str) -> Node | None:
        """The node that a word opens for anybody."""
        return self._by_word.get(word.upper())

    def with_words(self, roles: Collection[str]) -> Iterator[Node]:
        """The nodes that a word opens for a person with those roles, in the order of the tree."""
        for node in self.root.walk():
            if node.words and self.allows(node.path, roles):
                yield node

    def nearest(self, path: str) -> Node:
        """The node at the path, or the nearest one above it that still exists."""
        while path not in self._nodes and path:
            path = path.rpartition(PATH_SEPARATOR)[0]
        return self._nodes[path]

    def allows(self, path: str, roles: Collection[str]) -> bool:
        """True when a person with those roles may be at that path: every node on the way is theirs.

        Raises NoSuchNode.
        """
        return self.node(path).is_for(roles) and all(
            node.is_for(roles) for node in self.ancestors(path)
        )

    def ancestors(self, path: str) -> Iterator[Node]:
        """The nodes above a path, the nearest first, the root last."""
        while path:
            path = path.rpartition(PATH_SEPARATOR)[0]
            yield self.node(path)

    def when_paused(self, path: str) -> Local | None:
        """The notice for a paused node: its own, or the nearest above it. Raises NoSuchNode."""
        for node in (self.node(path), *self.ancestors(path)):
            if node.when_paused is not None:
                return node.when_paused
        return None

    def screen(self, node: Node, roles: Collection[str] = ()) -> Menu | Info:
        """What a person with those roles sees at a node. An option's value is its node's path.

        Raises NotAScreen for a flow.
        """
        if node.info is not None:
            return Info(node.info)
        if node.flow is not None:
            raise NotAScreen(node.path)
        # Few roles matter to a menu, so few of its screens differ: each is made once.
        seen_by = frozenset(roles) & self.roles
        place = node.path, seen_by
        menu = self._screens.get(place)
        if menu is None:
            options = (
                Option(item.key, item.text, item.path)
                for item in node.items
                if item.is_for(seen_by)
            )
            menu = self._screens[place] = Menu(node.title or node.text, tuple(options))
        return menu

    def find_flow(self, name: str, roles: Collection[str]) -> str | None:
        """The path at which a person with those roles finds a flow; None where they do not."""
        found = (node.path for node in self.root.walk() if node.flow == name)
        return next((path for path in found if self.allows(path, roles)), None)

    def flow_names(self) -> frozenset[str]:
        return frozenset(node.flow for node in self.root.walk() if node.flow is not None)

    def to_data(self) -> dict[str, Json]:
        """The tree as JSON-able data, as `read_tree` reads it."""
        roles: dict[str, Json] = {"roles": [*sorted(self.roles)]} if self.roles else {}
        return roles | _node_data(self.root)


def _node_data(node: Node) -> dict[str, Json]:
    data: dict[str, Json] = {"key": node.key, "id": node.id} if node.path else {}
    data["text"] = dict(node.text.to_data())
    if node.title is not None:
        data["title"] = dict(node.title.to_data())
    if node.roles:
        data["roles"] = [*sorted(node.roles)]
    if node.when_paused is not None:
        data["when_paused"] = dict(node.when_paused.to_data())
    if node.paged:
        data["paged"] = True
    if node.words:
        data["word"] = {language: [*words] for language, words in node.words}
    if node.flow is not None:
        data["flow"] = node.flow
    elif node.info is not None:
        data["info"] = dict(node.info.to_data())
    else:
        data["menu"] = [_node_data(item) for item in node.items]
    return data
