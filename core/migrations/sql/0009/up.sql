-- A row that a host with a wrong clock gave an id of a later month lies in the default partition,
-- and Postgres refuses a partition for that month while it does. So such rows move into it.
-- Variables and path as in 0006.
CREATE OR REPLACE FUNCTION make_partitions(months_ahead integer) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '500ms'
AS $$
DECLARE
    parent pg_catalog.text;
    rest pg_catalog.text;
    key pg_catalog.text;
    month pg_catalog.timestamptz;
    part pg_catalog.text;
    bounds pg_catalog.text;
    made integer := 0;
BEGIN
    FOREACH parent IN ARRAY ARRAY['posting', 'turn', 'message'] LOOP
        FOR ahead IN 0..months_ahead LOOP
            month := date_trunc('month', now()) + make_interval(months => ahead);
            part := format('%s_%s', parent, to_char(month, 'YYYYMM'));
            CONTINUE WHEN to_regclass(part) IS NOT NULL;
            rest := parent || '_rest';
            key := CASE parent WHEN 'posting' THEN 'entry_id' ELSE 'id' END;
            bounds := format('FROM (%L) TO (%L)',
                uuid7_floor(month), uuid7_floor(month + interval '1 month'));
            -- The owner, too, sees the rows of one tenant only, while that is forced. It is within
            -- this transaction that it is not, and nobody else sees the table meanwhile.
            EXECUTE format('LOCK TABLE %I, %I IN ACCESS EXCLUSIVE MODE', parent, rest);
            EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', rest);
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, rest);
            EXECUTE format('WITH moved AS (DELETE FROM %1$I WHERE %2$I >= %3$L AND %2$I < %4$L'
                ' RETURNING *) INSERT INTO %5$I SELECT * FROM moved',
                rest, key, uuid7_floor(month), uuid7_floor(month + interval '1 month'), part);
            EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', rest);
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
            EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES %s', parent, part, bounds);
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;
