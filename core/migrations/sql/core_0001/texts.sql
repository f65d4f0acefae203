-- A phone or a modem with the SIM of one of the tenant's wallets, that forwards the network's texts.
-- Its secret signs what it posts, and is sealed; while one is changed both sign. `balance_minor` is
-- what the last text said: the next one has to go on from there.
CREATE TABLE text_device (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    name text NOT NULL,
    wallet text NOT NULL,
    -- Of which network its SIM is, as `formats/` has it: mtn-rw.
    network text NOT NULL,
    currency char(3) NOT NULL,
    -- Whether a provider's API also tells what comes to the wallet.
    is_polled boolean NOT NULL DEFAULT false,
    -- What the wallet's merchant code is for, where it is for one thing.
    purpose text,
    subject_id uuid,
    secret_sealed bytea NOT NULL,
    old_secret_sealed bytea,
    old_secret_until timestamptz,
    state text NOT NULL DEFAULT 'on' CHECK (state IN ('on', 'held', 'blocked')),
    balance_minor bigint,
    seen_at timestamptz,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);

-- What a device forwarded, once: `digest` is of the sender, the words and the time. Sender and words
-- are sealed, since they say names, numbers and balances.
CREATE TABLE payment_text (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    device_id uuid NOT NULL,
    digest bytea NOT NULL,
    body_sealed bytea NOT NULL,
    received_at timestamptz NOT NULL,
    happened_at timestamptz NOT NULL,
    kind text NOT NULL,
    direction text NOT NULL,
    accept boolean NOT NULL,
    parser text,
    txid text COLLATE "C",
    amount_minor bigint,
    balance_minor bigint,
    state text NOT NULL DEFAULT 'stored'
        CHECK (state IN ('stored', 'set_aside', 'credited', 'in_question')),
    -- Why it is where it is: unknown, copy, other_network, broken_chain ...
    flags text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, device_id, digest),
    FOREIGN KEY (tenant_id, device_id) REFERENCES text_device (tenant_id, id)
) WITH (fillfactor = 80);
CREATE INDEX payment_text_waiting ON payment_text (tenant_id, device_id, happened_at)
    WHERE state = 'stored';
CREATE INDEX payment_text_txid ON payment_text (tenant_id, device_id, txid)
    WHERE txid IS NOT NULL;
CREATE INDEX payment_text_age ON payment_text USING brin (created_at);

-- What a payer writes into a transfer's reference, so that it is known whose it is and what for.
CREATE TABLE payment_token (
    tenant_id uuid NOT NULL,
    token text NOT NULL,
    purpose text NOT NULL,
    subscriber_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, token),
    UNIQUE (tenant_id, purpose, subscriber_id, subject_id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id)
);

-- That somebody said they would pay so much, until when, and from which number.
CREATE TABLE expected_payment (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    purpose text NOT NULL,
    subscriber_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    wallet text,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency char(3) NOT NULL,
    until timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'met', 'withdrawn')),
    movement_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id)
);
CREATE INDEX expected_payment_open ON expected_payment (tenant_id, amount_minor)
    WHERE state = 'open';

-- Money that a person has to look at: whose it is, or whether it came at all. What is suggested
-- stands here as ids and reasons. `movement_id` is there once it is booked.
CREATE TABLE payment_exception (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    text_id uuid,
    movement_id uuid,
    wallet text NOT NULL,
    provider_txid text COLLATE "C" NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency char(3) NOT NULL,
    happened_at timestamptz NOT NULL,
    reason text NOT NULL,
    suggestions jsonb NOT NULL DEFAULT '[]',
    state text NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'claimed', 'allocated', 'to_pay_back', 'paid_back', 'dismissed')),
    owner text,
    claimed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, wallet, provider_txid),
    CHECK ((state = 'claimed') <= (owner IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX payment_exception_open ON payment_exception (tenant_id, created_at)
    WHERE state IN ('open', 'claimed', 'to_pay_back');
CREATE INDEX payment_exception_state ON payment_exception (tenant_id, state, id DESC);
CREATE INDEX payment_exception_amount ON payment_exception (tenant_id, amount_minor, id);

-- Money that somebody says is missing: what they know of it, until staff answer. `txid` is the
-- network's id, empty where they have none; `file_id` a picture of its message, in `inbound_file`.
CREATE TABLE missing_money (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency char(3) NOT NULL,
    txid text COLLATE "C" NOT NULL,
    file_id uuid,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'found', 'not_found')),
    answer_by timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id)
);
-- The same report again is the same one while it waits.
CREATE UNIQUE INDEX missing_money_open
    ON missing_money (tenant_id, subscriber_id, amount_minor, currency, txid) WHERE state = 'open';
CREATE INDEX missing_money_age ON missing_money USING brin (created_at);

-- A day of a wallet, compared with the provider's statement and closed: the sheet adds up, and its
-- figures and digest are signed. Opened again by two officers, and closed again.
CREATE TABLE reconciliation (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    wallet text NOT NULL,
    currency char(3) NOT NULL,
    day date NOT NULL,
    figures jsonb NOT NULL,
    sheet_digest bytea NOT NULL,
    signature bytea NOT NULL,
    sheet text,
    state text NOT NULL DEFAULT 'closed' CHECK (state IN ('closed', 'reopened')),
    closed_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX reconciliation_closed ON reconciliation (tenant_id, wallet, currency, day)
    WHERE state = 'closed';
-- What moved on a wallet on a day, in order.
CREATE INDEX provider_movement_day ON provider_movement (tenant_id, wallet, happened_at, id);
