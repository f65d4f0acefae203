-- Nobody logs in as piga_ledger. The owner is a member only while it hands the functions over (see
-- access.sql): otherwise it would see all books through the role's policies.
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'piga_ledger') THEN
        BEGIN
            CREATE ROLE piga_ledger NOLOGIN;
        -- Another database of this server has made it just now.
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'piga_ledger',
        CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)
    THEN
        EXECUTE format('GRANT piga_ledger TO %I', current_user);
    END IF;
END $$;
DROP FUNCTION post_entry(uuid, uuid, text, text, text, bytea, uuid[], bigint[], text, uuid, jsonb,
    uuid);
DROP FUNCTION place_hold(uuid, uuid, bigint, text, timestamptz);
DROP FUNCTION void_hold(uuid);
