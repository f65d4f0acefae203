"""One process of the workers' room, as the tests start it: with limits of theirs.

TEST_KEY=… python -m tests.workers.process '{"role": "send", …}'
"""

import json
import os
import sys

from tests.workers import hangs
from workers.jobs.kinds import FUNCTIONS
from workers.limits import Limits
from workers.queue import relay, worker
from workers.schedule import tasks


def main(order: dict[str, object]) -> None:
    role = str(order["role"])
    database_url, redis_url = str(order["database_url"]), str(order["redis_url"])
    relay_url = str(order["relay_url"])
    setattr(worker, "FUNCTIONS", FUNCTIONS | set(hangs.FUNCTIONS))  # noqa: B010
    limits = Limits(**order["limits"])  # type: ignore[arg-type]
    if role == "relay":
        relay.run(database_url=relay_url, redis_url=redis_url, limits=limits)
    elif role == "schedule":
        tasks.run(database_url=database_url, relay_url=relay_url)
    else:
        worker.work(
            role,
            database_url=database_url,
            redis_url=redis_url,
            key=bytes.fromhex(os.environ["TEST_KEY"]),
            fakes_url=str(order["fakes_url"]),
            limits=limits,
        )


main(json.loads(sys.argv[1]))
