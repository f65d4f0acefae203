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

-- A text to a person. Its words are made when it is sent, from template and params, so that a code
-- is never stored; the number is the subscriber's address, sealed elsewhere.
CREATE TABLE message (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    service_id uuid NOT NULL,
    template text NOT NULL,
    params jsonb NOT NULL,
    entry_id uuid,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN
        ('queued', 'sending', 'unknown', 'accepted', 'delivered', 'failed')),
    reason text,
    sending_at timestamptz,
    accepted_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX message_subscriber ON message (tenant_id, subscriber_id, id DESC);
CREATE INDEX message_entry ON message (tenant_id, entry_id) WHERE entry_id IS NOT NULL;
CREATE INDEX message_unsettled ON message (tenant_id, state) WHERE state IN ('sending', 'unknown');

CREATE TABLE message_receipt (
    tenant_id uuid NOT NULL,
    provider text NOT NULL,
    provider_message_id text NOT NULL,
    message_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, provider, provider_message_id)
);
CREATE INDEX message_receipt_message ON message_receipt (tenant_id, message_id);

-- Delivery reports that came before we knew the id they speak of.
CREATE TABLE early_report (
    tenant_id uuid NOT NULL,
    provider text NOT NULL,
    provider_message_id text NOT NULL,
    state text NOT NULL,
    reason text,
    address_lookup bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, provider, provider_message_id)
);

-- One row a turn, never a word of what was typed.
CREATE TABLE turn (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    session text NOT NULL,
    subscriber_id uuid,
    number integer NOT NULL,
    place text NOT NULL,
    outcome text NOT NULL,
    language text NOT NULL,
    took_us integer NOT NULL,
    PRIMARY KEY (tenant_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX turn_session ON turn (tenant_id, session);

CREATE TABLE entry_rest PARTITION OF entry DEFAULT;
CREATE TABLE posting_rest PARTITION OF posting DEFAULT;
CREATE TABLE message_rest PARTITION OF message DEFAULT;
CREATE TABLE turn_rest PARTITION OF turn DEFAULT;
SELECT make_partitions(3);
