-- What a person must look at. While it is open, one row for each kind and subject of a tenant; what
-- is the installation's, and no tenant's, has the nil UUID for a tenant.
CREATE TABLE alarm (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    sentence text NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    count integer NOT NULL,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    -- When administrators were written to about it.
    emailed_at timestamptz,
    closed_by text,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT alarm_closed_check CHECK ((state = 'closed') = (closed_by IS NOT NULL))
);
CREATE UNIQUE INDEX alarm_open ON alarm (tenant_id, kind, subject) WHERE state = 'open';
