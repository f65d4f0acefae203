-- Whom a tenant tells what happens here: a place that is posted to, and which kinds of event.
-- The place may have a key in it, and the secrets sign: both are sealed.
CREATE TABLE event_subscription (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    url_sealed bytea NOT NULL,
    secret_sealed bytea NOT NULL,
    -- While it is valid, each event is signed with both.
    old_secret_sealed bytea,
    old_secret_until timestamptz,
    kinds text[] NOT NULL,
    with_numbers boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'on' CHECK (state IN ('on', 'off')),
    -- Why it is off, and how often in a row it did not answer: until then it is left alone.
    reason text,
    failures integer NOT NULL DEFAULT 0,
    paused_until timestamptz,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);

-- A fact that one subscription is told of, once. What is told is read from the fact's own row as it
-- is sent: here are its kind and its id.
CREATE TABLE event (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'delivered', 'dead', 'dropped')),
    -- What the last try came to: an HTTP status, or a word.
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, subscription_id, kind, subject_id),
    FOREIGN KEY (tenant_id, subscription_id) REFERENCES event_subscription (tenant_id, id)
);
CREATE INDEX event_unsettled ON event (tenant_id, subscription_id, state)
    WHERE state IN ('waiting', 'dead');
CREATE INDEX event_age ON event USING brin (created_at);
CREATE INDEX event_newest ON event (tenant_id, created_at DESC, id DESC);

-- Facts are noted in the transaction that makes them, whoever makes them. A tenant that nobody asked
-- for has no row here, and nothing is written.
-- The path has pg_catalog before what it names. It belongs to piga_lookup (see lookups.sql), since the
-- relay, which writes the turns of all tenants, and the ledger write facts, too.
CREATE FUNCTION note_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    told pg_catalog.text := TG_ARGV[0];
BEGIN
    IF EXISTS (SELECT FROM event_subscription s WHERE s.tenant_id = NEW.tenant_id
               AND s.state = 'on' AND told = ANY (s.kinds))
    THEN
        WITH noted AS (
            INSERT INTO event (tenant_id, id, subscription_id, kind, subject_id)
            SELECT NEW.tenant_id, gen_random_uuid(), s.id, told, NEW.id
            FROM event_subscription s WHERE s.tenant_id = NEW.tenant_id
                AND s.state = 'on' AND told = ANY (s.kinds)
            ON CONFLICT DO NOTHING RETURNING id
        )
        INSERT INTO outbox (tenant_id, id, kind, priority, subject_id)
        SELECT NEW.tenant_id, gen_random_uuid(), 'event', 2, noted.id FROM noted;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_received AFTER INSERT ON inbound_message
    FOR EACH ROW EXECUTE FUNCTION note_event('message.received');
CREATE TRIGGER note_delivered AFTER UPDATE OF state ON message FOR EACH ROW
    WHEN (NEW.state = 'delivered' AND OLD.state <> 'delivered')
    EXECUTE FUNCTION note_event('message.delivered');
-- What was taken back before it left has failed nobody.
CREATE TRIGGER note_failed AFTER UPDATE OF state ON message FOR EACH ROW
    WHEN (NEW.state = 'failed' AND OLD.state <> 'failed'
          AND NEW.reason IS DISTINCT FROM 'taken_back')
    EXECUTE FUNCTION note_event('message.failed');
CREATE TRIGGER note_ended AFTER INSERT ON turn
    FOR EACH ROW WHEN (NEW.outcome = 'ended') EXECUTE FUNCTION note_event('session.ended');
CREATE TRIGGER note_posted AFTER INSERT ON entry
    FOR EACH ROW EXECUTE FUNCTION note_event('payment.posted');
