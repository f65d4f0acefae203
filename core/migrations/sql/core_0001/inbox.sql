-- What somebody writes and reads on a channel without a session on the wire, such as SMS: one row
-- for each address at a service. The session is where they stand, sealed, until it is forgotten;
-- the lease is the one worker's that works their messages.
CREATE TABLE conversation (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    -- How its person is known there: by number (msisdn), or by an id of the provider's own.
    address_channel text NOT NULL,
    address_lookup bytea NOT NULL,
    address_sealed bytea NOT NULL,
    session_sealed bytea,
    session_until timestamptz,
    -- Who speaks in it: their session may be gone on with in another chat of theirs.
    subscriber_id uuid,
    sessions integer NOT NULL DEFAULT 0,
    -- The last reply asked to go on by USSD: digits that come now may be a PIN.
    expects_pin boolean NOT NULL DEFAULT false,
    -- What was sent here last to many at once asks for this flow: until then a text that begins a
    -- session begins it there.
    reply_flow text,
    reply_until timestamptz,
    lease_until timestamptz,
    -- Some channels let somebody be written to freely only for a while after this.
    last_inbound_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, service_id, address_lookup),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service (tenant_id, id)
);
CREATE INDEX conversation_address ON conversation (tenant_id, address_lookup);

CREATE INDEX conversation_of ON conversation (tenant_id, subscriber_id)
    WHERE session_sealed IS NOT NULL;

-- A message that came in, once by the provider's id, and in the order of its own.
CREATE TABLE inbound_message (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    provider text NOT NULL,
    provider_message_id text NOT NULL,
    content_sealed bytea NOT NULL,
    had_pin boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
    received_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT inbound_message_once
        UNIQUE (tenant_id, conversation_id, provider, provider_message_id),
    FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversation (tenant_id, id)
);
CREATE INDEX inbound_message_waiting ON inbound_message (tenant_id, conversation_id, id)
    WHERE state = 'waiting';
CREATE INDEX inbound_message_age ON inbound_message USING brin (received_at);

-- A file that came with a message, and has its id. Its bytes come later, and are kept sealed.
CREATE TABLE inbound_file (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'kept', 'refused', 'lost', 'withdrawn')),
    reason text,
    mime_type text,
    size_bytes integer,
    content_sealed bytea,
    received_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT inbound_file_kept CHECK ((state = 'kept') = (content_sealed IS NOT NULL)),
    FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversation (tenant_id, id)
);
CREATE INDEX inbound_file_of ON inbound_file (tenant_id, conversation_id, id);
CREATE INDEX inbound_file_age ON inbound_file USING brin (received_at);

-- A session that its person is to finish by USSD, since no PIN is typed in a chat.
CREATE TABLE handover (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    session_sealed bytea NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, subscriber_id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id)
);

-- That somebody has another number, id or phone, says a provider: by keyed hashes, and each once.
CREATE TABLE party_change (
    tenant_id uuid NOT NULL,
    provider text NOT NULL,
    event_id text NOT NULL,
    before_number bytea,
    before_id bytea,
    now_number bytea,
    now_id bytea,
    changed_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, provider, event_id)
);

-- The code that a chat shows to nobody known, as its keyed hash: who types it at their own phone and
-- agrees with their PIN makes the chat theirs.
CREATE TABLE chat_link (
    tenant_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    code_lookup bytea NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id),
    FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversation (tenant_id, id)
);
CREATE INDEX chat_link_code ON chat_link (tenant_id, code_lookup);

-- How many codes somebody typed that no chat shows.
CREATE TABLE chat_link_try (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    tries smallint NOT NULL CHECK (tries >= 0),
    until timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, subscriber_id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id)
);

-- A text that comes in parts, on a wire where each is acknowledged by itself: kept until all are
-- here, or nobody waits for the others any more. Its row stays for a while: a part may come twice.
CREATE TABLE long_text (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    provider text NOT NULL,
    address_lookup bytea NOT NULL,
    address_sealed bytea NOT NULL,
    reference text NOT NULL,
    total smallint NOT NULL,
    parts_sealed bytea[] NOT NULL,
    had_pin boolean NOT NULL DEFAULT false,
    received_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT long_text_once
        UNIQUE (tenant_id, service_id, address_lookup, reference, total),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service (tenant_id, id)
);
CREATE INDEX long_text_age ON long_text USING brin (received_at);
