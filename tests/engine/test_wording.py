"""What a tenant says of itself: its name in each language, and whom to call."""

from dataclasses import replace

import pytest

from checks import samples
from core.agents.errors import NotAnAgent
from core.money.errors import Frozen, FrozenAccount
from core.savings.errors import GroupFrozen
from core.tenants.directory import Tenant
from engine.wording import addressed, own_words, refusal
from menus.texts import say
from values.refusals import BusinessError

OFFICE = {
    **{"en": "our office", "rw": "ibiro byacu", "fr": "notre bureau", "sw": "ofisini kwetu"},
    **{"tw": "yɛn ɔfese", "lg": "ofiisi yaffe", "ha": "ofishinmu"},
}


def tenant(**settings: object) -> Tenant:
    return replace(samples.service({}).tenant, name="Rates", settings=settings)


@pytest.mark.parametrize("language", OFFICE)
@pytest.mark.parametrize("kind", [Frozen, FrozenAccount, GroupFrozen])
def test_a_refusal_says_whom_to_call(kind: type[BusinessError], language: str) -> None:
    named = addressed(refusal(kind()), tenant(help_phone="+256770000500"))
    assert "+256770000500" in say(named, language)
    assert OFFICE[language] in say(addressed(refusal(kind()), tenant()), language)


def test_nothing_was_being_taken_from_whoever_only_dials() -> None:
    assert "taken" not in say(refusal(Frozen()), "en")
    assert "taken" in say(refusal(FrozenAccount()), "en")


def test_other_texts_stay_as_they_are() -> None:
    for text in ("Call {office}", "", refusal(NotAnAgent())):
        assert addressed(text, tenant()) is text


def test_a_tenant_has_a_name_in_each_language() -> None:
    named = tenant(names={"en": "Rates", "fr": "Taux de change"})
    assert own_words(named, "fr")["tenant"] == "Taux de change"
    assert own_words(named, "sw")["tenant"] == "Rates"
    assert own_words(tenant(), "fr")["tenant"] == "Rates"
