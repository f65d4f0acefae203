-- What staff did by hand, and whose data they looked at: who, what, on which object.
CREATE TABLE audit (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    object_id uuid,
    detail jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_object ON audit (tenant_id, object_id, id DESC) WHERE object_id IS NOT NULL;
CREATE INDEX audit_actor ON audit (tenant_id, actor, id DESC);
CREATE INDEX audit_action ON audit (tenant_id, action, id DESC);

-- The chain of a tenant's rows, in the order of their COMMITs: each link's hash is made of the link
-- before it and of its row, so that a row that is changed, taken out or put in breaks the chain.
CREATE TABLE audit_link (
    tenant_id uuid NOT NULL,
    seq bigint NOT NULL,
    audit_id uuid NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (tenant_id, seq),
    UNIQUE (tenant_id, audit_id)
);

-- How far the chain had come on a day, under a key that is not in the database: who may write here
-- can make another chain, but not its seal.
CREATE TABLE audit_seal (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    mac bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, day)
);

CREATE FUNCTION audit_hash(before bytea, seq bigint, entry audit) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT sha256(before || convert_to(jsonb_build_array(seq, entry.tenant_id, entry.id,
        entry.actor, entry.action, entry.object_id, entry.detail)::text, 'UTF8'))
$$;

-- At the COMMIT, when every other lock of the transaction is held already: so nobody who waits here
-- holds what somebody before them still needs. One at a time in a tenant.
CREATE FUNCTION chain_audit() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    before audit_link;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit ' || NEW.tenant_id, 0));
    SELECT * INTO before FROM audit_link l WHERE l.tenant_id = NEW.tenant_id
        ORDER BY l.seq DESC LIMIT 1;
    INSERT INTO audit_link (tenant_id, seq, audit_id, hash) VALUES (
        NEW.tenant_id, coalesce(before.seq, 0) + 1, NEW.id,
        audit_hash(coalesce(before.hash, ''), coalesce(before.seq, 0) + 1, NEW));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER chain_audit AFTER INSERT ON audit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chain_audit();
