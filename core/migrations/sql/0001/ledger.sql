-- Double entry in integer minor units. A positive amount is value given to the account's holder.
-- `guarded` accounts (wallets, floats, a member's savings) keep a balance that is checked where it
-- changes; the others only collect (fees, settlement): they have no row that everybody writes to,
-- and their balance is the sum of their postings.
CREATE TABLE account (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    kind text NOT NULL,
    currency char(3) NOT NULL,
    owner_id uuid,
    guarded boolean NOT NULL,
    frozen boolean NOT NULL DEFAULT false,
    balance_minor bigint NOT NULL DEFAULT 0,
    held_minor bigint NOT NULL DEFAULT 0 CHECK (held_minor >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CHECK (NOT guarded OR balance_minor >= held_minor),
    CHECK (guarded OR (balance_minor = 0 AND held_minor = 0))
) WITH (fillfactor = 60);
CREATE INDEX account_owner ON account (tenant_id, owner_id, kind);

CREATE TABLE entry (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    key text NOT NULL,
    actor_id uuid,
    detail jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, id)
) PARTITION BY RANGE (id);

CREATE TABLE posting (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    account_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
    currency char(3) NOT NULL,
    PRIMARY KEY (tenant_id, entry_id, ordinal)
) PARTITION BY RANGE (entry_id);
CREATE INDEX posting_account ON posting (tenant_id, account_id, entry_id DESC);

-- Unpartitioned, because a key must be unique over all time that it is kept for.
CREATE TABLE idempotency (
    tenant_id uuid NOT NULL,
    key text NOT NULL,
    inputs_hash bytea NOT NULL,
    entry_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, key)
);

CREATE TABLE hold (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency char(3) NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'posted', 'voided')),
    -- Null: the outcome of an outward payment is awaited, and only that ends the hold.
    expires_at timestamptz,
    entry_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'posted') = (entry_id IS NOT NULL))
);
CREATE INDEX hold_pending ON hold (expires_at) WHERE state = 'pending';
CREATE INDEX hold_account ON hold (tenant_id, account_id) WHERE state = 'pending';

-- What a Confirm showed, written down before it is answered; its id is the idempotency key of
-- everything that follows.
CREATE TABLE intent (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    session text NOT NULL,
    operation text NOT NULL,
    payee_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    fee_minor bigint NOT NULL CHECK (fee_minor >= 0),
    currency char(3) NOT NULL,
    quote jsonb NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'pending', 'done', 'void')),
    entry_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'done') = (entry_id IS NOT NULL))
);
CREATE INDEX intent_recent ON intent (tenant_id, subscriber_id, created_at DESC);

-- Day by day and operation by operation: what limits are counted on.
CREATE TABLE usage_day (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    operation text NOT NULL,
    day date NOT NULL,
    count integer NOT NULL,
    amount_minor bigint NOT NULL,
    PRIMARY KEY (tenant_id, subscriber_id, operation, day)
) WITH (fillfactor = 70);

-- Partitions are ranges of UUIDv7, whose first 48 bits are Unix milliseconds.
CREATE FUNCTION uuid7_floor(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Run by the schedule with the owner's rights; months are months in UTC.
CREATE FUNCTION make_partitions(months_ahead integer) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    parent text;
    month timestamptz;
    part text;
    made integer := 0;
BEGIN
    FOREACH parent IN ARRAY ARRAY['entry', 'posting', 'turn', 'message'] LOOP
        FOR ahead IN 0..months_ahead LOOP
            month := date_trunc('month', now()) + make_interval(months => ahead);
            part := format('%s_%s', parent, to_char(month, 'YYYYMM'));
            IF to_regclass(part) IS NULL THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                    part, parent, uuid7_floor(month), uuid7_floor(month + interval '1 month'));
                EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
                EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
                made := made + 1;
            END IF;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;
