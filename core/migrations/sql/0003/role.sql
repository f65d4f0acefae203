-- Nobody logs in as piga_ledger. The owner is a member, to hand it the functions; it must not see all
-- books through the role's policies, so it inherits nothing (see access.sql for version 15).
DO $$
DECLARE
    can_tell CONSTANT boolean := current_setting('server_version_num')::int >= 160000;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'piga_ledger') THEN
        BEGIN
            CREATE ROLE piga_ledger NOLOGIN;
        -- Another database of this server has made it just now.
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'piga_ledger', CASE WHEN can_tell THEN 'SET' ELSE 'MEMBER' END)
    THEN
        EXECUTE format('GRANT piga_ledger TO %I', current_user)
            || CASE WHEN can_tell THEN ' WITH INHERIT FALSE' ELSE '' END;
    END IF;
END $$;
DROP FUNCTION post_entry(uuid, uuid, text, text, text, bytea, uuid[], bigint[], text, uuid, jsonb,
    uuid);
DROP FUNCTION place_hold(uuid, uuid, bigint, text, timestamptz);
DROP FUNCTION void_hold(uuid);
