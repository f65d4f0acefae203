-- What must happen after the transaction that wrote it. The relay queues it; the worker claims it
-- by compare-and-set and says when it is done; past its lease it is queued again.
CREATE TABLE outbox (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    -- 0 a code, 1 what somebody waits for (a reply), 2 a receipt or a notice, 3 many at once.
    priority smallint NOT NULL DEFAULT 2 CHECK (priority BETWEEN 0 AND 3),
    subject_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'queued', 'working', 'done', 'dead')),
    attempts smallint NOT NULL DEFAULT 0,
    available_at timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz,
    done_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
-- By whose turn it is: the most urgent first, and within that each tenant by itself, from what is due
-- longest. What waits has no lease; what is held is due when its lease is over.
CREATE INDEX outbox_due ON outbox (priority, tenant_id, greatest(available_at, lease_until))
    WHERE state IN ('waiting', 'queued', 'working');
-- What somebody must look at.
CREATE INDEX outbox_dead ON outbox (tenant_id, id) WHERE state = 'dead';
