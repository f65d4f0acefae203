-- A text to a person. Its words are made when it is sent, from template and params, so that a code
-- is never stored; the number is the subscriber's address, sealed elsewhere.
CREATE TABLE message (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    -- Whom it is for: a person, or who is in a conversation, known or not.
    subscriber_id uuid,
    conversation_id uuid,
    service_id uuid NOT NULL,
    template text NOT NULL,
    params jsonb NOT NULL,
    -- A reply has its words here, sealed: it is what the conversation came to by then.
    content_sealed bytea,
    entry_id uuid,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN
        ('queued', 'sending', 'unknown', 'accepted', 'delivered', 'failed')),
    reason text,
    -- The number that it was sent to, as the keyed hash: reports may name it long after the person
    -- has another.
    sent_to bytea,
    -- In how many segments it was sent, and is paid.
    segments smallint,
    sending_at timestamptz,
    accepted_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT message_whose_check CHECK ((subscriber_id IS NULL) <> (conversation_id IS NULL)),
    CONSTRAINT message_words_check CHECK ((content_sealed IS NULL) = (conversation_id IS NULL))
) PARTITION BY RANGE (id);
CREATE INDEX message_subscriber ON message (tenant_id, subscriber_id, id DESC);
CREATE INDEX message_conversation ON message (tenant_id, conversation_id, id DESC)
    WHERE conversation_id IS NOT NULL;
CREATE INDEX message_entry ON message (tenant_id, entry_id) WHERE entry_id IS NOT NULL;
-- What is in a state that few are in: to be settled, and to be looked at by staff.
CREATE INDEX message_unsettled ON message (tenant_id, state, id DESC)
    WHERE state IN ('queued', 'sending', 'accepted', 'unknown', 'failed');

CREATE TABLE message_receipt (
    tenant_id uuid NOT NULL,
    provider text NOT NULL,
    provider_message_id text NOT NULL,
    message_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, provider, provider_message_id)
);
CREATE INDEX message_receipt_message ON message_receipt (tenant_id, message_id);
CREATE INDEX message_receipt_age ON message_receipt USING brin (created_at);

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

-- What somebody said about texts that nobody waits for: no more of them (is_out), or send them again.
-- Rows are only added; the newest that covers a sender holds. An empty sender means all of the
-- tenant's, an empty purpose all that is sent unasked. Whose number it is stands nowhere but in its keyed hash.
CREATE TABLE opt_out (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    address_lookup bytea NOT NULL,
    sender text NOT NULL CHECK (sender = lower(sender)),
    purpose text NOT NULL DEFAULT '' CHECK (purpose IN ('', 'news', 'reminders')),
    is_out boolean NOT NULL,
    source text NOT NULL CHECK (source IN ('word', 'provider', 'staff')),
    actor text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT opt_out_actor_check CHECK ((actor IS NOT NULL) = (source = 'staff'))
);
CREATE INDEX opt_out_address ON opt_out (tenant_id, address_lookup, id DESC);

-- What a provider says of the wordings that it has approved for the tenant.
CREATE TABLE provider_template (
    tenant_id uuid NOT NULL,
    provider text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    state text NOT NULL CONSTRAINT provider_template_state_check
        CHECK (state IN ('pending', 'approved', 'paused', 'disabled', 'rejected')),
    reason text,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, provider, name, language)
);
