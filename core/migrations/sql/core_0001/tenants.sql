CREATE TABLE installation (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    key_check bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- One counter for every change of configuration, so that a process asks one question to learn
-- which tenants to read again.
CREATE SEQUENCE config_version;

CREATE TABLE tenant (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{1,30}$'),
    name text NOT NULL,
    country char(2) NOT NULL,
    calling_code text NOT NULL CHECK (calling_code ~ '^[1-9][0-9]{0,3}$'),
    currency char(3) NOT NULL,
    time_zone text NOT NULL,
    languages text[] NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}',
    paused boolean NOT NULL DEFAULT false,
    paused_flows text[] NOT NULL DEFAULT '{}',
    paused_notice jsonb NOT NULL DEFAULT '{}',
    version bigint NOT NULL DEFAULT nextval('config_version'),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tenant_version ON tenant (version);

CREATE TABLE service (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    provider text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('ussd', 'sms', 'whatsapp', 'payments')),
    code text NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}',
    tree jsonb NOT NULL,
    hook_generation integer NOT NULL DEFAULT 1 CHECK (hook_generation > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, provider, channel, code)
);

-- An address belongs to one service only, whoever the tenant: the one key that spans tenants.
CREATE TABLE service_address (
    provider text NOT NULL,
    channel text NOT NULL,
    code text NOT NULL,
    tenant_id uuid NOT NULL,
    service_id uuid NOT NULL,
    PRIMARY KEY (provider, channel, code)
);
CREATE INDEX service_address_service ON service_address (service_id);

-- A sender id is one tenant's. An installation has one account at each provider, so that the
-- provider stands for the account; upper and lower case look alike on a phone.
CREATE TABLE sender_claim (
    tenant_id uuid NOT NULL REFERENCES tenant,
    provider text NOT NULL,
    sender_id text NOT NULL CHECK (sender_id = lower(sender_id)),
    PRIMARY KEY (provider, sender_id)
);

-- What is paused by hand, and why; the nil UUID stands for every tenant. A row goes with its pause,
-- the audit trail keeps both.
CREATE TABLE pause (
    tenant_id uuid NOT NULL,
    what text NOT NULL CHECK (what IN ('provider', 'operation', 'flow', 'tenant')),
    name text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    actor text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, what, name)
);

-- Prices, fees, commissions and limits: dated, and never constants in the code.
CREATE TABLE tariff (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    operation text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('fee', 'limit', 'commission')),
    body jsonb NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    approved_by text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE INDEX tariff_in_force ON tariff (tenant_id, operation, kind, valid_from DESC);
