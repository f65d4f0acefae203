DROP POLICY forgotten ON intent;
REVOKE DELETE ON intent FROM piga_relay;
DROP INDEX intent_age;
DROP INDEX usage_day_age;
DROP INDEX idempotency_age;
DROP FUNCTION drop_old_turns(integer);
ALTER FUNCTION make_partitions(integer) RESET lock_timeout;
