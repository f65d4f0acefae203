-- The roles stay: other databases of the same server may use them.
DROP FUNCTION tenants_changed(bigint);
DROP FUNCTION find_tenant(text);
DROP FUNCTION all_services();
DROP FUNCTION find_services(text, text, text[], uuid);
DROP TABLE turn, early_report, message_receipt, message, outbox, approval, lookup_hour, agent,
    contribution, membership, savings_group, organisation, usage_day, intent, hold, idempotency,
    posting, entry, account, call_back, audit, pin_proposal, address, subscriber, tariff, service_address,
    service, tenant, installation;
DROP SEQUENCE config_version;
DROP FUNCTION make_partitions(integer);
DROP FUNCTION uuid7_floor(timestamptz);
DROP FUNCTION void_hold(uuid);
DROP FUNCTION place_hold(uuid, uuid, bigint, text, timestamptz);
DROP FUNCTION post_entry(uuid, uuid, text, text, text, bytea, uuid[], bigint[], text, uuid, jsonb,
    uuid);
DROP FUNCTION pin_attempt(uuid, uuid, smallint, integer);
DROP FUNCTION current_tenant();
