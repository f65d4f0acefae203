-- The same words to many. A draft has its recipients already: who is confirmed is who is sent to.
CREATE TABLE broadcast (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    -- Which people were asked for, in words for officers: no name, no number.
    audience text NOT NULL,
    group_name text NOT NULL DEFAULT '',
    -- The words by language, sealed: a tenant may name people in them.
    words_sealed bytea NOT NULL,
    -- What makes two broadcasts the same, as a keyed hash.
    fingerprint bytea NOT NULL,
    reply_flow text,
    reply_days smallint NOT NULL DEFAULT 7,
    people integer NOT NULL,
    state text NOT NULL DEFAULT 'draft'
        CHECK (state IN ('draft', 'running', 'paused', 'done', 'cancelled')),
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service (tenant_id, id)
);
CREATE INDEX broadcast_fingerprint ON broadcast (tenant_id, fingerprint);
CREATE INDEX broadcast_age ON broadcast USING brin (created_at);

-- One of many: a person, or a number of a list that is nobody's. Where a list names a number, the
-- words go to that one; otherwise to the one that the person uses by then, which is noted as they
-- are written. `message_id` is the text, which has what became of it; one text may be for several
-- who share a number. `reason` says why somebody gets none.
CREATE TABLE broadcast_recipient (
    tenant_id uuid NOT NULL,
    broadcast_id uuid NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    subscriber_id uuid,
    address_sealed bytea,
    address_lookup bytea,
    message_id uuid,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'written', 'skipped')),
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, broadcast_id, number),
    UNIQUE (tenant_id, broadcast_id, subscriber_id),
    CONSTRAINT broadcast_recipient_whom_check
        CHECK (subscriber_id IS NOT NULL OR address_sealed IS NOT NULL),
    CONSTRAINT broadcast_recipient_written_check
        CHECK ((state = 'written') = (message_id IS NOT NULL)),
    FOREIGN KEY (tenant_id, broadcast_id) REFERENCES broadcast (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id)
);
CREATE INDEX broadcast_recipient_waiting ON broadcast_recipient (tenant_id, broadcast_id, number)
    WHERE state = 'waiting';
CREATE INDEX broadcast_recipient_address
    ON broadcast_recipient (tenant_id, broadcast_id, address_lookup);
CREATE INDEX broadcast_recipient_message ON broadcast_recipient (tenant_id, message_id)
    WHERE message_id IS NOT NULL;
