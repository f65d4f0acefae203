-- A new partition needs its parent for itself for a moment. While it waits for somebody who reads
-- for long (an audit, a dump), every payment waits behind it: so it gives up soon, and comes again.
ALTER FUNCTION make_partitions(integer) SET lock_timeout = '500ms';

-- The whole months of turns that are older than so many. The number of partitions dropped.
CREATE FUNCTION drop_old_turns(months_kept integer) RETURNS integer LANGUAGE plpgsql
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
REVOKE ALL ON FUNCTION drop_old_turns(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_old_turns(integer) TO piga_relay;

-- Rows come in the order of their age, so that a few pages of index are enough.
CREATE INDEX idempotency_age ON idempotency USING brin (created_at);
CREATE INDEX usage_day_age ON usage_day USING brin (day);
CREATE INDEX intent_age ON intent USING brin (created_at);

-- An intent that came to nothing is no fact: nobody answered it, or with No.
GRANT DELETE ON intent TO piga_relay;
CREATE POLICY forgotten ON intent FOR DELETE TO piga_relay
    USING (state IN ('open', 'void') AND created_at < now() - interval '1 day');

-- A provider's id of a text is for its delivery report, which comes within days or never.
CREATE INDEX message_receipt_age ON message_receipt USING brin (created_at);
GRANT DELETE ON message_receipt TO piga_relay;
GRANT SELECT (tenant_id, provider, provider_message_id, created_at) ON message_receipt
    TO piga_relay;
CREATE POLICY all_tenants ON message_receipt TO piga_relay USING (true);
