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
    held_minor bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    -- One constraint and not three: each is read and prepared for every statement that changes a
    -- balance. An account that only collects is never written, so it keeps its zeros.
    CONSTRAINT account_covers_holds CHECK (held_minor >= 0 AND balance_minor >= held_minor)
) WITH (fillfactor = 60);
CREATE INDEX account_owner ON account (tenant_id, owner_id, kind);

-- An entry and its idempotency key are one row. The key is unique over all time, which a partitioned
-- table cannot promise, and no entry is ever dropped: so entries lie in one table. New ones go to the
-- end of both indexes, since ids and the keys of intents begin with the time.
CREATE TABLE entry (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    key text COLLATE "C" NOT NULL,
    inputs_hash bytea NOT NULL,
    actor_id uuid,
    detail jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, key)
);

-- An account has one line in an entry: that is its primary key, and in this order it is also what a
-- statement is read from. The lines of one entry lie beside each other, so that a few pages of index
-- are enough to find them. A line of nothing is refused where lines are written, by `post_entry`.
CREATE TABLE posting (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    account_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency char(3) NOT NULL,
    PRIMARY KEY (tenant_id, account_id, entry_id)
) PARTITION BY RANGE (entry_id);
CREATE INDEX posting_entry ON posting USING brin (entry_id) WITH (autosummarize = on);

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
-- A session that has paid is known for as long as the books are.
CREATE INDEX intent_session ON intent (tenant_id, session);
-- Rows come in the order of their age, so that a few pages of index are enough.
CREATE INDEX intent_age ON intent USING brin (created_at);

-- What somebody may pay in all until then, beside the limits of each operation.
CREATE TABLE spending_limit (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    limit_minor bigint NOT NULL,
    used_minor bigint NOT NULL DEFAULT 0,
    until timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, subscriber_id),
    CHECK (used_minor BETWEEN 0 AND limit_minor)
);

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
CREATE INDEX usage_day_age ON usage_day USING brin (day);
