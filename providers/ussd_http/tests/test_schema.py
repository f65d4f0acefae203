"""What is wrong with a gateway's file is told with the file and the line."""

from pathlib import Path

import pytest

from providers.contracts.errors import UnknownProvider
from providers.registry import GatewayConflict, add_gateways, find
from providers.ussd_http.examples import check
from providers.ussd_http.schema import read_file
from providers.ussd_http.source import GatewayFaults

GATEWAY = """\
title: Acme
sources: [its page]
request:
  method: POST
  format: json
  session: [id]
  msisdn: phone
  text: typed
session:
  first: [{field: new, is: [yes]}]
reply:
  format: json
  content_type: application/json
  continues: {body: '{"say":$screen}'}
  ends: {body: '{"say":$screen,"end":true}'}
examples:
  - name: a dial
    request: '{"id":"1","phone":"250788000001","new":"yes","typed":"*1#"}'
    hop: {first: yes, session: "1", msisdn: "+250788000001", dialled: "*1#"}
    says: Hi
    continues: '{"say":"Hi"}'
    ends: '{"say":"Hi","end":true}'
  - name: an answer
    request: '{"id":"1","phone":"250788000001","typed":"5"}'
    hop: {first: no, session: "1", msisdn: "+250788000001", text: "5"}
"""


def faults_of(folder: Path, text: str) -> list[str]:
    path = folder / "acme.yaml"
    path.write_text(text, encoding="utf-8")
    return check(path)


def test_it_is_sound(tmp_path: Path) -> None:
    assert faults_of(tmp_path, GATEWAY) == []


WRONG = {
    "a field that is missing": ("  msisdn: phone\n", "", ":4: request.msisdn: this is missing"),
    "a field that is none": (
        "  msisdn: phone\n",
        "  msisdn: phone\n  colour: red\n",
        ":8: request.colour: there is no such field",
    ),
    "a field twice": (
        "  text: typed\n",
        "  text: typed\n  text: other\n",
        ":8: request.text: this name stands here twice",
    ),
    "another method": ("method: POST", "method: PUT", ":4: request.method: "),
    "no session": ("session: [id]", "session: []", ":6: request.session: "),
    "no number": ("is: [yes]", "is: [yes]\nlimits: {septets: many}", None),
    "too large a page": ("reply:\n", "limits: {septets: 200}\nreply:\n", ":11: limits.septets: "),
    "an anchor": (
        "title: Acme",
        "title: &a Acme\nnotes: *a",
        ":1: notes: YAML anchors and aliases",
    ),
    "no YAML": ("title: Acme", "title: [", None),
    "no header": (
        "continues: {body:",
        "continues: {headers: {'a b': c}, body:",
        ":14: reply.continues: a b is no header",
    ),
    "first with all of the text": (
        "  text: typed\n",
        "  text: typed\n  accumulates: whole\n",
        ":1: request.accumulates: with the whole text",
    ),
    "another screen": (
        '{"say":$screen}',
        '{"tell":$screen}',
        ":17: examples[1]: a dial: continues is ",
    ),
    "no JSON": (
        "'{\"say\":$screen}'",
        "'{\"say\":$screen'",
        ":17: examples[1]: a dial: continues: not_json",
    ),
    "another reading": ('text: "5"', 'text: "6"', None),
    "no example that continues": ("first: no", "first: yes", None),
}


@pytest.mark.parametrize("what", WRONG)
def test_it_is_not_sound(tmp_path: Path, what: str) -> None:
    old, new, says = WRONG[what]
    assert old in GATEWAY
    faults = faults_of(tmp_path, GATEWAY.replace(old, new, 1))
    assert faults
    assert all(fault.startswith("acme.yaml:") for fault in faults)
    assert says is None or any(says in fault for fault in faults), faults


def test_an_example_of_everything_that_it_recognises(tmp_path: Path) -> None:
    text = GATEWAY.replace(
        "reply:\n", "  ended: [{when: [{field: bye}], status: success}]\nreply:\n", 1
    )
    assert faults_of(tmp_path, text) == ["acme.yaml:11: session.ended[1]: no example shows it"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(GatewayFaults, match=r"gone.yaml: the file cannot be read"):
        read_file(tmp_path / "gone.yaml")


TAKEN = {
    "a gateway of ours": ("hubtel.yaml", "there is a provider hubtel already"),
    "a provider of ours": ("africastalking.yaml", "there is a provider africastalking already"),
    "capitals": ("Acme.yaml", "a gateway's name has small letters, digits and dashes"),
}


@pytest.mark.parametrize("what", TAKEN)
def test_a_name_that_cannot_be_taken(tmp_path: Path, what: str) -> None:
    name, says = TAKEN[what]
    (tmp_path / name).write_text(GATEWAY)
    with pytest.raises(GatewayConflict, match=says):
        add_gateways([tmp_path])


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(GatewayConflict, match="there is no folder"):
        add_gateways([tmp_path / "gone"])
    with pytest.raises(UnknownProvider):
        find("gone")
