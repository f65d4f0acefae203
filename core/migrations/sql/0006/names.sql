-- `public.current_tenant()` is read once, here, and not by each caller, whose path may lead `uuid`
-- elsewhere.
CREATE OR REPLACE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('piga.tenant', true), '')::uuid;

-- Whoever may make temporary things can have a type of their own found before ours.
DO $$
BEGIN
    IF pg_has_role(current_user,
        (SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE')
    THEN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    END IF; -- elsewhere `piga doctor` says so
END $$;
