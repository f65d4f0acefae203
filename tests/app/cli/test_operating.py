"""Commands for those who keep it running: calls to be made, and processes that cannot start."""

import socket

from core.db.database import Database as Core
from core.people import call_backs
from core.tenants.directory import all_services
from tests.support.cli import KEYS, Piga, demo

__all__ = ["demo"]

NUMBER, PLACE = "+250788000102", "contribute.amount"


def ask_for_a_call(piga: Piga) -> None:
    core = Core(piga.database_url)
    [service] = [one for one in all_services(core) if one.code == "*384*10#"]
    with core.transaction(service.tenant.id) as tx:
        call_backs.ask(
            tx, KEYS, service_id=service.id, subscriber_id=None, address=NUMBER, place=PLACE
        )
    core.close()


def test_calls_are_listed_until_they_are_made(demo: Piga) -> None:
    assert demo("tenant", "calls", "ibimina").stdout == "Nobody waits for a call.\n"
    ask_for_a_call(demo)
    listed = demo("tenant", "calls", "ibimina").stdout.splitlines()
    assert listed[1:] == ["1 waiting."]
    assert f"{NUMBER}  at {PLACE}" in listed[0]
    id = listed[0].split()[-1]
    assert demo("tenant", "calls", "moto").stdout == "Nobody waits for a call.\n"
    assert demo("tenant", "calls", "moto", "--done", id).exit_code == 1
    assert demo("tenant", "calls", "ibimina", "--done", id).stdout == "Nobody waits for a call.\n"
    again = demo("tenant", "calls", "ibimina", "--done", id)
    assert again.stderr == "Error: No such call is waiting.\n"


def test_a_queue_that_is_not_there(demo: Piga) -> None:
    refused = demo("worker", "bogus")
    assert refused.exit_code == 2
    assert "there is no queue bogus; there are: send, bulk, chat, default." in refused.stderr


def test_a_port_that_somebody_has_is_not_shared(demo: Piga) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken:
        port = taken.getsockname()[1]
        refused = demo("web", PORT=str(port))
    assert refused.exit_code == 1
    assert refused.stderr.startswith(f"Error: Port {port} on 127.0.0.1 cannot be had")
