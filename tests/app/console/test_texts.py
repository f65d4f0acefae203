"""The console in the languages of its staff: every sentence has a translation that fits."""

import ast
import html
import re

import pytest
from flask import Flask

from app.console.application import create_console
from app.console.texts import catalogue
from app.console.texts.catalogue import CONSOLE, LANGUAGES, SOURCE, say
from app.console.texts.marking import sentences, translate
from core.staff.errors import NoSuchMember
from tests.app.console.conftest import HOST, Clerk, settings_of, taken_on
from tests.support.tenants import KEYS, Tenant
from values.ids import uuid7
from values.said import said

OTHERS = [language for language in LANGUAGES if language != SOURCE]
PLACE = re.compile(r"\{\w*\}")


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_in_every_language_with_its_values(language: str) -> None:
    known, wanted = catalogue.translations(language), catalogue.gathered()
    assert [one for one in wanted if not known.get(one)] == [], "run `piga texts` and translate"
    assert [one for one in known if one not in wanted] == [], "run `piga texts`"
    unlike = [
        one for one in wanted if sorted(PLACE.findall(one)) != sorted(PLACE.findall(known[one]))
    ]
    assert unlike == []
    assert [one for one in known.values() if re.search(r"[<>]|\{[{%#]", one)] == []


def test_no_sentence_is_put_together_before_it_is_translated() -> None:
    """An f-string is in no catalogue."""
    found = []
    for path in sorted(CONSOLE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(
                node.func, ast.Attribute | ast.Name
            ):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            texts = node.args[1:2] if name == "go" else node.args[2:3] if name == "Item" else []
            if any(isinstance(one, ast.JoinedStr) for one in texts):
                found.append(f"{path.name}:{node.lineno}")
    assert found == []


def test_the_words_of_a_template_are_found_and_put_into_another_language() -> None:
    source = (
        "{# Not this. #}<h1>Day {{ day }} of {{ one.name }}</h1>\n"
        '<td data-label="Age" class="Not this">{{ act("a/b", "Take it", token, "quiet") }}</td>'
        '{% set show = "mine" %}<p>{{ _("all") }} {{ "No money" if one else "some money" }}</p>'
    )
    found = ["Day {day} of {name}", "Age", "Take it", "all", "No money", "some money"]
    assert sentences(source) == found
    assert translate(source, lambda sentence: sentence) == source
    turned = translate(source, lambda one: {"Day {day} of {name}": "{name}, “{day}”"}.get(one, one))
    assert "<h1>{{ one.name }}, “{{ day }}”</h1>" in turned


def test_a_sentence_is_said_with_its_values() -> None:
    assert say(said("{owner} has it in hand.", owner="ann"), "rw") == "ann ni we ubifite."
    inner = said(
        "{amount} on {wallet}. {why}", amount="1", wallet="w", why=said("It has no balance.")
    )
    assert say(inner, "fr") == "1 sur w. Il n'a pas de solde."
    assert say(inner, "en") == inner == "1 on w. It has no balance."
    assert say("in no catalogue", "sw") == "in no catalogue"


@pytest.fixture(scope="module")
def web(tenant: Tenant) -> Flask:
    return create_console(settings_of(tenant), tenant.database, KEYS)


def test_every_template_is_one_in_every_language(web: Flask) -> None:
    names = [path.relative_to(CONSOLE).as_posix() for path in CONSOLE.rglob("*.html")]
    assert len(names) > 40
    for name in names:
        for language in LANGUAGES:
            web.jinja_env.get_template(f"{language}/{name.removeprefix('templates/')}")


def test_a_clerk_reads_the_language_of_their_browser_until_they_choose_one(
    web: Flask, tenant: Tenant
) -> None:
    clerk = Clerk(web, tenant).signs_in(taken_on(tenant)["company_admin"])
    swahili = {"Accept-Language": "sw-KE,sw;q=0.9,en;q=0.5"}
    page = clerk.client.get("/console/people", base_url=HOST, headers=swahili).text
    assert '<html lang="sw">' in page
    assert "Namba, jina au kumbukumbu" in page
    assert 'lang="fr"' in clerk.reads("/console/me")
    assert "Ururimi rw'izi paji" in clerk.does("/console/me/language", language="rw")
    page = clerk.client.get("/console", base_url=HOST, headers=swahili).text
    assert "Ibitegereje" in page
    assert "Nimero, izina" in clerk.reads("/console/people")
    refused = clerk.get(f"/console/people/{uuid7()}")
    assert (refused.status_code, "Nta muntu nk'uwo" in html.unescape(refused.text)) == (409, True)
    assert say(str(NoSuchMember()), "rw") == "Nta mukozi nk'uwo uhari."
    assert "Language of these pages" in clerk.does("/console/me/language", language="xx")
