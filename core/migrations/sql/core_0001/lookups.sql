-- Looking a service up must work before the tenant is known: these functions, and only these, see
-- across tenants.
GRANT SELECT ON tenant, service, service_address, sender_claim, pause TO piga_lookup;
-- Not for the owner, who is a member of piga_lookup only to hand it these functions.
CREATE POLICY lookup ON tenant FOR SELECT TO piga_lookup USING (current_user = 'piga_lookup');
CREATE POLICY lookup ON pause FOR SELECT TO piga_lookup USING (current_user = 'piga_lookup');
CREATE POLICY lookup ON service FOR SELECT TO piga_lookup USING (current_user = 'piga_lookup');
CREATE POLICY lookup ON service_address FOR SELECT TO piga_lookup
    USING (current_user = 'piga_lookup');
CREATE POLICY lookup ON sender_claim FOR SELECT TO piga_lookup
    USING (current_user = 'piga_lookup');
GRANT SELECT (tenant_id, provider, provider_message_id) ON message_receipt TO piga_lookup;
CREATE POLICY lookup ON message_receipt FOR SELECT TO piga_lookup
    USING (current_user = 'piga_lookup');
GRANT SELECT (tenant_id, channel, lookup) ON address TO piga_lookup;
CREATE POLICY lookup ON address FOR SELECT TO piga_lookup USING (current_user = 'piga_lookup');
GRANT SELECT (tenant_id, address_channel, address_lookup) ON conversation TO piga_lookup;
CREATE POLICY lookup ON conversation FOR SELECT TO piga_lookup
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
CREATE FUNCTION pauses() RETURNS SETOF pause
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM pause ORDER BY since, what, name
$$;
CREATE FUNCTION find_tenant(p_slug text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM tenant WHERE slug = p_slug
$$;
CREATE FUNCTION tenants_changed(p_since bigint) RETURNS TABLE (tenant_id uuid, version bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id, version FROM tenant WHERE version > p_since ORDER BY version
$$;
-- Whoever has a code owns what is dialled behind it: nobody else opens `*384*10*1#` where somebody
-- has `*384*10#`, nor `*384#` before it. The other tenants' codes that stand in the way of one.
CREATE FUNCTION codes_in_the_way(p_tenant uuid, p_provider text, p_channel text, p_code text)
RETURNS TABLE (code text, slug text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT a.code, t.slug
    FROM service_address a JOIN tenant t ON t.id = a.tenant_id
    WHERE a.provider = p_provider AND a.channel = p_channel AND a.tenant_id <> p_tenant
      AND (a.code = p_code
           OR (p_channel = 'ussd' AND (starts_with(p_code, rtrim(a.code, '#') || '*')
                                       OR starts_with(a.code, rtrim(p_code, '#') || '*'))))
    ORDER BY a.code
$$;

-- One at a time, so that two tenants that open such codes at once do not both find the way free.
CREATE FUNCTION code_is_free() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('service_address', 0));
    IF EXISTS (SELECT 1 FROM codes_in_the_way(NEW.tenant_id, NEW.provider, NEW.channel, NEW.code))
    THEN
        RAISE unique_violation USING
            MESSAGE = 'the code is another tenant''s, or lies behind or before one',
            TABLE = 'service_address';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER code_is_free BEFORE INSERT OR UPDATE ON service_address
    FOR EACH ROW EXECUTE FUNCTION code_is_free();

CREATE FUNCTION sender_owner(p_provider text, p_sender_id text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.slug FROM sender_claim c JOIN tenant t ON t.id = c.tenant_id
    WHERE c.provider = p_provider AND c.sender_id = lower(p_sender_id)
$$;

-- An account's delivery reports all come to one hook, whichever of its tenants sent the text. Whose
-- text has that id; or, where nobody's has, who has somebody with that number or was written to from
-- it (of a report without one: every tenant with a service there) and may not know the id yet.
CREATE FUNCTION tenants_of_report(p_provider text, p_id text, p_channel text, p_lookup bytea)
RETURNS TABLE (tenant_id uuid, is_known boolean) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    WITH sharing AS MATERIALIZED (
        SELECT DISTINCT s.tenant_id FROM service s WHERE s.provider = p_provider
    ), known AS MATERIALIZED (
        SELECT r.tenant_id FROM sharing JOIN message_receipt r ON r.tenant_id = sharing.tenant_id
            AND r.provider = p_provider AND r.provider_message_id = p_id
    )
    SELECT known.tenant_id, true FROM known
    UNION ALL
    SELECT sharing.tenant_id, false FROM sharing
    WHERE NOT EXISTS (SELECT FROM known)
      AND (p_lookup IS NULL
           OR EXISTS (SELECT FROM address a WHERE a.tenant_id = sharing.tenant_id
                      AND a.channel = p_channel AND a.lookup = p_lookup)
           OR EXISTS (SELECT FROM conversation c WHERE c.tenant_id = sharing.tenant_id
                      AND c.address_channel = p_channel AND c.address_lookup = p_lookup))
$$;

-- And what tenants are told of is noted for whichever tenant it is about: `note_event`.
GRANT SELECT (tenant_id, id, kinds, state) ON event_subscription TO piga_lookup;
GRANT INSERT, SELECT (tenant_id, id) ON event TO piga_lookup;
GRANT INSERT ON outbox TO piga_lookup;
CREATE POLICY lookup ON event_subscription FOR SELECT TO piga_lookup
    USING (current_user = 'piga_lookup');
CREATE POLICY lookup ON event FOR SELECT TO piga_lookup USING (current_user = 'piga_lookup');
CREATE POLICY noted ON event FOR INSERT TO piga_lookup WITH CHECK (current_user = 'piga_lookup');
CREATE POLICY noted ON outbox FOR INSERT TO piga_lookup WITH CHECK (current_user = 'piga_lookup');

DO $$
DECLARE
    name text;
BEGIN
    EXECUTE 'GRANT CREATE ON SCHEMA public TO piga_lookup';
    FOREACH name IN ARRAY ARRAY['find_services(text, text, text[], uuid)', 'all_services()',
        'find_tenant(text)', 'tenants_changed(bigint)', 'pauses()']
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO piga_app, piga_relay, piga_verify', name);
        EXECUTE format('ALTER FUNCTION %s OWNER TO piga_lookup', name);
    END LOOP;
    -- Only who applies a folder asks the first two, and only who takes callbacks the third.
    FOREACH name IN ARRAY ARRAY['codes_in_the_way(uuid, text, text, text)',
        'sender_owner(text, text)', 'tenants_of_report(text, text, text, bytea)']
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO piga_app', name);
        EXECUTE format('ALTER FUNCTION %s OWNER TO piga_lookup', name);
    END LOOP;
    REVOKE ALL ON FUNCTION note_event() FROM PUBLIC;
    ALTER FUNCTION note_event() OWNER TO piga_lookup;
    EXECUTE 'REVOKE CREATE ON SCHEMA public FROM piga_lookup';
END $$;
