DROP FUNCTION post_entry(uuid, uuid, text, text, text, bytea, uuid[], bigint[], text, uuid, jsonb,
    uuid);
DROP FUNCTION place_hold(uuid, uuid, bigint, text, timestamptz);
DROP FUNCTION void_hold(uuid);

CREATE OR REPLACE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    -- After a transaction-local set the setting is '', not absent.
    AS $$ SELECT NULLIF(current_setting('piga.tenant', true), '')::uuid $$;

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

CREATE OR REPLACE FUNCTION drop_old_turns(months_kept integer) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '500ms'
AS $$
DECLARE
    first text := 'turn_' || to_char(
        date_trunc('month', now()) - make_interval(months => months_kept), 'YYYYMM');
    part text;
    dropped integer := 0;
BEGIN
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'turn'::regclass AND c.relname ~ '^turn_\d{6}$' AND c.relname < first
    LOOP
        EXECUTE format('DROP TABLE %I', part);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;

DO $$
BEGIN
    IF pg_has_role(current_user,
        (SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE')
    THEN
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC', current_database());
    END IF;
END $$;
