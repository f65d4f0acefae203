"""Many messages at once: one reply where each would get the same, in order, each worked once."""

import msgspec
import pytest

from core.inbox import inbox
from core.inbox.content import Content
from core.inbox.inbox import Incoming
from engine.turn.replies import Reply
from menus import sentences
from menus.texts import say
from tests.support.tenants import KEYS, PROVIDER
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant
from workers.sending.chats import message_of

MAIN = "Ibimina\n1 Save\n2 Balances"


@pytest.fixture
def uwera(tenant: UssdTenant) -> Texter:
    return Texter(tenant, tenant.people["uwera"].phones[0])


def post(texter: Texter, *texts: str) -> list[str]:
    """They come while nobody works; the replies, once somebody did."""
    before = len(texter.replies())
    for text in texts:
        texter.post(text)
    texter.work()
    states = texter.tenant.admin.execute("SELECT DISTINCT state FROM inbound_message").fetchall()
    assert states == [("done",)]
    return texter.replies()[before:]


def test_ten_greetings_are_answered_once(uwera: Texter) -> None:
    [shown] = post(uwera, *["hi"] * 10)
    assert shown.startswith(MAIN)


def test_greetings_are_alike_whatever_their_words(uwera: Texter) -> None:
    [shown, groups] = post(uwera, "hi", "Muraho", "MENU", "hello!", "1")
    assert shown.startswith(MAIN)
    assert groups.startswith("Save in which group?")


def test_the_same_wrong_answer_is_answered_once_and_counts_once(uwera: Texter) -> None:
    uwera.text("menu")
    [again] = post(uwera, *["what?"] * 10)
    assert again.startswith(f"Choose a number shown.\n{MAIN}")
    assert "Call me" not in again
    two = post(uwera, "what?", "why?")
    assert len(two) == 2  # they differ


def test_equal_answers_that_lead_on_are_two(uwera: Texter) -> None:
    uwera.text("menu")
    [groups, amount] = post(uwera, "1", "1")
    assert groups.startswith("Save in which group?")
    assert amount.startswith("How much for Kopera Twisungane?")


def test_a_wrong_answer_takes_no_right_one_with_it(tenant: UssdTenant, uwera: Texter) -> None:
    uwera.text("menu")
    wrong, groups, menu = post(uwera, "what?", "1", "menu")
    assert wrong.startswith("Choose a number shown.")
    assert groups.startswith("Save in which group?")
    assert menu.startswith(MAIN)


def test_stop_stop_is_one_and_start_start_are_two(uwera: Texter) -> None:
    [stopped] = post(uwera, "STOP", "stop", "Stop")
    assert stopped.startswith("You get no more news")
    [started, menu] = post(uwera, "START", "start")
    assert started == "You get our news again."
    assert menu.startswith(MAIN)


def test_more_than_a_burst_takes_another_reply(uwera: Texter) -> None:
    assert len(post(uwera, *["hi"] * 45)) == 3  # 20 at a time


def test_a_pin_sent_three_times_is_warned_of_once(uwera: Texter) -> None:
    for text in ("menu", "1", "1", "500", "1"):
        uwera.text(text)
    [warning] = post(uwera, "2749", "2749", "2749")
    assert warning.startswith("Never send your PIN.")


# --- what has no words ----------------------------------------------------------------------------

NOT_READ = "We cannot read that here. Please write your answer."
GOT_PICTURE = say(sentences.GOT_PICTURE, "en")


@pytest.fixture
def chat(tenant: UssdTenant) -> Texter:
    return Texter(tenant, tenant.people["uwera"].phones[0], "whatsapp")


def share(texter: Texter, *contents: Content) -> list[Reply]:
    """They come while nobody works; the replies, once somebody did."""
    before = len(texter.messages())
    for content in contents:
        texter.count += 1
        message = Incoming(PROVIDER, f"shared-{texter.count}", texter.number, content)
        with texter.tenant.tx() as tx:
            inbox.receive(tx, KEYS, texter.service.id, message)
    texter.work()
    return texter.messages()[before:]


PHOTO = Content(kind="media", media=("image", "7", "image/jpeg"))
PLACE = Content(kind="location", place=(-1.95, 30.06, "Kigali"))
CARD = Content(kind="contact", phones=("+250788000009",))


WHY = {
    PLACE: sentences.NOT_IN_WORDS,
    CARD: sentences.NOT_IN_WORDS,
    Content(kind="unsupported"): sentences.NOT_IN_WORDS,
    PHOTO: sentences.GOT_PICTURE,
    Content(kind="media", media=("document", "7", "application/pdf")): sentences.GOT_DOCUMENT,
    Content(kind="media", media=("audio", "7", "audio/ogg")): sentences.VOICE_NOTE,
    Content(kind="media", media=("sticker", "7", "image/webp")): sentences.NOT_IN_WORDS,
}


@pytest.mark.parametrize("content", WHY)
@pytest.mark.parametrize("language", ["en", "fr", "rw", "sw"])
def test_what_has_no_words_brings_the_question_again(
    tenant: UssdTenant, chat: Texter, content: Content, language: str
) -> None:
    tenant.admin.execute("UPDATE subscriber SET language = %s", (language,))
    [menu] = share(chat, Content("menu"))
    [again] = share(chat, content)
    assert again.text.startswith(say(WHY[content], language))
    assert again.text.endswith(menu.text)
    assert again.taps == menu.taps
    [groups] = share(chat, Content("1"))
    assert groups.taps != menu.taps  # the question stood as it was


def test_an_amount_is_asked_for_again_under_the_reason(chat: Texter) -> None:
    for text in ("menu", "1", "1"):
        [asked] = share(chat, Content(text))
    [again] = share(chat, PLACE)
    assert again.text == f"{NOT_READ}\n{asked.text}"


def test_a_burst_of_photos_is_answered_once(chat: Texter) -> None:
    [menu] = share(chat, *[PHOTO] * 6)  # nobody had asked anything yet
    assert menu.text.startswith(f"{GOT_PICTURE}\nIbimina")
    [again] = share(chat, *[PHOTO] * 6)
    assert again.text.startswith(GOT_PICTURE)
    assert len(share(chat, PHOTO, PLACE)) == 2  # of another kind


def test_the_words_below_a_photo_are_an_answer(chat: Texter) -> None:
    share(chat, Content("menu"))
    [groups, again] = share(chat, msgspec.structs.replace(PHOTO, text="1"), PHOTO)
    assert groups.text.startswith("Save in which group?")
    assert again.text.startswith(GOT_PICTURE)


# --- which one is answered ------------------------------------------------------------------------


def test_a_reply_says_which_of_several_messages_it_answers(chat: Texter) -> None:
    [first, second, last] = share(chat, Content("menu"), Content("1"), Content("1"))
    assert (first.answers_id, second.answers_id, last.answers_id) == ("shared-1", "shared-2", "")
    assert message_of("+250788000001", second, own="1", id="2").answers_id == "shared-2"


def test_what_waits_alone_or_is_answered_together_is_not_quoted(chat: Texter) -> None:
    assert [each.answers_id for each in share(chat, Content("menu"))] == [""]
    assert [each.answers_id for each in share(chat, *[PHOTO] * 3)] == [""]


def test_a_text_message_quotes_nothing(uwera: Texter) -> None:
    post(uwera, "menu", "1", "1")
    assert {each.answers_id for each in uwera.messages()} == {""}
