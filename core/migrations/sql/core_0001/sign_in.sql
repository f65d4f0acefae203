-- A one-time code that a program asked for a number, whether anybody has that number or not: the
-- program cannot tell, and what counts tries needs no person. The code stands nowhere: it is
-- computed from the id. Whose it is, the job that sends it finds out.
CREATE TABLE sign_in_code (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    client text NOT NULL,
    address_lookup bytea NOT NULL,
    by_sms boolean NOT NULL,
    subscriber_id uuid,
    tries smallint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id)
);
CREATE INDEX sign_in_code_number ON sign_in_code (tenant_id, address_lookup, id DESC);
CREATE INDEX sign_in_code_client ON sign_in_code (tenant_id, client, created_at DESC);

-- Somebody who signed in by a code, at one number of theirs. All tokens that follow are of this one
-- row, and end with it.
CREATE TABLE sign_in (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    address_lookup bytea NOT NULL,
    client text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    reason text CHECK (reason IN ('signed_out', 'token_reused', 'staff', 'erased')),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id),
    CONSTRAINT sign_in_ended CHECK ((ended_at IS NULL) = (reason IS NULL))
);
CREATE INDEX sign_in_person ON sign_in (tenant_id, subscriber_id, created_at DESC);

-- A refresh token is good once: a hash of it. One that is used stays, so that a second use is seen.
CREATE TABLE refresh_token (
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    sign_in_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    PRIMARY KEY (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, sign_in_id) REFERENCES sign_in (tenant_id, id)
);
CREATE INDEX refresh_token_sign_in ON refresh_token (tenant_id, sign_in_id);
