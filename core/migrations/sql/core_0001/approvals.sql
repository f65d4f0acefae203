-- What one officer asks for and another decides. The database keeps the two apart, too.
-- `params` is what the kind needs to do it, `result` what came of it: no secret, no name, no number.
CREATE TABLE approval_request (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    kind text NOT NULL,
    -- What it is about: of one thing only one request of a kind waits.
    subject_id uuid,
    -- Given by who asks: the same key again is the same request, whatever became of it.
    key text,
    params jsonb NOT NULL,
    reason text NOT NULL,
    state text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'approved', 'refused', 'expired')),
    requested_by text NOT NULL,
    decided_by text,
    result jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, key),
    CONSTRAINT approval_request_four_eyes CHECK (decided_by <> requested_by),
    CONSTRAINT approval_request_decided
        CHECK ((state IN ('approved', 'refused')) = (decided_by IS NOT NULL))
);
CREATE UNIQUE INDEX approval_request_subject ON approval_request (tenant_id, kind, subject_id)
    WHERE state = 'pending' AND subject_id IS NOT NULL;
CREATE INDEX approval_request_due ON approval_request (expires_at) WHERE state = 'pending';
