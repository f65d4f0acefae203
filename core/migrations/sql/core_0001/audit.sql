-- What staff did by hand: who, what, on which object.
CREATE TABLE audit (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    object_id uuid,
    detail jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, id)
);
