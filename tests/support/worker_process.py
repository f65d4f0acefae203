"""One process of the workers' room, as the tests start it: with limits of theirs.

TEST_KEY=… python -m tests.support.worker_process '{"role": "send", …}'
"""

import json
import os
import sys

from app import logs
from tests.support.domains import DOMAINS, TASKS
from tests.workers.queue import hangs
from workers.jobs.kinds import JobKind
from workers.limits import Limits
from workers.queue import relay, worker
from workers.schedule import tasks


def main(order: dict[str, object]) -> None:
    logs.set_up()
    role = str(order["role"])
    database_url, redis_url = str(order["database_url"]), str(order["redis_url"])
    relay_url = str(order["relay_url"])
    kinds = {**DOMAINS.jobs, **{name: JobKind(name, "send", name) for name in hangs.FUNCTIONS}}
    limits = Limits(**order["limits"])  # type: ignore[arg-type]
    if role == "relay":
        relay.run(database_url=relay_url, redis_url=redis_url, kinds=kinds, limits=limits)
    elif role == "schedule":
        tasks.run(TASKS, database_url=database_url, relay_url=relay_url)
    else:
        worker.work(
            role,
            database_url=database_url,
            redis_url=redis_url,
            key=bytes.fromhex(os.environ["TEST_KEY"]),
            kinds=kinds,
            messages=DOMAINS.messages,
            flows=DOMAINS.flows,
            listings=DOMAINS.listings,
            fakes_url=str(order["fakes_url"]),
            limits=limits,
        )


main(json.loads(sys.argv[1]))
