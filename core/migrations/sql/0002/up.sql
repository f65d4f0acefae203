-- `longer`: the other codes, of whichever tenant, that go on from the service's: `*384*10*7#` from
-- `*384*10#`. Where there are none, whatever is dialled after the code is meant for the service.
DROP FUNCTION find_services(text, text, text[], uuid);
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

GRANT CREATE ON SCHEMA public TO piga_lookup;
REVOKE ALL ON FUNCTION find_services(text, text, text[], uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_services(text, text, text[], uuid)
    TO piga_app, piga_relay, piga_verify;
ALTER FUNCTION find_services(text, text, text[], uuid) OWNER TO piga_lookup;
REVOKE CREATE ON SCHEMA public FROM piga_lookup;
