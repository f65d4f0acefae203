-- The roles that work here own nothing. A deployment may have made them already, with passwords.
-- Nobody logs in as piga_lookup or piga_ledger: they own the functions that the owner hands to them,
-- for which the owner must be a member. Since version 16 a role that makes another may grant it to
-- itself, and must, to become it. The owner must not see all books through the ledger's policies, so
-- it inherits nothing from that role (see access.sql for version 15).
DO $$
DECLARE
    has_options CONSTANT boolean := current_setting('server_version_num')::int >= 160000;
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY
        ARRAY['piga_app', 'piga_relay', 'piga_verify', 'piga_lookup', 'piga_ledger']
    LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            -- Another database of this server has made it just now.
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
    END LOOP;
    FOREACH wanted IN ARRAY ARRAY['piga_lookup', 'piga_ledger'] LOOP
        IF NOT pg_has_role(current_user, wanted, CASE WHEN has_options THEN 'SET' ELSE 'MEMBER' END)
        THEN
            EXECUTE format('GRANT %I TO %I', wanted, current_user)
                || CASE WHEN has_options AND wanted = 'piga_ledger'
                   THEN ' WITH INHERIT FALSE' ELSE '' END;
        END IF;
    END LOOP;

    -- A role that may make temporary things can have a type of its own found before ours.
    IF pg_has_role(current_user,
        (SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE')
    THEN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    END IF; -- elsewhere `piga doctor` says so
END $$;

-- The tenant of this transaction, or NULL. Behind a transaction pooler a setting that an earlier
-- transaction made local reads '' in the next one, and not NULL.
-- It is parsed here, once, and not by each caller, whose path may lead `uuid` elsewhere.
CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('piga.tenant', true), '')::uuid;
