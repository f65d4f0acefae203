"""What there is no less of for a message: dequeue from RQ, write one row, post one HTTP request.

`python -m bench.bare_worker`, until the queue is empty: RQ's own simple worker, a row committed in
Postgres, and the request that Africa's Talking's SDK makes. It knows no order, no person and no
words, and never looks whether a message was sent before.
"""

import os
import uuid
from typing import Final

import psycopg
import requests
from redis import Redis
from rq import Queue, SimpleWorker

from app.settings import Settings

QUEUE: Final = "bare"
TABLE: Final = "CREATE TABLE IF NOT EXISTS bare_message (id uuid PRIMARY KEY, at timestamptz)"
TIMEOUT_S: Final = 30.0

_connections: list[psycopg.Connection] = []


def send(number: str) -> None:
    """The job: a row, and a request."""
    if not _connections:
        url = os.environ["BENCH_ADMIN_URL"]
        _connections.append(psycopg.connect(url, autocommit=True))
    _connections[0].execute("INSERT INTO bare_message VALUES (%s, now())", (uuid.uuid4(),))
    form = {"username": "bare", "to": number, "message": "Ibimina\n1 Save\n2 Balances"}
    url = f"{os.environ['PIGA_FAKES_URL']}/at/version1/messaging"
    requests.post(url, form, headers={"apiKey": "demo"}, timeout=TIMEOUT_S).raise_for_status()


def main() -> None:
    connection = Redis.from_url(Settings.load().redis_url)
    queue = Queue(QUEUE, connection=connection)
    SimpleWorker([queue], connection=connection).work(burst=True, logging_level="WARNING")


if __name__ == "__main__":
    main()
