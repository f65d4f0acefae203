-- A key that a program of a tenant carries: a hash of it, never the key. Two of one name are valid
-- at once while a program changes from one to the next.
CREATE TABLE api_key (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9-]{1,39}$'),
    key_hash bytea NOT NULL,
    scopes text[] NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    used_at timestamptz,
    -- For how many codes to sign in by the program may ask in an hour; null is the usual number.
    codes_an_hour integer CHECK (codes_an_hour >= 0),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, key_hash)
);

-- What a request with an Idempotency-Key was answered, written in the transaction that did it. The
-- key is the client's, by its name: a new api_key of that name knows what the old one asked.
CREATE TABLE api_result (
    tenant_id uuid NOT NULL REFERENCES tenant,
    client text NOT NULL,
    idempotency_key text NOT NULL,
    -- Each field's own hash: a request of other content is told which field differs.
    fields jsonb NOT NULL,
    status smallint NOT NULL,
    body_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, client, idempotency_key)
);
