-- Row-level security everywhere, forced: also the owner sees one tenant at a time.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT c.relname, c.relkind,
               EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid
                       AND a.attname = 'tenant_id') AS of_tenant
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')
          AND c.relname <> 'alembic_version'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one.relname);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one.relname);
        IF one.of_tenant THEN
            -- Partitions too: reading one by name must not be a way round.
            EXECUTE format('CREATE POLICY own_tenant ON %I USING (tenant_id = current_tenant())',
                one.relname);
        END IF;
    END LOOP;
END $$;
CREATE POLICY own_tenant ON tenant USING (id = current_tenant());
CREATE POLICY everybody ON installation USING (true);

-- The application reads and writes, and deletes only what is not a fact.
GRANT USAGE ON SCHEMA public TO piga_app, piga_relay, piga_verify, piga_lookup;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO piga_app;
GRANT INSERT ON ALL TABLES IN SCHEMA public TO piga_app;
GRANT UPDATE ON tenant, service, service_address, tariff, subscriber, pin_proposal, account, hold,
    intent, usage_day, organisation, savings_group, membership, agent, lookup_hour, approval,
    outbox, message, early_report, call_back TO piga_app;
GRANT DELETE ON pin_proposal, early_report, service_address, tariff TO piga_app;
REVOKE INSERT ON installation, alembic_version FROM piga_app;
GRANT USAGE ON SEQUENCE config_version TO piga_app;

-- The relay serves all tenants' outboxes, writes the turn log, and looks for what is due.
GRANT SELECT, UPDATE, DELETE ON outbox TO piga_relay;
GRANT INSERT ON turn TO piga_relay;
GRANT SELECT ON hold, approval, message, intent, turn, installation TO piga_relay;
CREATE POLICY all_tenants ON outbox TO piga_relay USING (true);
CREATE POLICY all_tenants ON turn TO piga_relay USING (true);
CREATE POLICY all_tenants ON hold FOR SELECT TO piga_relay USING (true);
CREATE POLICY all_tenants ON approval FOR SELECT TO piga_relay USING (true);
CREATE POLICY all_tenants ON message FOR SELECT TO piga_relay USING (true);
CREATE POLICY all_tenants ON intent FOR SELECT TO piga_relay USING (true);
-- Retention: it deletes what is past its days, and sees the keys and the age of it only.
GRANT DELETE ON early_report, pin_proposal, lookup_hour, usage_day, idempotency TO piga_relay;
GRANT SELECT (tenant_id, provider, provider_message_id, created_at) ON early_report TO piga_relay;
GRANT SELECT (tenant_id, session, expires_at) ON pin_proposal TO piga_relay;
GRANT SELECT (tenant_id, subscriber_id, hour) ON lookup_hour TO piga_relay;
GRANT SELECT (tenant_id, subscriber_id, operation, day) ON usage_day TO piga_relay;
GRANT SELECT (tenant_id, key, created_at) ON idempotency TO piga_relay;
CREATE POLICY all_tenants ON early_report TO piga_relay USING (true);
CREATE POLICY all_tenants ON pin_proposal TO piga_relay USING (true);
CREATE POLICY all_tenants ON lookup_hour TO piga_relay USING (true);
CREATE POLICY all_tenants ON usage_day TO piga_relay USING (true);
CREATE POLICY all_tenants ON idempotency TO piga_relay USING (true);

-- The auditor reads every book and writes none.
DO $$
DECLARE
    book text;
BEGIN
    FOREACH book IN ARRAY ARRAY['tenant', 'account', 'entry', 'posting', 'idempotency', 'hold',
        'intent', 'approval', 'contribution', 'membership', 'message', 'message_receipt', 'outbox',
        'agent', 'savings_group', 'usage_day']
    LOOP
        EXECUTE format('GRANT SELECT ON %I TO piga_verify', book);
        EXECUTE format('CREATE POLICY auditor ON %I FOR SELECT TO piga_verify USING (true)', book);
    END LOOP;
END $$;
GRANT SELECT ON installation TO piga_verify;

-- Looking a service up must work before the tenant is known: these functions, and only these, see
-- across tenants.
GRANT SELECT ON tenant, service, service_address TO piga_lookup;
-- Not for the owner, who is a member of piga_lookup only to hand it these functions.
CREATE POLICY lookup ON tenant FOR SELECT TO piga_lookup USING (current_user = 'piga_lookup');
CREATE POLICY lookup ON service FOR SELECT TO piga_lookup USING (current_user = 'piga_lookup');
CREATE POLICY lookup ON service_address FOR SELECT TO piga_lookup
    USING (current_user = 'piga_lookup');

CREATE FUNCTION find_services(p_provider text, p_channel text, p_codes text[], p_service uuid)
RETURNS TABLE (tenant jsonb, service jsonb) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT to_jsonb(t), to_jsonb(s)
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
REVOKE ALL ON FUNCTION make_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_partitions(integer) TO piga_relay;
