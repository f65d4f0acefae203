-- The functions belong to the ledger's role, which may do what they do and nothing else; every
-- statement in them names the tenant. Whatever else the application runs cannot write the books.
GRANT USAGE ON SCHEMA public TO piga_ledger;
GRANT SELECT, UPDATE (balance_minor, held_minor) ON account TO piga_ledger;
GRANT INSERT ON entry, posting TO piga_ledger;
GRANT SELECT, INSERT ON idempotency TO piga_ledger;
GRANT SELECT, INSERT, UPDATE ON hold TO piga_ledger;
DO $$
DECLARE
    -- Before version 16 every member inherits, and a policy has to look who it is: a test for each
    -- row, which is why it is not so everywhere.
    sees CONSTANT text := CASE WHEN current_setting('server_version_num')::int >= 160000
        THEN 'true' ELSE 'current_user = ''piga_ledger''' END;
    book text;
BEGIN
    FOREACH book IN ARRAY ARRAY['account', 'entry', 'posting', 'idempotency', 'hold'] LOOP
        EXECUTE format('CREATE POLICY ledger ON %I TO piga_ledger USING (%s)', book, sees);
    END LOOP;
END $$;

REVOKE INSERT ON entry, posting, idempotency, hold, account FROM piga_app;
REVOKE UPDATE ON account, hold FROM piga_app;
GRANT INSERT (tenant_id, id, kind, currency, owner_id, guarded, frozen) ON account TO piga_app;
GRANT UPDATE (frozen) ON account TO piga_app;

DO $$
DECLARE
    name text;
BEGIN
    EXECUTE 'GRANT CREATE ON SCHEMA public TO piga_ledger';
    FOREACH name IN ARRAY ARRAY['post_entry', 'place_hold', 'void_hold'] LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %I FROM PUBLIC', name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %I TO piga_app', name);
        EXECUTE format('ALTER FUNCTION %I OWNER TO piga_ledger', name);
    END LOOP;
    EXECUTE 'REVOKE CREATE ON SCHEMA public FROM piga_ledger';
END $$;
