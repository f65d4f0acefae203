-- Money asked for, paid out or paid back through a provider. `reference` is ours, and the key by which
-- the provider knows the payment: it stands here before a request leaves.
CREATE TABLE payment (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('collection', 'disbursement', 'refund')),
    reference uuid NOT NULL,
    provider text NOT NULL,
    wallet text NOT NULL,
    -- The service that is this wallet of ours, where its provider calls back.
    wallet_service_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    operation text NOT NULL,
    intent_id uuid,
    -- The collection that this pays back.
    refunds_id uuid,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency char(3) NOT NULL,
    -- Whom it is asked of or paid to: sealed for the payment, and as it is looked up.
    party_sealed bytea NOT NULL,
    party_lookup bytea NOT NULL,
    -- A code that the payer gave us, sealed for the payment until it is passed on; and how many of
    -- them their provider did not take.
    code_sealed bytea,
    codes_refused smallint NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'created' CHECK (state IN ('created', 'submitted', 'pending',
        'unknown', 'paid', 'failed', 'expired', 'review', 'reversed', 'refunded')),
    reason text,
    -- The provider's id of the request, where it has one of its own.
    provider_id text,
    -- What is set aside for a payout; it never expires.
    hold_id uuid,
    -- The day on which it is counted towards its operation's limit; null where it is not.
    counted_on date,
    movement_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    submitted_at timestamptz,
    asked_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, reference),
    UNIQUE (tenant_id, intent_id),
    CONSTRAINT payment_moved_check
        CHECK (movement_id IS NOT NULL OR state NOT IN ('paid', 'reversed', 'refunded')),
    CONSTRAINT payment_refunds_check CHECK ((kind = 'refund') = (refunds_id IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX payment_person ON payment (tenant_id, subscriber_id, created_at DESC);
CREATE INDEX payment_open ON payment (tenant_id, created_at)
    WHERE state IN ('created', 'submitted', 'pending', 'unknown', 'review');
-- As staff filter and order the list.
CREATE INDEX payment_state ON payment (tenant_id, state, id DESC);
CREATE INDEX payment_kind ON payment (tenant_id, kind, id DESC);
CREATE INDEX payment_amount ON payment (tenant_id, amount_minor, id);
CREATE INDEX payment_code_due ON payment (tenant_id, subscriber_id)
    WHERE state = 'pending' AND reason = 'give_code';
CREATE INDEX payment_age ON payment USING brin (created_at);
CREATE INDEX payment_provider_id ON payment (tenant_id, provider_id)
    WHERE provider_id IS NOT NULL;

-- Money that a provider moved on one of our wallets: one row for each, however many ways it is seen.
-- An amount above nothing arrived, one below nothing left. `entry_id` is the entry that booked it,
-- `allocation_id` the one that later took it out of suspense.
CREATE TABLE provider_movement (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    wallet text NOT NULL,
    provider_txid text COLLATE "C" NOT NULL,
    source text NOT NULL CHECK (source IN ('api', 'callback', 'sms', 'statement')),
    -- All the ways by which it was seen, the first one included.
    seen_by text[] NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
    currency char(3) NOT NULL,
    counterparty_sealed bytea,
    counterparty_lookup bytea,
    happened_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'suspense' CHECK (state IN ('suspense', 'allocated')),
    entry_id uuid NOT NULL,
    allocation_id uuid,
    payment_id uuid,
    text_id uuid,
    -- What the payer wrote, where its provider told it: sealed for the movement.
    words_sealed bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, wallet, provider_txid)
) WITH (fillfactor = 80);
CREATE INDEX provider_movement_suspense ON provider_movement (tenant_id, created_at)
    WHERE state = 'suspense';

-- What callbacks said of requests that the provider's status does not say. `provider_id` is that of
-- the request; an amount that could not be booked is none.
CREATE TABLE payment_hint (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    wallet_service_id uuid NOT NULL,
    provider_id text COLLATE "C" NOT NULL,
    reference uuid,
    said text NOT NULL CHECK (said IN ('pending', 'paid', 'failed', 'expired', 'unknown')),
    provider_txid text COLLATE "C" NOT NULL,
    amount_minor bigint,
    currency char(3),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX payment_hint_request ON payment_hint (tenant_id, provider_id);
CREATE INDEX payment_hint_age ON payment_hint USING brin (created_at);

-- What a provider's answers say of a wallet and what is asked of it, so that a phone can be told
-- before anything is asked.
CREATE TABLE wallet_outage (
    tenant_id uuid NOT NULL REFERENCES tenant,
    wallet_service_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('collection', 'disbursement', 'refund')),
    until timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, wallet_service_id, kind)
);

-- What is in an account that people's money stands in, as staff say: of each the newest counts.
CREATE TABLE trust_balance (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    account text NOT NULL,
    currency char(3) NOT NULL,
    balance_minor bigint NOT NULL CHECK (balance_minor >= 0),
    as_of timestamptz NOT NULL,
    said_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX trust_balance_account ON trust_balance (tenant_id, currency, account, as_of DESC);
