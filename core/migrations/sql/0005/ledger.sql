-- What the ledger's role sees (see the access of revision 0003), and its functions handed to it.
DO $$
DECLARE
    sees CONSTANT text := CASE WHEN current_setting('server_version_num')::int >= 160000
        THEN 'true' ELSE 'current_user = ''piga_ledger''' END;
    one record;
BEGIN
    FOR one IN SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relname IN ('entry', 'idempotency')
          AND c.relkind IN ('r', 'p')
          AND NOT EXISTS (SELECT 1 FROM pg_policy p
                          WHERE p.polrelid = c.oid AND p.polname = 'ledger')
    LOOP
        EXECUTE format('CREATE POLICY ledger ON %I TO piga_ledger USING (%s)', one.relname, sees);
    END LOOP;
    EXECUTE 'GRANT CREATE ON SCHEMA public TO piga_ledger';
    FOR one IN SELECT p.oid::regprocedure AS call FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace
          AND p.proname IN ('post_entry', 'place_hold', 'void_hold')
          AND p.proowner <> 'piga_ledger'::regrole
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one.call);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO piga_app', one.call);
        EXECUTE format('ALTER FUNCTION %s OWNER TO piga_ledger', one.call);
    END LOOP;
    EXECUTE 'REVOKE CREATE ON SCHEMA public FROM piga_ledger';
END $$;
