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
    -- Officers took the PIN away, and let the person choose a new one.
    pin_reset_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- How often in a row the PIN was locked, without a right one in between.
    pin_locks smallint NOT NULL DEFAULT 0 CHECK (pin_locks >= 0),
    -- Two officers took away what says who they are: the id stays, for the books.
    erased_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT subscriber_erased_check
        CHECK (erased_at IS NULL OR (status = 'frozen' AND pin_hash IS NULL))
);
CREATE INDEX subscriber_frozen ON subscriber (tenant_id, id) WHERE status = 'frozen';

-- Many to many: a person has several addresses, and a shared phone has several people. One that was
-- taken out stays as history: it opens nothing, and is texted nothing.
CREATE TABLE address (
    tenant_id uuid NOT NULL,
    channel text NOT NULL,
    lookup bytea NOT NULL,
    subscriber_id uuid NOT NULL,
    identifier_sealed bytea NOT NULL,
    -- The order in which people came to a shared phone, also within one transaction.
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Who gave it: the person's own phone, the tenant's folder, or staff. A folder takes out what it
    -- gave, and no more.
    given_by text NOT NULL DEFAULT 'phone' CHECK (given_by IN ('phone', 'folder', 'staff', 'link')),
    -- When the person last proved here who they are, by registering or by a right PIN.
    used_at timestamptz,
    -- Since when another SIM answers here: the number came to somebody who was known already, or
    -- the network said so.
    sim_changed_at timestamptz,
    detached_at timestamptz,
    PRIMARY KEY (tenant_id, channel, lookup, subscriber_id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);
CREATE INDEX address_subscriber ON address (tenant_id, subscriber_id);

-- The words of a person's name as keyed hashes: staff find somebody by a whole word of it.
CREATE TABLE name_word (
    tenant_id uuid NOT NULL,
    word_lookup bytea NOT NULL,
    subscriber_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, word_lookup, subscriber_id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);
CREATE INDEX name_word_of ON name_word (tenant_id, subscriber_id);

-- That a provider's id of somebody and a number came together. The id alone says later whose message
-- it is; who has it stands in `address`, where somebody linked it.
CREATE TABLE known_id (
    tenant_id uuid NOT NULL,
    channel text NOT NULL,
    lookup bytea NOT NULL,
    number_lookup bytea NOT NULL,
    number_sealed bytea NOT NULL,
    source text NOT NULL CHECK (source IN ('wire', 'contact')),
    seen_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, channel, lookup)
);

-- Between "PIN" and "PIN again": the peppered hash of what was typed first, never the PIN.
CREATE TABLE pin_proposal (
    tenant_id uuid NOT NULL,
    session text NOT NULL,
    pin_hash text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, session)
);

-- Whose PIN was wrong, and when last. Where too many people's are wrong within a minute, those of them
-- who are worth a guess (here for a day, with money or movements) are held: `core/people/wrong_pins`.
-- A right PIN takes no wrong one out of the day's count, so that slow guesses add up.
CREATE TABLE wrong_pin (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    wrong_at timestamptz NOT NULL DEFAULT now(),
    day_began_at timestamptz NOT NULL DEFAULT now(),
    day_times integer NOT NULL DEFAULT 1,
    has_history boolean NOT NULL,
    held_at timestamptz,
    PRIMARY KEY (tenant_id, subscriber_id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);
CREATE INDEX wrong_pin_recent ON wrong_pin (tenant_id, wrong_at);

-- Asked for by somebody whose answers were not understood; staff call and close it.
CREATE TABLE call_back (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    subscriber_id uuid,
    address_sealed bytea NOT NULL,
    lookup bytea NOT NULL,
    place text NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done')),
    PRIMARY KEY (tenant_id, id)
);
-- A number waits once, however often it asks.
CREATE UNIQUE INDEX call_back_waiting ON call_back (tenant_id, lookup) WHERE state = 'waiting';
CREATE INDEX call_back_lookup ON call_back (tenant_id, lookup, id);

-- A guess is counted, and that is committed, before it is verified: parallel guesses count too.
-- The last one locks at once, so that a process killed between guess and verdict leaves a lock that
-- runs out, and a right PIN takes the lock off again.
-- Without a right one in between each lock lasts twice as long as the one before, up to eight times
-- p_lock_s: who only waits would otherwise have as many tries again, for ever.
-- Answers (hash, tries left after this one, seconds locked from now on); hash is null when refused.
CREATE FUNCTION pin_attempt(
    p_tenant uuid, p_subscriber uuid, p_tries smallint, p_lock_s integer,
    OUT pin_hash text, OUT tries_left integer, OUT locked_s integer
) LANGUAGE plpgsql AS $$
DECLARE
    who record;
    attempts integer;
BEGIN
    PERFORM set_config('piga.tenant', p_tenant::text, true);
    SELECT s.pin_hash, s.pin_attempts, s.pin_locked_until, s.pin_locks INTO who
        FROM subscriber s WHERE s.tenant_id = p_tenant AND s.id = p_subscriber
        FOR NO KEY UPDATE;
    tries_left := 0;
    IF who.pin_hash IS NULL THEN
        RETURN;
    END IF;
    IF who.pin_locked_until > now() THEN
        -- By now: a guess that waited for the row began before whoever locked it did.
        locked_s := greatest(1, ceil(extract(epoch FROM who.pin_locked_until - clock_timestamp())));
        RETURN;
    END IF;
    -- A lock that ran out begins a fresh count.
    attempts := CASE WHEN who.pin_locked_until IS NULL THEN who.pin_attempts ELSE 0 END + 1;
    IF attempts >= p_tries THEN
        locked_s := p_lock_s * 2 ^ least(who.pin_locks, 3);
    END IF;
    UPDATE subscriber s SET
        pin_attempts = attempts,
        pin_locked_until = now() + make_interval(secs => locked_s),
        pin_locks = who.pin_locks + CASE WHEN attempts >= p_tries THEN 1 ELSE 0 END
    WHERE s.tenant_id = p_tenant AND s.id = p_subscriber;
    pin_hash := who.pin_hash;
    tries_left := greatest(0, p_tries - attempts);
END $$;

-- Somebody whom staff entered has to show at the first use that they are that person: by a code
-- that staff hand over (it is computed from PIGA_KEY and the generation; none is stored), or by
-- their birth year. Whoever dials first from the number is not enough.
CREATE TABLE first_use (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('code', 'birth_year')),
    generation integer NOT NULL DEFAULT 1 CHECK (generation > 0),
    tries smallint NOT NULL DEFAULT 0 CHECK (tries >= 0),
    done_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, subscriber_id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);
