-- Who works for a tenant. `handle` is how the audit trail and requests of two officers call them.
CREATE TABLE staff_member (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    handle text NOT NULL CHECK (handle ~ '^[a-z][a-z0-9.-]{1,39}$'),
    state text NOT NULL DEFAULT 'invited' CHECK (state IN ('invited', 'active', 'revoked')),
    password_hash text,
    totp_sealed bytea,
    -- The last time step whose code was used: none opens twice.
    totp_step bigint NOT NULL DEFAULT 0,
    email_sealed bytea,
    -- The language that they chose for their pages; none is their browser's.
    language text CHECK (language ~ '^[a-z]{2,3}$'),
    invited_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, handle),
    CONSTRAINT staff_member_ended CHECK ((state = 'revoked') = (ended_at IS NOT NULL))
);

-- What somebody may do, and where: a role is a set of permissions that the code names.
CREATE TABLE staff_role (
    tenant_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    role text NOT NULL,
    scope text NOT NULL CHECK (scope IN ('tenant', 'organisation', 'region', 'station')),
    -- The organisation's id, or the name of the region or station; '' for the whole tenant.
    scope_value text NOT NULL,
    given_by text NOT NULL,
    given_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, staff_id, role, scope, scope_value),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff_member (tenant_id, id),
    CONSTRAINT staff_role_scope_value CHECK ((scope = 'tenant') = (scope_value = ''))
);

-- A link that lets somebody choose how they sign in, once: a hash of it, never the link.
CREATE TABLE staff_invitation (
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    staff_id uuid NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff_member (tenant_id, id)
);

CREATE TABLE staff_passkey (
    tenant_id uuid NOT NULL,
    credential_id bytea NOT NULL,
    staff_id uuid NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    PRIMARY KEY (tenant_id, credential_id),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff_member (tenant_id, id)
);
CREATE INDEX staff_passkey_of ON staff_passkey (tenant_id, staff_id);

-- For a day without the telephone: each opens once.
CREATE TABLE staff_backup_code (
    tenant_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    staff_id uuid NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (tenant_id, code_hash),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff_member (tenant_id, id)
);
CREATE INDEX staff_backup_code_of ON staff_backup_code (tenant_id, staff_id);

-- A browser on which the password alone is enough, until it ends.
CREATE TABLE staff_device (
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    staff_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff_member (tenant_id, id)
);
CREATE INDEX staff_device_of ON staff_device (tenant_id, staff_id);

CREATE TABLE staff_session (
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    staff_id uuid NOT NULL,
    way text NOT NULL CHECK (way IN ('passkey', 'password', 'invitation', 'demo')),
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff_member (tenant_id, id)
);
CREATE INDEX staff_session_of ON staff_session (tenant_id, staff_id);
CREATE INDEX staff_session_age ON staff_session USING brin (created_at);

-- Tries to sign in, by the keyed hash of who or where, whether there is such a member or not.
CREATE TABLE staff_try (
    tenant_id uuid NOT NULL,
    what bytea NOT NULL,
    tries integer NOT NULL CHECK (tries > 0),
    until timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, what)
);

-- A challenge that a passkey has answered: it is answered once.
CREATE TABLE staff_challenge (
    tenant_id uuid NOT NULL,
    challenge bytea NOT NULL,
    used_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, challenge)
);

-- Who has something of the work queue in hand, and until when it is theirs alone.
CREATE TABLE work_claim (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    object_id uuid NOT NULL,
    owner text NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now(),
    until timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, kind, object_id)
);
