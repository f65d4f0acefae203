"""Our bind with a message centre that others wrote, our fake with a client that others wrote."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from providers.contracts.messages import Account, DeliveryReport, SmsInbound, SmsPart
from providers.smpp import options
from providers.smpp.fake import Centre
from providers.smpp.inbound import SmppHop, read
from providers.smpp.tests.test_bind import NUMBER, Bound
from tests.support.smpp_peer import Peer, install, running

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("peers"))


# --- our bind, their server -----------------------------------------------------------------------


class AtServer(Bound):
    """A bind of ours at the server."""

    def __init__(self, server: Peer, port: int, **own: str) -> None:
        account = Account(
            *("piga", "pw", f"smpp://127.0.0.1:{port}"),
            options=tuple({"name": "main", "enquire_link_s": "1", **own}.items()),
        )
        self.options = options.read(account)
        super().__init__(self.options)
        self.server = server
        self.wait_bound()

    def delivered(self, **fields: Any) -> Any:
        """What a deliver_sm of the server's is to us."""
        count = len(self.got)
        sent = {"source_addr": NUMBER[1:], "source_addr_ton": 1, "destination_addr": "8100"}
        self.server.tell(deliver={**sent, **fields})
        assert self.server.hear("answered") == 0
        assert len(self.got) == count + 1
        return read(self.got[-1], self.options)


@pytest.fixture
def at_server(peers: Path) -> Iterator[AtServer]:
    with running(peers, "server.js") as server:
        bound = AtServer(server, server.hear("port"))
        assert server.hear("bound") == "piga"
        yield bound
        bound.close()


@pytest.mark.parametrize(
    ("text", "coding"),
    [("Muraho €5 [1] é", 0), ("Ọjọ́ 😀", 8), ("x" * 160, 0), ("ẹ" * 70, 8)],
)
def test_their_server_reads_a_text_of_ours(at_server: AtServer, text: str, coding: int) -> None:
    id = at_server.send(text)
    taken = at_server.server.hear("submit")
    assert (taken["text"], taken["coding"], taken["udh"]) == (text, coding, None)
    assert (taken["from"], taken["to"], taken["ton"]) == ("8100", NUMBER[1:], [3, 1])
    assert taken["registered"] == 1
    assert id.startswith("main/npm-")


@pytest.mark.parametrize("text", ["a" * 152 + "€" + "b" * 200, "😀" * 40])
def test_their_server_puts_a_long_text_together(at_server: AtServer, text: str) -> None:
    at_server.send(text)
    taken = [at_server.server.hear("submit")]
    total = int(taken[0]["udh"][0][6:8], 16)
    taken += [at_server.server.hear("submit") for _ in range(total - 1)]
    assert [int(one["udh"][0][8:10], 16) for one in taken] == list(range(1, total + 1))
    assert "".join(one["text"] for one in taken) == text


def test_their_server_reads_message_payload(peers: Path) -> None:
    with running(peers, "server.js") as server:
        bound = AtServer(server, server.hear("port"), long_messages="payload")
        bound.send("a" * 300)
        assert server.hear("submit")["payload"] == "a" * 300
        bound.close()


def test_their_throttling_is_waited_out(at_server: AtServer) -> None:
    assert at_server.send("refuse me") == "main/npm-2"


def test_what_their_server_delivers_is_read(at_server: AtServer) -> None:
    text = at_server.delivered(short_message="Muraho €")
    assert isinstance(text, SmsInbound)
    assert (text.text, text.address) == ("Muraho €", NUMBER)
    assert at_server.delivered(short_message="Ọjọ́ 😀").text == "Ọjọ́ 😀"
    part = at_server.delivered(udh="050003630201", text="one ")
    assert isinstance(part, SmsPart)
    assert (part.reference, part.total, part.number, part.text.text) == ("8:99", 2, 1, "one ")
    payload = at_server.delivered(message_payload="b" * 300)
    assert payload.text == "b" * 300
    report = at_server.delivered(
        esm_class=4,
        short_message="id:npm-1 sub:001 dlvrd:001 stat:DELIVRD err:000 text:",
        receipted_message_id="npm-1",
        message_state=2,
    )
    assert isinstance(report, DeliveryReport)
    assert (report.message_id, report.status.name) == ("main/npm-1", "DELIVERED")


def test_a_ussd_session_with_their_server(at_server: AtServer) -> None:
    hop = at_server.delivered(
        destination_addr="*384*10#",
        short_message="*384*10#",
        ussd_service_op=1,
        its_session_info="0204",
    )
    assert isinstance(hop, SmppHop)
    shown = at_server.bind.show(
        hop.session, hop.reply_from, hop.reply_to, "1. Balance\n2. Pay", ends=False
    )
    at_server.do(shown)
    screen = at_server.server.hear("submit")
    assert (screen["text"], screen["ussd"], screen["info"]) == ("1. Balance\n2. Pay", 2, "0204")
    assert (screen["to"], screen["from"], screen["type"]) == (NUMBER[1:], "*384*10#", "USSD")
    at_server.do(at_server.bind.show(hop.session, "*384*10#", hop.reply_to, "Bye", ends=True))
    screen = at_server.server.hear("submit")
    assert (screen["ussd"], screen["info"]) == (0x11, "0205")


def test_enquire_link_both_ways(at_server: AtServer) -> None:
    assert at_server.server.hear("enquired") is True
    at_server.server.tell(enquire=True)
    assert at_server.server.hear("answered") == 0


def test_their_server_sees_us_unbind(peers: Path) -> None:
    with running(peers, "server.js") as server:
        AtServer(server, server.hear("port")).close()
        assert server.hear("unbound") is True


def test_their_refusal_of_a_bind_is_told(peers: Path) -> None:
    with running(peers, "server.js") as server:
        account = Account("piga", "wrong", f"smpp://127.0.0.1:{server.hear('port')}")
        bound = Bound(options.read(account))

        async def refused() -> None:
            async with asyncio.timeout(10):
                while not bound.refused:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)

        bound.do(refused())
        assert bound.refused == [0x0D]
        bound.close()


# --- their client, our fake -----------------------------------------------------------------------


@pytest.fixture
def centre() -> Iterator[Centre]:
    with Centre(accounts={"piga": "pw"}) as made:
        yield made


def test_their_client_at_our_fake(peers: Path, centre: Centre) -> None:
    with running(peers, "client.js", str(centre.port), "pw") as client:
        assert client.hear("bound") == 0
        text = {"source_addr": "8100", "destination_addr": NUMBER[1:], "registered_delivery": 1}
        client.tell(submit={**text, "short_message": "Muraho €5"})
        sent = client.hear("sent")
        assert (sent["sent"], sent["id"]) == (0, centre.accepted[0].id)
        assert centre.handset.texts(NUMBER) == ["Muraho €5"]
        receipt = client.hear("deliver")
        assert (receipt["esm"], receipt["id"], receipt["state"]) == (4, sent["id"], 2)
        assert receipt["text"].startswith(f"id:{sent['id']} sub:001")
        centre.text(NUMBER, "8100", "hello " * 40)
        first, second = client.hear("deliver"), client.hear("deliver")
        assert first["text"] + second["text"] == "hello " * 40
        assert first["udh"][0].startswith("0003")
        client.tell(enquire=True)
        assert client.hear("enquired") == 0
        assert centre.wait(lambda: centre.undelivered == 0)
        client.tell(unbind=True)
        assert client.hear("unbound") == 0


def test_their_client_and_our_fakes_faults(peers: Path, centre: Centre) -> None:
    with running(peers, "client.js", str(centre.port), "wrong") as client:
        assert client.hear("bound") == 0x0E
    with running(peers, "client.js", str(centre.port), "pw") as client:
        assert client.hear("bound") == 0
        text = {"destination_addr": NUMBER[1:], "short_message": "x"}
        centre.misbehave(throttle=frozenset({1}), refuse=((2, 0x0B),), hang_up_after=frozenset({3}))
        client.tell(submit=text)
        assert client.hear("sent")["sent"] == 0x58
        client.tell(submit=text)
        assert client.hear("sent")["sent"] == 0x0B
        client.tell(submit=text)
        assert client.hear("closed") is True
        assert len(centre.accepted) == 1
