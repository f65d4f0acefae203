-- Looking a service up must work before the tenant is known: these functions, and only these, see
-- across tenants.
GRANT SELECT ON tenant, service, service_address TO piga_lookup;
-- Not for the owner, who is a member of piga_lookup only to hand it these functions.
CREATE POLICY lookup ON tenant FOR SELECT TO piga_lookup USING (current_user = 'piga_lookup');
CREATE POLICY lookup ON service FOR SELECT TO piga_lookup USING (current_user = 'piga_lookup');
CREATE POLICY lookup ON service_address FOR SELECT TO piga_lookup
    USING (current_user = 'piga_lookup');

-- `longer`: the other codes, of whichever tenant, that go on from the service's: `*384*10*7#` from
-- `*384*10#`. Where there are none, whatever is dialled after the code is meant for the service.
CREATE FUNCTION find_services(p_provider text, p_channel text, p_codes text[], p_service uuid)
RETURNS TABLE (tenant jsonb, service jsonb, longer text[]) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT to_jsonb(t), to_jsonb(s),
        ARRAY(SELECT b.code FROM service_address b
              WHERE b.provider = a.provider AND b.channel = a.channel
                AND starts_with(b.code, rtrim(a.code, '#') || '*'))
    FROM service_address a
    JOIN service s ON s.tenant_id = a.tenant_id AND s.id = a.service_id
    JOIN tenant t ON t.id = a.tenant_id
    WHERE (p_service IS NULL AND a.provider = p_provider AND a.channel = p_channel
           AND a.code = ANY (p_codes))
       OR a.service_id = p_service
    ORDER BY length(a.code) DESC
$$;
CREATE FUNCTION all_services() RETURNS TABLE (tenant jsonb, service jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- One without an address has left service; its row stays for what refers to it.
    SELECT to_jsonb(t), to_jsonb(s)
    FROM service s JOIN tenant t ON t.id = s.tenant_id
    WHERE EXISTS (SELECT 1 FROM service_address a
                  WHERE a.tenant_id = s.tenant_id AND a.service_id = s.id)
    ORDER BY t.slug, s.code
$$;
CREATE FUNCTION find_tenant(p_slug text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM tenant WHERE slug = p_slug
$$;
CREATE FUNCTION tenants_changed(p_since bigint) RETURNS TABLE (tenant_id uuid, version bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id, version FROM tenant WHERE version > p_since ORDER BY version
$$;
DO $$
DECLARE
    name text;
BEGIN
    EXECUTE 'GRANT CREATE ON SCHEMA public TO piga_lookup';
    FOREACH name IN ARRAY ARRAY['find_services(text, text, text[], uuid)', 'all_services()',
        'find_tenant(text)', 'tenants_changed(bigint)']
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO piga_app, piga_relay, piga_verify', name);
        EXECUTE format('ALTER FUNCTION %s OWNER TO piga_lookup', name);
    END LOOP;
    EXECUTE 'REVOKE CREATE ON SCHEMA public FROM piga_lookup';
END $$;
