-- The roles that work here own nothing. A deployment may have made them already, with passwords.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['piga_app', 'piga_relay', 'piga_verify', 'piga_lookup'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            -- Another database of this server has made it just now.
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
    END LOOP;
    -- The owner hands the look-up functions to piga_lookup, for which it must be a member.
    -- Since version 16 who makes a role may grant it, and must, to become it.
    IF NOT pg_has_role(current_user, 'piga_lookup',
        CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)
    THEN
        EXECUTE format('GRANT piga_lookup TO %I', current_user);
    END IF;
END $$;

CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    -- After a transaction-local set the setting is '', not absent.
    AS $$ SELECT NULLIF(current_setting('piga.tenant', true), '')::uuid $$;
