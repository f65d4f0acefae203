-- What must happen after the transaction that wrote it. The relay queues it; the worker claims it
-- by compare-and-set and says when it is done; past its lease it is queued again.
CREATE TABLE outbox (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'queued', 'working', 'done', 'dead')),
    attempts smallint NOT NULL DEFAULT 0,
    available_at timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz,
    done_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX outbox_due ON outbox (available_at) WHERE state IN ('waiting', 'queued', 'working');
