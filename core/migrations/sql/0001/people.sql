CREATE TABLE subscriber (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    name_sealed bytea NOT NULL,
    language text NOT NULL,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'frozen')),
    roles text[] NOT NULL DEFAULT '{}',
    birth_year smallint,
    pin_hash text,
    pin_attempts smallint NOT NULL DEFAULT 0 CHECK (pin_attempts >= 0),
    pin_locked_until timestamptz,
    pin_set_at timestamptz,
    registered_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);

-- Many to many: a person has several addresses, and a shared phone has several people.
CREATE TABLE address (
    tenant_id uuid NOT NULL,
    channel text NOT NULL,
    lookup bytea NOT NULL,
    subscriber_id uuid NOT NULL,
    identifier_sealed bytea NOT NULL,
    -- The order in which people came to a shared phone, also within one transaction.
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, channel, lookup, subscriber_id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);
CREATE INDEX address_subscriber ON address (tenant_id, subscriber_id);

-- Between "PIN" and "PIN again": the peppered hash of what was typed first, never the PIN.
CREATE TABLE pin_proposal (
    tenant_id uuid NOT NULL,
    session text NOT NULL,
    pin_hash text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, session)
);

-- Asked for by somebody whose answers were not understood; staff call and close it.
CREATE TABLE call_back (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    subscriber_id uuid,
    address_sealed bytea NOT NULL,
    place text NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done')),
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE audit (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    object_id uuid,
    detail jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, id)
);

-- A guess is counted, and that is committed, before it is verified: parallel guesses count too.
-- The last one locks at once, so that a process killed between guess and verdict leaves a lock that
-- runs out, and a right PIN takes the lock off again.
-- Answers (hash, tries left after this one, seconds still locked); hash is null when refused.
CREATE FUNCTION pin_attempt(
    p_tenant uuid, p_subscriber uuid, p_tries smallint, p_lock_s integer,
    OUT pin_hash text, OUT tries_left integer, OUT locked_s integer
) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('piga.tenant', p_tenant::text, true);
    UPDATE subscriber s SET
        -- A lock that ran out begins a fresh count.
        pin_attempts = CASE WHEN s.pin_locked_until IS NULL THEN s.pin_attempts ELSE 0 END + 1,
        pin_locked_until =
            CASE WHEN CASE WHEN s.pin_locked_until IS NULL THEN s.pin_attempts ELSE 0 END + 1
                      >= p_tries
                 THEN now() + make_interval(secs => p_lock_s) END
    WHERE s.tenant_id = p_tenant AND s.id = p_subscriber AND s.pin_hash IS NOT NULL
      AND (s.pin_locked_until IS NULL OR s.pin_locked_until <= now())
    RETURNING s.pin_hash, greatest(0, p_tries - s.pin_attempts) INTO pin_hash, tries_left;
    IF pin_hash IS NULL THEN
        SELECT 0, ceil(extract(epoch FROM s.pin_locked_until - now()))::integer
          INTO tries_left, locked_s
          FROM subscriber s WHERE s.tenant_id = p_tenant AND s.id = p_subscriber
            AND s.pin_hash IS NOT NULL;
    END IF;
END $$;
