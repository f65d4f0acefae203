-- As before, with the schema of their variables' types: see posting.sql. Their path has pg_catalog
-- before what it names; it is not named, since the first that is named is where tables are made.
CREATE OR REPLACE FUNCTION make_partitions(months_ahead integer) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '500ms'
AS $$
DECLARE
    parent pg_catalog.text;
    month pg_catalog.timestamptz;
    part pg_catalog.text;
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
    first pg_catalog.text := 'turn_' || to_char(
        date_trunc('month', now()) - make_interval(months => months_kept), 'YYYYMM');
    part pg_catalog.text;
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
