"""Files that people send on WhatsApp: fetched by a job from the fake, kept sealed, and answered."""

import base64
import uuid
from typing import Any

import pytest
import requests

from core.inbox import files
from providers.simulator.media import SAMPLES
from tests.support.tenants import KEYS
from tests.support.waiting import until
from tests.support.whatsapp_chat import WITHIN_S, Chat, words
from workers.chat.files import fetch_file

GOT_PICTURE = "We got your picture. Now please write your answer."
NOT_TAKEN = "We could not take your file. Please send a smaller photo, or a PDF."


def ended(chat: Chat) -> list[tuple[Any, ...]]:
    """What became of the files, in the order in which they came."""
    return chat.tenant.admin.execute(
        "SELECT state, reason, mime_type, size_bytes FROM inbound_file ORDER BY id"
    ).fetchall()


def script(chat: Chat, *faults: dict[str, Any]) -> None:
    scripted = [fault | {"on": "files"} for fault in faults]
    wanted = {"whatsapp": {"faults": scripted}}
    requests.post(f"{chat.fakes.url}/phone/faults", json=wanted, timeout=10).raise_for_status()


def test_a_picture_is_kept_sealed_and_each_look_at_it_is_recorded(chat: Chat) -> None:
    assert words(chat.say(media="image")).startswith(GOT_PICTURE)
    until(lambda: chat.work() and ended(chat)[0][0] == "kept", WITHIN_S)
    picture = SAMPLES["image"][1]
    assert ended(chat) == [("kept", None, "image/jpeg", len(picture))]
    id, sealed = chat.tenant.one("SELECT id, content_sealed FROM inbound_file")
    assert picture[:64] not in bytes(sealed)
    with chat.tenant.tx() as tx:
        assert files.look(tx, KEYS, id, actor="staff:1") == ("image/jpeg", picture)
        assert files.look(tx, KEYS, uuid.uuid4(), actor="staff:1") is None
    looks = chat.tenant.admin.execute(
        "SELECT actor, object_id FROM audit WHERE action = 'look at file'"
    ).fetchall()
    assert looks == [("staff:1", id)]
    assert len(chat.shown()) == 1  # nothing more is said where all went well


def test_a_file_is_what_its_bytes_say(chat: Chat) -> None:
    """And not what its sender calls it: a page of HTML is no picture."""
    page = base64.b64encode(b"<html><script>alert(1)</script>").decode()
    chat.say(media="image", content=page)
    until(lambda: chat.work() and len(chat.shown()) == 2, WITHIN_S)
    assert ended(chat) == [("refused", "type", None, None)]
    assert words(chat.shown()[-1]["message"]) == NOT_TAKEN


def test_one_that_is_too_large_is_refused(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BYTES_MAXIMUM", 10)
    chat.say(media="document")
    until(lambda: chat.work() and len(chat.shown()) == 2, WITHIN_S)
    assert ended(chat)[0][:2] == ("refused", "too_large")


def test_a_provider_that_is_away_is_asked_again(chat: Chat) -> None:
    script(chat, {"mode": "page", "status": 503}, {"mode": "drop_before"}, {"mode": "drop_before"})
    chat.say(media="document", caption="my licence")
    until(lambda: chat.work() and ended(chat)[0][0] == "kept", WITHIN_S)
    assert len(chat.shown()) == 1


def test_what_its_provider_has_no_more_is_lost_and_its_sender_is_told(chat: Chat) -> None:
    script(chat, {"mode": "page", "status": 404})
    chat.say(media="image")
    until(lambda: chat.work() and len(chat.shown()) == 2, WITHIN_S)
    assert ended(chat)[0][:2] == ("lost", "gone")
    assert words(chat.shown()[-1]["message"]) == NOT_TAKEN


def test_a_voice_note_is_not_fetched(chat: Chat) -> None:
    said = words(chat.say(media="audio"))
    assert said.startswith("We cannot listen to voice notes. Please write it.")
    assert ended(chat) == []


def test_a_picture_that_is_taken_back_is_not_kept(chat: Chat) -> None:
    chat.write(media="image")
    until(lambda: bool(chat.waiting()), WITHIN_S)
    (original,) = chat.tenant.one("SELECT provider_message_id FROM inbound_message")
    chat.write(raw={"type": "revoke", "revoke": {"original_message_id": original}})
    until(lambda: ended(chat)[0][0] == "withdrawn", WITHIN_S)
    chat.work()
    assert ended(chat)[0][0] == "withdrawn"
    assert chat.shown() == []


def test_so_many_a_day_are_taken_and_each_is_fetched_once(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "A_DAY_MAXIMUM", 2)
    for _ in range(3):
        chat.write(media="image")
    until(lambda: chat.waiting() == 3, WITHIN_S)
    until(lambda: bool(chat.work() and all(row[0] != "waiting" for row in ended(chat))), WITHIN_S)
    assert [row[:2] for row in ended(chat)] == [("kept", None)] * 2 + [("refused", "too_many")]
    assert len(chat.shown()) == 1  # ten pictures of an album are answered once
    asked = chat.fakes.whatsapp.graph.requests
    for (id,) in chat.tenant.admin.execute("SELECT id FROM outbox WHERE kind = 'fetch_file'"):
        fetch_file(str(chat.tenant.tenant_id), str(id))
    assert chat.fakes.whatsapp.graph.requests == asked
