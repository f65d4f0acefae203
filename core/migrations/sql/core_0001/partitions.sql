-- Partitions are ranges of UUIDv7, whose first 48 bits are Unix milliseconds.
CREATE FUNCTION uuid7_floor(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Run by the schedule, with the owner's rights; months are months in UTC.
-- The path has pg_catalog before what it names; it is not named, since the first that is named is
-- where tables are made. The types of variables have their schema: see posting.sql.
-- A new partition needs its parent for itself for a moment. While it waits for somebody who reads for
-- long (an audit, a dump), every payment waits behind it: so it gives up soon, and comes again.
-- It answers NULL then, since an error would be one in the server's log, for nothing that is wrong.
-- Nobody is given a right on a partition: rows are read and written through its parent only.
-- A row that a host with a wrong clock gave an id of a later month lies in the default partition,
-- and Postgres refuses a partition for that month while it does. So such rows move into it.
CREATE FUNCTION make_partitions(months_ahead integer) RETURNS integer LANGUAGE plpgsql
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
    FOREACH parent IN ARRAY ARRAY['posting', 'turn', 'message', 'rate'] LOOP
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
EXCEPTION WHEN lock_not_available THEN
    RETURN NULL;
END $$;

-- Drop the whole months of turns that are older than so many; answers how many there were, or NULL
-- while somebody reads them.
CREATE FUNCTION drop_old_turns(months_kept integer) RETURNS integer LANGUAGE plpgsql
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
EXCEPTION WHEN lock_not_available THEN
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION make_partitions(integer), drop_old_turns(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_partitions(integer), drop_old_turns(integer) TO piga_relay;

-- What lies outside every month's range has a place too.
CREATE TABLE posting_rest PARTITION OF posting DEFAULT;
CREATE TABLE message_rest PARTITION OF message DEFAULT;
CREATE TABLE turn_rest PARTITION OF turn DEFAULT;
CREATE TABLE rate_rest PARTITION OF rate DEFAULT;
ALTER TABLE posting_rest ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE message_rest ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE turn_rest ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE rate_rest ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SELECT make_partitions(3);
