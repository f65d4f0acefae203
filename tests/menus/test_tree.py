"""Menu trees: reading, finding, showing, and every fault by its place."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from menus.graph import mermaid
from menus.screens import Info, Menu
from menus.texts import Local
from menus.tree import Node, NoSuchNode, NotAScreen, Tree
from menus.tree_lint import lint, renumbered
from menus.tree_reading import BadTree, read_tree, read_yaml
from tests.menus.trees import FLOWS, SAVINGS, SPOKEN
from values.problems import Problem

SOUND = read_yaml(SAVINGS)


def data() -> Any:
    return yaml.safe_load(SAVINGS)


def keys(screen: Menu | Info) -> list[int]:
    assert isinstance(screen, Menu)
    return [option.key for option in screen.options]


def faults(tree_data: object) -> list[tuple[str, str]]:
    with pytest.raises(BadTree) as caught:
        read_tree(tree_data)
    return [(problem.place, problem.what) for problem in caught.value.problems]


def test_a_node_is_found_by_the_ids_on_its_path() -> None:
    assert SOUND.node("group/cash").flow == "record_cash"
    assert SOUND.node().is_menu
    with pytest.raises(NoSuchNode):
        SOUND.node("group/fines")


@pytest.mark.parametrize(
    ("path", "nearest"),
    [("group/cash", "group/cash"), ("group/fines/pay", "group"), ("loans/apply", ""), ("", "")],
)
def test_a_place_that_has_gone_leads_to_the_nearest_above(path: str, nearest: str) -> None:
    assert SOUND.nearest(path).path == nearest


def test_options_keep_their_keys_when_others_are_hidden() -> None:
    group = SOUND.node("group")
    assert keys(SOUND.screen(SOUND.root)) == [1, 9]
    assert keys(SOUND.screen(SOUND.root, ["member"])) == [1, 2, 9]
    assert keys(SOUND.screen(group, ["member"])) == [1]
    assert keys(SOUND.screen(group, ["committee", "agent"])) == [1, 3]


def test_an_option_leads_to_its_path_under_the_title() -> None:
    screen = SOUND.screen(SOUND.node("group"), ["committee"])
    assert isinstance(screen, Menu)
    assert screen.parse("3").value == "group/cash"
    assert screen.title == Local(
        {"en": "My group:", "rw": "Itsinda:", "fr": "Mon groupe:", "sw": "Kikundi:"}
    )


def test_an_info_is_shown_and_a_flow_shows_itself() -> None:
    assert isinstance(SOUND.screen(SOUND.node("help")), Info)
    with pytest.raises(NotAScreen):
        SOUND.screen(SOUND.node("save"))


@pytest.mark.parametrize(
    ("path", "roles", "allowed"),
    [
        ("", [], True),
        ("save", [], True),
        ("group/meeting", [], False),
        ("group/meeting", ["member"], True),
        ("group/cash", ["member"], False),
        ("group/cash", ["committee"], True),
    ],
)
def test_roles_hold_for_everything_below(path: str, roles: list[str], allowed: bool) -> None:
    assert SOUND.allows(path, roles) is allowed


@pytest.mark.parametrize(
    ("path", "said"),
    [("", "Back at 6."), ("save", "Back at 6."), ("group", "Closed."), ("group/cash", "Closed.")],
)
def test_the_notice_of_a_pause_is_inherited(path: str, said: str) -> None:
    notice = SOUND.when_paused(path)
    assert notice is not None
    assert notice.say("en") == said


def test_without_a_notice_there_is_none() -> None:
    tree_data = data()
    del tree_data["when_paused"]
    assert read_tree(tree_data).when_paused("save") is None


def test_a_tree_goes_through_json_and_back() -> None:
    stored = json.dumps(SOUND.to_data())
    assert read_tree(json.loads(stored)) == SOUND
    assert read_yaml(yaml.safe_dump(SOUND.to_data())) == SOUND


def item(**fields: Any) -> dict[str, Any]:
    return {"key": 4, "id": "more_of_it", "text": {"en": "More of it"}, "flow": "x"} | fields


def without(name: str) -> dict[str, Any]:
    return {field: value for field, value in item().items() if field != name}


LONG_MENU = [item(key=key, id=f"i{key}") for key in range(1, 11)]


@pytest.mark.parametrize(
    ("bad", "place", "what"),
    [
        (item(key=1), "main menu", "has the key 1 twice"),
        (item(id="save"), "main menu", "has the id save twice"),
        (item(key=0), "more_of_it", "key 0 is Back everywhere"),
        (item(key="00"), "more_of_it", "key 00 is Home everywhere"),
        (item(key=98), "more_of_it", "key 98 is More everywhere"),
        (item(key=99), "more_of_it", "needs a key from 1 to 97, a number without quotes"),
        (item(key="4"), "more_of_it", "needs a key from 1 to 97, a number without quotes"),
        (item(key=True), "more_of_it", "needs a key from 1 to 97, a number without quotes"),
        (without("key"), "more_of_it", "needs a key from 1 to 97, a number without quotes"),
        (item(id="My Id"), "#4", "needs an id of small letters, digits and _, a letter first"),
        (without("id"), "#4", "needs an id of small letters, digits and _, a letter first"),
        (without("text"), "more_of_it", "text is to be words in each language, like {en: Save}"),
        (item(text="Save"), "more_of_it", "text is to be words in each language, like {en: Save}"),
        (item(text={}), "more_of_it", "text is to be words in each language, like {en: Save}"),
        (item(text={"en": False}), "more_of_it",
         "text in 'en' is to be words: put them in quotes"),
        (item(text={"en": " "}), "more_of_it", "text in 'en' is to be words: put them in quotes"),
        (item(text={"xx": "Save"}), "more_of_it",
         "text has words in 'xx', not a language of Piga"),
        (item(titel={"en": "x"}), "more_of_it", "has the unknown field 'titel'"),
        (item(info={"en": "x"}), "more_of_it", "is to have exactly one of menu, flow and info"),
        (without("flow"), "more_of_it", "is to have exactly one of menu, flow and info"),
        (item(flow=["x"]), "more_of_it", "flow is to be a flow's name"),
        (item(roles=["boss"]), "more_of_it",
         "names the role 'boss', which the tree does not declare"),
        (item(roles=[]), "more_of_it", "is for no role: nobody can reach it"),
        (item(roles="member"), "more_of_it", "roles is to be a list of role names"),
        (item(paged="yes"), "more_of_it", "paged is to be true or false"),
        ("save", "#4", "is to be a mapping with key, id and text"),
        (without("flow") | {"menu": []}, "more_of_it", "a menu needs a list of items"),
        (without("flow") | {"menu": LONG_MENU}, "more_of_it",
         "has more than 9 options: say paged: true"),
        (without("flow") | {"menu": [item(roles=["committee"])]}, "more_of_it",
         "is an empty menu for a person without a role"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_place(bad: object, place: str, what: str) -> None:
    tree_data = data()
    tree_data["menu"].append(bad)
    assert (place, what) in faults(tree_data)


@pytest.mark.parametrize(
    "tree_data", [None, [], "menu", 7, {}, {"menu": {}}, {"text": {"en": "x"}}]
)
def test_what_is_no_tree(tree_data: object) -> None:
    assert all(place == "main menu" for place, _what in faults(tree_data))


def test_all_faults_are_told_at_once() -> None:
    tree_data = data()
    tree_data["menu"] += [item(key=98, flow=7), item(id="save", roles=["boss"])]
    assert len(faults(tree_data)) == 4


def test_a_role_of_the_empty_menu_is_named() -> None:
    tree_data = data()
    tree_data["menu"][1]["menu"] = [item(roles=["committee"])]
    assert ("group", "is an empty menu for the role 'member'") in faults(tree_data)


def nested(depth: int) -> dict[str, Any]:
    leaf = item()
    for level in range(depth - 1):
        leaf = without("flow") | {"id": f"level{level}", "menu": [leaf]}
    return {"text": {"en": "x"}, "menu": [leaf]}


def test_nothing_is_deeper_than_five_keys() -> None:
    assert read_tree(nested(5)).flow_names() == {"x"}
    assert any(what == "is deeper than 5 keys" for _place, what in faults(nested(6)))


def test_a_long_list_may_say_that_it_is_paged() -> None:
    tree_data = data() | {"menu": LONG_MENU, "paged": True}
    assert len(keys(read_tree(tree_data).screen(read_tree(tree_data).root))) == 10
    assert read_tree(read_tree(tree_data).to_data()).root.paged


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("text: [", "is no YAML: line 1: expected the node content"),
        ("text: {en: a}\ntext: {en: b}", "is no YAML: line 2: the field 'text' stands twice"),
        ("text: !!python/object:os.system {}", "could not determine a constructor"),
        ("a: \x00", "is no YAML: it cannot be read"),
        ("", "is to be a mapping with text and menu"),
    ],
)
def test_yaml_that_cannot_be_read_is_told_by_its_line(text: str, what: str) -> None:
    with pytest.raises(BadTree) as caught:
        read_yaml(text)
    assert what in str(caught.value)


def test_yaml_that_bites_its_tail_or_multiplies_is_refused() -> None:
    with pytest.raises(BadTree, match="deeper than 5"):
        read_yaml("&a {text: {en: x}, menu: [*a]}")
    leaves = [item(key=key, id=f"i{key}") for key in range(1, 98)]
    node = without("flow") | {"menu": [without("flow") | {"menu": leaves}] * 97}
    with pytest.raises(BadTree, match="more than 500 nodes"):
        read_tree({"text": {"en": "x"}, "menu": [node]})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "menu", "key", "id", "en", "roles", "flow", "info", "paged"])
            | st.integers(),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(JSON)
def test_any_data_is_a_tree_or_is_refused_by_name(tree_data: object) -> None:
    try:
        tree = read_tree(tree_data)
    except BadTree as refused:
        problems = refused.problems
    else:
        problems = lint(tree, tree.flow_names(), SPOKEN)
        assert read_tree(tree.to_data()) == tree
    assert all(isinstance(problem, Problem) for problem in problems)


def test_a_sound_tree_has_no_lint() -> None:
    assert lint(SOUND, FLOWS, SPOKEN, roles={"member", "committee", "agent"}) == []


def test_lint_knows_flows_languages_and_roles() -> None:
    tree_data = data()
    del tree_data["menu"][0]["text"]["sw"]
    del tree_data["when_paused"]["fr"]
    found = lint(read_tree(tree_data), {"contribute"}, SPOKEN, roles={"member"})
    assert set(map(str, found)) == {
        "menus: main menu: nobody can have the role 'committee'",
        "menus: main menu: when_paused has no words in fr",
        "menus: save: text has no words in sw",
        "menus: group/cash: there is no flow 'record_cash'",
    }


def test_lint_asks_only_for_the_languages_of_the_tenant() -> None:
    tree_data = data()
    del tree_data["menu"][0]["text"]["sw"]
    assert lint(read_tree(tree_data), FLOWS, ["en", "rw"]) == []


def test_two_options_that_read_the_same_are_told() -> None:
    tree_data = data()
    tree_data["menu"][2]["text"]["fr"] = "épargner"
    assert list(map(str, lint(read_tree(tree_data), FLOWS, SPOKEN))) == [
        "menus: help: reads the same as 'save' in fr"
    ]


def test_a_tree_put_together_by_hand_is_held_to_the_same_shape() -> None:
    words = Local({"en": "x", "rw": "x", "fr": "x", "sw": "x"})
    tree = Tree(Node("", 0, words, items=(Node("a", 98, words, flow="x"),)))
    assert "menus: a: key 98 is More everywhere" in map(str, lint(tree, {"x"}, SPOKEN))


def test_keys_that_changed_their_meaning_are_told() -> None:
    tree_data = data()
    tree_data["menu"][0]["key"] = 5
    tree_data["menu"][1]["menu"][1]["id"] = "fines"
    assert set(map(str, renumbered(SOUND, read_tree(tree_data)))) == {
        "menus: save: had the key 1 and now has 5",
        "menus: group/fines: takes the key 3, which was 'cash'",
    }
    assert renumbered(SOUND, SOUND) == []


def test_a_new_key_for_a_new_node_changes_nothing() -> None:
    tree_data = data()
    tree_data["menu"].append(item())
    assert renumbered(SOUND, read_tree(tree_data)) == []


def test_the_chart_names_every_node_and_key() -> None:
    assert mermaid(SOUND) == (
        "flowchart LR\n"
        '  n0["Ibimina"]\n'
        '  n1(["Save<br/>contribute"])\n'
        '  n2["My group"]\n'
        '  n3>"Next meeting"]\n'
        '  n4(["Record cash<br/>record_cash"])\n'
        '  n5>"Help"]\n'
        '  n0 -->|"1"| n1\n'
        '  n0 -->|"2 (committee, member)"| n2\n'
        '  n0 -->|"9"| n5\n'
        '  n2 -->|"1"| n3\n'
        '  n2 -->|"3 (committee)"| n4\n'
    )


def test_words_of_a_tenant_do_not_become_chart_syntax() -> None:
    tree_data = data()
    tree_data["menu"][0]["text"]["en"] = 'a"] --> b; <script>'
    line = mermaid(read_tree(tree_data)).split("\n")[2]
    assert line == '  n1(["a#34;#93; --#62; b#59; #60;script#62;<br/>contribute"])'
