DROP FUNCTION post_entry(uuid, uuid, text, text, text, bytea, uuid[], bigint[], text, uuid, jsonb,
    uuid);
DROP FUNCTION place_hold(uuid, uuid, bigint, text, timestamptz);
DROP FUNCTION void_hold(uuid);

ALTER TABLE posting DROP CONSTRAINT posting_pkey;
DROP INDEX posting_entry;
ALTER TABLE posting
    ADD PRIMARY KEY (tenant_id, entry_id, ordinal),
    ADD CONSTRAINT posting_amount_minor_check CHECK (amount_minor <> 0);
CREATE INDEX posting_account ON posting (tenant_id, account_id, entry_id DESC);

ALTER TABLE entry NO FORCE ROW LEVEL SECURITY;
ALTER TABLE entry RENAME TO entry_whole;
ALTER TABLE entry_whole DROP CONSTRAINT entry_pkey;
CREATE TABLE entry (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    key text NOT NULL,
    actor_id uuid,
    detail jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, id)
) PARTITION BY RANGE (id);
CREATE TABLE entry_rest PARTITION OF entry DEFAULT;
ALTER TABLE entry_rest ENABLE ROW LEVEL SECURITY;
ALTER TABLE entry_rest FORCE ROW LEVEL SECURITY;
CREATE TABLE idempotency (
    tenant_id uuid NOT NULL,
    key text NOT NULL,
    inputs_hash bytea NOT NULL,
    entry_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_age ON idempotency USING brin (created_at);

CREATE OR REPLACE FUNCTION make_partitions(months_ahead integer) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '500ms'
AS $$
DECLARE
    parent text;
    month timestamptz;
    part text;
    made integer := 0;
BEGIN
    FOREACH parent IN ARRAY ARRAY['entry', 'posting', 'turn', 'message'] LOOP
        FOR ahead IN 0..months_ahead LOOP
            month := date_trunc('month', now()) + make_interval(months => ahead);
            part := format('%s_%s', parent, to_char(month, 'YYYYMM'));
            IF to_regclass(part) IS NULL THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                    part, parent, uuid7_floor(month), uuid7_floor(month + interval '1 month'));
                EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
                EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
                made := made + 1;
            END IF;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;
-- What is older than this month goes into the rest.
SELECT make_partitions(3);
INSERT INTO entry SELECT tenant_id, id, kind, reference, key, actor_id, detail FROM entry_whole;
INSERT INTO idempotency SELECT tenant_id, key, inputs_hash, id,
    to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0)
    FROM entry_whole;
DROP TABLE entry_whole;

ALTER TABLE entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE entry FORCE ROW LEVEL SECURITY;
ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON entry USING (tenant_id = current_tenant());
CREATE POLICY own_tenant ON idempotency USING (tenant_id = current_tenant());
CREATE POLICY auditor ON entry FOR SELECT TO piga_verify USING (true);
CREATE POLICY auditor ON idempotency FOR SELECT TO piga_verify USING (true);
CREATE POLICY all_tenants ON idempotency TO piga_relay USING (true);
GRANT SELECT ON entry, idempotency TO piga_app, piga_verify;
GRANT INSERT ON entry TO piga_ledger;
GRANT SELECT, INSERT ON idempotency TO piga_ledger;
GRANT DELETE ON idempotency TO piga_relay;
GRANT SELECT (tenant_id, key, created_at) ON idempotency TO piga_relay;
