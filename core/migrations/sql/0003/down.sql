DROP FUNCTION post_entry(uuid, uuid, text, text, text, bytea, uuid[], bigint[], text, uuid, jsonb,
    uuid);
DROP FUNCTION place_hold(uuid, uuid, bigint, text, timestamptz);
DROP FUNCTION void_hold(uuid);
DROP POLICY ledger ON account;
DROP POLICY ledger ON entry;
DROP POLICY ledger ON posting;
DROP POLICY ledger ON idempotency;
DROP POLICY ledger ON hold;
REVOKE ALL ON account, entry, posting, idempotency, hold FROM piga_ledger;
REVOKE ALL ON SCHEMA public FROM piga_ledger;
REVOKE INSERT (tenant_id, id, kind, currency, owner_id, guarded, frozen) ON account FROM piga_app;
REVOKE UPDATE (frozen) ON account FROM piga_app;
GRANT INSERT ON entry, posting, idempotency, hold, account TO piga_app;
GRANT UPDATE ON account, hold TO piga_app;

ALTER TABLE account
    ADD CONSTRAINT account_held_minor_check CHECK (held_minor >= 0),
    ADD CONSTRAINT account_check CHECK (NOT guarded OR balance_minor >= held_minor),
    ADD CONSTRAINT account_check1 CHECK (guarded OR (balance_minor = 0 AND held_minor = 0)),
    DROP CONSTRAINT account_covers_holds;
