-- Products are dated: a loan keeps the terms that it was agreed on.
CREATE TABLE loan_product (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    terms jsonb NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    approved_by text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, key, valid_from)
);

-- Which share of what is owed is set aside, by days of arrears; the regulator's figures are data.
CREATE TABLE loan_provisioning (
    tenant_id uuid NOT NULL REFERENCES tenant,
    valid_from timestamptz NOT NULL,
    bands jsonb NOT NULL,
    approved_by text NOT NULL,
    PRIMARY KEY (tenant_id, valid_from)
);

-- `account_id` holds what is owed of the principal, below zero. `needed` are the guarantors and the
-- approvals that the terms asked for.
CREATE TABLE loan (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    borrower_id uuid NOT NULL,
    product_id uuid NOT NULL,
    terms jsonb NOT NULL,
    principal_minor bigint NOT NULL,
    currency char(3) NOT NULL,
    periods smallint NOT NULL,
    state text NOT NULL DEFAULT 'applied',
    reason text,
    account_id uuid NOT NULL,
    disbursed_on date,
    entry_id uuid,
    lost_minor bigint NOT NULL DEFAULT 0,
    payout text NOT NULL DEFAULT 'wallet',
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT loan_payout_check CHECK (payout IN ('wallet', 'cash')),
    CONSTRAINT loan_principal_minor_check CHECK (principal_minor > 0),
    CONSTRAINT loan_lost_minor_check CHECK (lost_minor >= 0),
    CONSTRAINT loan_state_check CHECK (state IN ('applied', 'guaranteed', 'approved', 'disbursed',
        'repaying', 'closed', 'written_off', 'refused', 'withdrawn')),
    CONSTRAINT loan_disbursed_check CHECK ((disbursed_on IS NULL) = (entry_id IS NULL)
        AND (state IN ('disbursed', 'repaying', 'closed', 'written_off')) = (entry_id IS NOT NULL)),
    FOREIGN KEY (tenant_id, group_id, borrower_id) REFERENCES membership,
    FOREIGN KEY (tenant_id, product_id) REFERENCES loan_product
);
-- One at a time in a group.
CREATE UNIQUE INDEX loan_open ON loan (tenant_id, borrower_id, group_id)
    WHERE state IN ('applied', 'guaranteed', 'approved', 'disbursed', 'repaying');
CREATE INDEX loan_group ON loan (tenant_id, group_id, state);

CREATE TABLE loan_guarantor (
    tenant_id uuid NOT NULL,
    loan_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    state text NOT NULL DEFAULT 'asked',
    hold_id uuid,
    called_minor bigint NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, loan_id, subscriber_id),
    CONSTRAINT loan_guarantor_amount_minor_check CHECK (amount_minor > 0),
    CONSTRAINT loan_guarantor_called_check CHECK (called_minor BETWEEN 0 AND amount_minor),
    CONSTRAINT loan_guarantor_state_check
        CHECK (state IN ('asked', 'accepted', 'refused', 'released', 'called')),
    FOREIGN KEY (tenant_id, loan_id) REFERENCES loan,
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);
CREATE INDEX loan_guarantor_person ON loan_guarantor (tenant_id, subscriber_id);

-- An officer decides once.
CREATE TABLE loan_decision (
    tenant_id uuid NOT NULL,
    loan_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    role text NOT NULL,
    approved boolean NOT NULL,
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, loan_id, subscriber_id),
    FOREIGN KEY (tenant_id, loan_id) REFERENCES loan
);

-- What is due when. A rescheduled loan gets a new version, and keeps the one before.
CREATE TABLE loan_instalment (
    tenant_id uuid NOT NULL,
    loan_id uuid NOT NULL,
    version smallint NOT NULL,
    number smallint NOT NULL,
    planned_on date NOT NULL,
    due_on date NOT NULL,
    principal_minor bigint NOT NULL,
    interest_minor bigint NOT NULL,
    fee_minor bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, loan_id, version, number),
    CONSTRAINT loan_instalment_check
        CHECK (principal_minor >= 0 AND interest_minor >= 0 AND fee_minor >= 0),
    FOREIGN KEY (tenant_id, loan_id) REFERENCES loan
);
CREATE INDEX loan_instalment_due ON loan_instalment (tenant_id, due_on);

-- `id` is the entry's. `paid_on` is the day that it counts from, which may lie back.
CREATE TABLE loan_payment (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    loan_id uuid NOT NULL,
    payer_id uuid NOT NULL,
    source text NOT NULL,
    paid_on date NOT NULL,
    amount_minor bigint NOT NULL,
    settles boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT loan_payment_amount_minor_check CHECK (amount_minor > 0),
    CONSTRAINT loan_payment_source_check
        CHECK (source IN ('wallet', 'guarantor', 'cash', 'share_out')),
    FOREIGN KEY (tenant_id, loan_id) REFERENCES loan
);
CREATE INDEX loan_payment_loan ON loan_payment (tenant_id, loan_id);

-- What of a payment went where. Rows are only added: what was split otherwise before is taken back
-- by a row below zero, with an entry of its own.
CREATE TABLE loan_split (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    loan_id uuid NOT NULL,
    penalty_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    interest_minor bigint NOT NULL,
    principal_minor bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, entry_id, payment_id),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES loan_payment
);
CREATE INDEX loan_split_loan ON loan_split (tenant_id, loan_id);

-- A payment in cash that was none: it stays, with its splits, and counts no more.
CREATE TABLE loan_reversal (
    tenant_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, payment_id),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES loan_payment
);

-- The penalties of a day, once. A correction is another row, with the next `ordinal`.
CREATE TABLE loan_penalty (
    tenant_id uuid NOT NULL,
    loan_id uuid NOT NULL,
    number smallint NOT NULL,
    day date NOT NULL,
    ordinal smallint NOT NULL,
    amount_minor bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, loan_id, number, day, ordinal),
    CONSTRAINT loan_penalty_amount_minor_check CHECK (amount_minor <> 0),
    FOREIGN KEY (tenant_id, loan_id) REFERENCES loan
);
