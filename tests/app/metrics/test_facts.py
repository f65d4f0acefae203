"""Figures that are read of the rows: each query runs as the auditor, and says what there is."""

from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from redis import Redis

from app import domains
from app.metrics import verified
from app.metrics.facts import Facts
from core.alarms import alarms
from core.db.database import Database
from core.money.verify import verify
from tests.support.servers import DatabaseUrls
from tests.support.tenants import Tenant, new_tenant
from workers.jobs.kinds import QUEUES


@pytest.fixture
def tenant(database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(database) as tenant:
        yield tenant


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as connection:
        yield connection


def scraped(facts: Facts) -> str:
    registry = CollectorRegistry()
    registry.register(facts)
    return generate_latest(registry).decode()


def test_every_figure_of_every_domain_can_be_read(tenant: Tenant, redis: Redis) -> None:
    with tenant.tx() as tx:
        alarms.record(tx, kind="wrong_pins", subject="all", sentence="Many.", count=2)
        tx.execute(
            "INSERT INTO outbox (tenant_id, id, kind, subject_id, available_at) VALUES"
            " (current_tenant(), gen_random_uuid(), 'send_text', gen_random_uuid(),"
            "  now() - interval '90 seconds')"
        )
    verify_as = Database(tenant.urls.verify_url)
    said = scraped(Facts(verify_as, redis, domains.load().figures))
    verify_as.close()
    for figure in domains.load().figures:
        assert f"# TYPE {figure.name} gauge" in said, figure.name
    assert 'piga_facts_up{part="postgres"} 1.0' in said
    assert 'piga_alarms_open{kind="wrong_pins"} 1.0' in said
    assert 'piga_outbox_rows{kind="send_text",state="waiting"} 1.0' in said
    oldest = next(line for line in said.splitlines() if line.startswith("piga_outbox_oldest"))
    assert 89 < float(oldest.rpartition(" ")[2]) < 300
    assert f'piga_messages_unknown{{tenant="{tenant.slug}"}} 0.0' in said
    for queue in QUEUES:
        assert f'piga_queue_jobs{{queue="{queue}"}}' in said


def test_what_the_last_verify_found_is_a_figure(tenant: Tenant, redis: Redis) -> None:
    facts = Facts(None, redis, ())
    redis.delete(verified.KEY)
    assert "piga_ledger" not in scraped(facts)
    verified.keep(redis, verify(tenant.urls.verify_url, domains.load().checks))
    said = scraped(Facts(None, redis, ()))
    assert 'piga_ledger_violations{check="books_balance"} 0.0' in said
    assert "piga_ledger_verified_timestamp_seconds" in said
    assert 'piga_facts_up{part="postgres"} 0.0' in said


def test_what_cannot_be_read_is_left_out_and_said() -> None:
    nowhere = Database("postgresql://127.0.0.1:1/piga")
    with Redis.from_url("redis://127.0.0.1:1") as redis:
        said = scraped(Facts(nowhere, redis, domains.load().figures))
    assert 'piga_facts_up{part="postgres"} 0.0' in said
    assert 'piga_facts_up{part="redis"} 0.0' in said
    assert "piga_outbox_rows" not in said
