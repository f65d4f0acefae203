-- To whom goods are sold on credit, and how: the newest terms hold.
CREATE TABLE credit_policy (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    terms jsonb NOT NULL,
    approved_by text NOT NULL CHECK (approved_by <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);

-- What a shop asked for, what the scorecard made of it with its reasons, and who decided.
CREATE TABLE credit_application (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'referred' CHECK (state IN ('referred', 'approved', 'refused')),
    score smallint NOT NULL CHECK (score BETWEEN 0 AND 100),
    limit_minor bigint NOT NULL CHECK (limit_minor >= 0),
    currency char(3) NOT NULL,
    reasons jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    decided_by text,
    decided_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT credit_application_decided_check CHECK ((state = 'referred') = (decided_by IS NULL)),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id)
);
CREATE INDEX credit_application_shop ON credit_application (tenant_id, subscriber_id, created_at DESC);
CREATE INDEX credit_application_waits ON credit_application (tenant_id, created_at)
    WHERE state = 'referred';

-- How much a shop may owe. What of it is used is read from its orders.
CREATE TABLE trade_credit (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'blocked')),
    limit_minor bigint NOT NULL CHECK (limit_minor > 0),
    currency char(3) NOT NULL,
    -- An invoice is due so many days after its own.
    days smallint NOT NULL CHECK (days > 0),
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, subscriber_id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id)
);

-- What of a payment paid what of which order.
CREATE TABLE credit_repayment (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    order_id uuid NOT NULL,
    invoice_minor bigint NOT NULL,
    late_fee_minor bigint NOT NULL,
    PRIMARY KEY (tenant_id, entry_id, order_id),
    CONSTRAINT credit_repayment_check CHECK (
        invoice_minor >= 0 AND late_fee_minor >= 0 AND invoice_minor + late_fee_minor > 0),
    FOREIGN KEY (tenant_id, order_id) REFERENCES shop_order (tenant_id, id)
);
