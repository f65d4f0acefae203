-- An entry and its idempotency key are one row. The key is unique over all time, which a partitioned
-- table cannot promise, and no entry is ever dropped: so entries lie in one table. New ones go to the
-- end of both indexes, since ids and the keys of intents begin with the time.
ALTER TABLE entry NO FORCE ROW LEVEL SECURITY;
ALTER TABLE idempotency NO FORCE ROW LEVEL SECURITY;
CREATE TABLE entry_whole (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    key text COLLATE "C" NOT NULL,
    inputs_hash bytea NOT NULL,
    actor_id uuid,
    detail jsonb NOT NULL DEFAULT '{}'
);
-- Of a key that was forgotten no inputs are known, and no others are its own: asked again it is
-- refused.
INSERT INTO entry_whole
    SELECT e.tenant_id, e.id, e.kind, e.reference, e.key, coalesce(i.inputs_hash, ''), e.actor_id,
        e.detail
    FROM entry e LEFT JOIN idempotency i ON i.tenant_id = e.tenant_id AND i.key = e.key
    ORDER BY e.id;
DROP TABLE entry, idempotency;
ALTER TABLE entry_whole RENAME TO entry;
ALTER TABLE entry ADD PRIMARY KEY (tenant_id, id), ADD UNIQUE (tenant_id, key);

CREATE OR REPLACE FUNCTION make_partitions(months_ahead integer) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '500ms'
AS $$
DECLARE
    parent text;
    month timestamptz;
    part text;
    made integer := 0;
BEGIN
    FOREACH parent IN ARRAY ARRAY['posting', 'turn', 'message'] LOOP
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
