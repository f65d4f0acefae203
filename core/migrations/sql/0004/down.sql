DROP POLICY all_tenants ON message_receipt;
REVOKE ALL ON message_receipt FROM piga_relay;
REVOKE SELECT (tenant_id, provider, provider_message_id, created_at) ON message_receipt
    FROM piga_relay;
DROP INDEX message_receipt_age;
DROP POLICY forgotten ON intent;
REVOKE DELETE ON intent FROM piga_relay;
DROP INDEX intent_age;
DROP INDEX usage_day_age;
DROP INDEX idempotency_age;
DROP FUNCTION drop_old_turns(integer);
ALTER FUNCTION make_partitions(integer) RESET lock_timeout;
