-- The server that a tenant's e-mail leaves by, and who it is from.
CREATE TABLE email_account (
    tenant_id uuid NOT NULL REFERENCES tenant,
    host text NOT NULL,
    port integer NOT NULL CHECK (port BETWEEN 1 AND 65535),
    security text NOT NULL CHECK (security IN ('starttls', 'tls', 'none')),
    username text NOT NULL DEFAULT '',
    password_sealed bytea,
    sender text NOT NULL,
    sender_name text NOT NULL DEFAULT '',
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id)
);

-- An e-mail to a person, to a member of staff, or to an address that somebody tries. Its content is
-- sealed, and gone once it has left.
CREATE TABLE email (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    subscriber_id uuid,
    staff_id uuid,
    kind text NOT NULL,
    address_sealed bytea NOT NULL,
    address_lookup bytea NOT NULL,
    content_sealed bytea,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'bounced', 'failed')),
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT email_content_check CHECK ((content_sealed IS NOT NULL) = (state = 'queued'))
);
CREATE INDEX email_address ON email (tenant_id, address_lookup, id DESC);
CREATE INDEX email_age ON email USING brin (created_at);
