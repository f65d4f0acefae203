-- What the core's migrations lead to, as pg_dump of the embedded Postgres writes it; of the
-- partitions, those for the rest only. Made by `make schema`, and compared by a test. The reasons
-- stand beside the statements in sql/.

CREATE FUNCTION public.all_services() RETURNS TABLE(tenant jsonb, service jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    -- One without an address has left service; its row stays for what refers to it.
    SELECT to_jsonb(t), to_jsonb(s)
    FROM service s JOIN tenant t ON t.id = s.tenant_id
    WHERE EXISTS (SELECT 1 FROM service_address a
                  WHERE a.tenant_id = s.tenant_id AND a.service_id = s.id)
    ORDER BY t.slug, s.code
$$;

ALTER FUNCTION public.all_services() OWNER TO piga_lookup;

CREATE TABLE public.audit (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    object_id uuid,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL
);

ALTER TABLE ONLY public.audit FORCE ROW LEVEL SECURITY;

ALTER TABLE public.audit OWNER TO piga_owner;

CREATE FUNCTION public.audit_hash(before bytea, seq bigint, entry public.audit) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT sha256(before || convert_to(jsonb_build_array(seq, entry.tenant_id, entry.id,
        entry.actor, entry.action, entry.object_id, entry.detail)::text, 'UTF8'))
$$;

ALTER FUNCTION public.audit_hash(before bytea, seq bigint, entry public.audit) OWNER TO piga_owner;

CREATE FUNCTION public.chain_audit() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    before audit_link;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit ' || NEW.tenant_id, 0));
    SELECT * INTO before FROM audit_link l WHERE l.tenant_id = NEW.tenant_id
        ORDER BY l.seq DESC LIMIT 1;
    INSERT INTO audit_link (tenant_id, seq, audit_id, hash) VALUES (
        NEW.tenant_id, coalesce(before.seq, 0) + 1, NEW.id,
        audit_hash(coalesce(before.hash, ''), coalesce(before.seq, 0) + 1, NEW));
    RETURN NULL;
END $$;

ALTER FUNCTION public.chain_audit() OWNER TO piga_owner;

CREATE FUNCTION public.code_is_free() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.code_is_free() OWNER TO piga_owner;

CREATE FUNCTION public.codes_in_the_way(p_tenant uuid, p_provider text, p_channel text, p_code text) RETURNS TABLE(code text, slug text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT a.code, t.slug
    FROM service_address a JOIN tenant t ON t.id = a.tenant_id
    WHERE a.provider = p_provider AND a.channel = p_channel AND a.tenant_id <> p_tenant
      AND (a.code = p_code
           OR (p_channel = 'ussd' AND (starts_with(p_code, rtrim(a.code, '#') || '*')
                                       OR starts_with(a.code, rtrim(p_code, '#') || '*'))))
    ORDER BY a.code
$$;

ALTER FUNCTION public.codes_in_the_way(p_tenant uuid, p_provider text, p_channel text, p_code text) OWNER TO piga_lookup;

CREATE FUNCTION public.current_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('piga.tenant'::text, true), ''::text))::uuid;

ALTER FUNCTION public.current_tenant() OWNER TO piga_owner;

CREATE FUNCTION public.drop_old_turns(months_kept integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET lock_timeout TO '500ms'
    AS $_$
DECLARE
    first pg_catalog.text := 'turn_' || to_char(
        date_trunc('month', now()) - make_interval(months => months_kept), 'YYYYMM');
    part pg_catalog.text;
    dropped integer := 0;
BEGIN
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'turn'::regclass AND c.relname ~ '^turn_\d{6}$' AND c.relname < first
    LOOP
        EXECUTE format('DROP TABLE %I', part);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
EXCEPTION WHEN lock_not_available THEN
    RETURN NULL;
END $_$;

ALTER FUNCTION public.drop_old_turns(months_kept integer) OWNER TO piga_owner;

CREATE FUNCTION public.erase_names(p_person uuid, p_names text[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    WITH changed AS (
        UPDATE public.entry e SET detail = public.without_names(e.detail, p_names)
        WHERE e.tenant_id = public.current_tenant() AND e.id IN (
            SELECT p.entry_id FROM public.posting p JOIN public.account a
            ON a.tenant_id = p.tenant_id AND a.id = p.account_id
            WHERE p.tenant_id = public.current_tenant() AND a.owner_id = p_person)
        AND e.detail <> public.without_names(e.detail, p_names)
        RETURNING 1)
    SELECT count(*) FROM changed
$$;

ALTER FUNCTION public.erase_names(p_person uuid, p_names text[]) OWNER TO piga_ledger;

CREATE FUNCTION public.find_services(p_provider text, p_channel text, p_codes text[], p_service uuid) RETURNS TABLE(tenant jsonb, service jsonb, longer text[])
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.find_services(p_provider text, p_channel text, p_codes text[], p_service uuid) OWNER TO piga_lookup;

CREATE FUNCTION public.find_tenant(p_slug text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT id FROM tenant WHERE slug = p_slug
$$;

ALTER FUNCTION public.find_tenant(p_slug text) OWNER TO piga_lookup;

CREATE FUNCTION public.make_partitions(months_ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET lock_timeout TO '500ms'
    AS $_$
DECLARE
    parent pg_catalog.text;
    rest pg_catalog.text;
    key pg_catalog.text;
    month pg_catalog.timestamptz;
    part pg_catalog.text;
    bounds pg_catalog.text;
    made integer := 0;
BEGIN
    FOREACH parent IN ARRAY ARRAY['posting', 'turn', 'message', 'rate'] LOOP
        FOR ahead IN 0..months_ahead LOOP
            month := date_trunc('month', now()) + make_interval(months => ahead);
            part := format('%s_%s', parent, to_char(month, 'YYYYMM'));
            CONTINUE WHEN to_regclass(part) IS NOT NULL;
            rest := parent || '_rest';
            key := CASE parent WHEN 'posting' THEN 'entry_id' ELSE 'id' END;
            bounds := format('FROM (%L) TO (%L)',
                uuid7_floor(month), uuid7_floor(month + interval '1 month'));
            -- The owner, too, sees the rows of one tenant only, while that is forced. It is within
            -- this transaction that it is not, and nobody else sees the table meanwhile.
            EXECUTE format('LOCK TABLE %I, %I IN ACCESS EXCLUSIVE MODE', parent, rest);
            EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', rest);
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, rest);
            EXECUTE format('WITH moved AS (DELETE FROM %1$I WHERE %2$I >= %3$L AND %2$I < %4$L'
                ' RETURNING *) INSERT INTO %5$I SELECT * FROM moved',
                rest, key, uuid7_floor(month), uuid7_floor(month + interval '1 month'), part);
            EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', rest);
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
            EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES %s', parent, part, bounds);
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
EXCEPTION WHEN lock_not_available THEN
    RETURN NULL;
END $_$;

ALTER FUNCTION public.make_partitions(months_ahead integer) OWNER TO piga_owner;

CREATE FUNCTION public.note_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    told pg_catalog.text := TG_ARGV[0];
BEGIN
    IF EXISTS (SELECT FROM event_subscription s WHERE s.tenant_id = NEW.tenant_id
               AND s.state = 'on' AND told = ANY (s.kinds))
    THEN
        WITH noted AS (
            INSERT INTO event (tenant_id, id, subscription_id, kind, subject_id)
            SELECT NEW.tenant_id, gen_random_uuid(), s.id, told, NEW.id
            FROM event_subscription s WHERE s.tenant_id = NEW.tenant_id
                AND s.state = 'on' AND told = ANY (s.kinds)
            ON CONFLICT DO NOTHING RETURNING id
        )
        INSERT INTO outbox (tenant_id, id, kind, priority, subject_id)
        SELECT NEW.tenant_id, gen_random_uuid(), 'event', 2, noted.id FROM noted;
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION public.note_event() OWNER TO piga_lookup;

CREATE TABLE public.pause (
    tenant_id uuid NOT NULL,
    what text NOT NULL,
    name text NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pause_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT pause_what_check CHECK ((what = ANY (ARRAY['provider'::text, 'operation'::text, 'flow'::text, 'tenant'::text])))
);

ALTER TABLE ONLY public.pause FORCE ROW LEVEL SECURITY;

ALTER TABLE public.pause OWNER TO piga_owner;

CREATE FUNCTION public.pauses() RETURNS SETOF public.pause
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT * FROM pause ORDER BY since, what, name
$$;

ALTER FUNCTION public.pauses() OWNER TO piga_lookup;

CREATE FUNCTION public.pin_attempt(p_tenant uuid, p_subscriber uuid, p_tries smallint, p_lock_s integer, OUT pin_hash text, OUT tries_left integer, OUT locked_s integer) RETURNS record
    LANGUAGE plpgsql
    AS $$
DECLARE
    who record;
    attempts integer;
BEGIN
    PERFORM set_config('piga.tenant', p_tenant::text, true);
    SELECT s.pin_hash, s.pin_attempts, s.pin_locked_until, s.pin_locks INTO who
        FROM subscriber s WHERE s.tenant_id = p_tenant AND s.id = p_subscriber
        FOR NO KEY UPDATE;
    tries_left := 0;
    IF who.pin_hash IS NULL THEN
        RETURN;
    END IF;
    IF who.pin_locked_until > now() THEN
        -- By now: a guess that waited for the row began before whoever locked it did.
        locked_s := greatest(1, ceil(extract(epoch FROM who.pin_locked_until - clock_timestamp())));
        RETURN;
    END IF;
    -- A lock that ran out begins a fresh count.
    attempts := CASE WHEN who.pin_locked_until IS NULL THEN who.pin_attempts ELSE 0 END + 1;
    IF attempts >= p_tries THEN
        locked_s := p_lock_s * 2 ^ least(who.pin_locks, 3);
    END IF;
    UPDATE subscriber s SET
        pin_attempts = attempts,
        pin_locked_until = now() + make_interval(secs => locked_s),
        pin_locks = who.pin_locks + CASE WHEN attempts >= p_tries THEN 1 ELSE 0 END
    WHERE s.tenant_id = p_tenant AND s.id = p_subscriber;
    pin_hash := who.pin_hash;
    tries_left := greatest(0, p_tries - attempts);
END $$;

ALTER FUNCTION public.pin_attempt(p_tenant uuid, p_subscriber uuid, p_tries smallint, p_lock_s integer, OUT pin_hash text, OUT tries_left integer, OUT locked_s integer) OWNER TO piga_owner;

CREATE FUNCTION public.place_hold(p_hold uuid, p_account uuid, p_amount bigint, p_currency text, p_expires_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    t pg_catalog.uuid := public.current_tenant();
    seen pg_catalog.record;
BEGIN
    INSERT INTO public.hold AS h (tenant_id, id, account_id, amount_minor, currency, expires_at)
        VALUES (t, p_hold, p_account, p_amount, p_currency, p_expires_at)
        ON CONFLICT (tenant_id, id) DO NOTHING;
    IF NOT FOUND THEN
        IF NOT EXISTS (SELECT 1 FROM public.hold h WHERE h.tenant_id = t AND h.id = p_hold
                       AND h.account_id = p_account AND h.amount_minor = p_amount
                       AND h.currency = p_currency) THEN
            RAISE EXCEPTION USING ERRCODE = 'PG003', MESSAGE = 'hold with other inputs';
        END IF;
        RETURN;
    END IF;
    UPDATE public.account a SET held_minor = a.held_minor + p_amount
        WHERE a.tenant_id = t AND a.id = p_account AND a.guarded AND NOT a.frozen
          AND a.currency = p_currency AND a.balance_minor - a.held_minor >= p_amount;
    IF NOT FOUND THEN
        SELECT a.frozen, a.balance_minor - a.held_minor AS available INTO seen
            FROM public.account a WHERE a.tenant_id = t AND a.id = p_account AND a.guarded
              AND a.currency = p_currency;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'PG005', MESSAGE = 'no such guarded account';
        ELSIF seen.frozen THEN
            PERFORM public.refuse('PG002', 'frozen');
        END IF;
        PERFORM public.refuse('PG001', 'insufficient', seen.available);
    END IF;
END $$;

ALTER FUNCTION public.place_hold(p_hold uuid, p_account uuid, p_amount bigint, p_currency text, p_expires_at timestamp with time zone) OWNER TO piga_ledger;

CREATE FUNCTION public.post_entry(p_tenant uuid, p_entry uuid, p_kind text, p_reference text, p_key text, p_inputs_hash bytea, p_accounts uuid[], p_amounts bigint[], p_currency text, p_actor uuid, p_detail jsonb, p_hold uuid, OUT entry_id uuid, OUT was_new boolean, OUT balances bigint[]) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$
DECLARE
    t pg_catalog.uuid := public.current_tenant();
    account pg_catalog.uuid;
    previous pg_catalog.uuid;
    amount bigint;
    total_minor bigint := 0;
    balance bigint;
    known_hash pg_catalog.bytea;
    seen pg_catalog.record;
    held_account pg_catalog.uuid;
    held_amount bigint := 0;
    release_minor bigint := 0;
BEGIN
    IF t IS NULL THEN
        t := p_tenant;
    ELSIF t <> p_tenant THEN
        RAISE EXCEPTION USING ERRCODE = 'PG005', MESSAGE = 'the transaction is another tenant''s';
    END IF;
    -- What is NULL, an array or an amount in it, makes none of these false. An array that begins
    -- elsewhere than at 1, or has two dimensions, has no element at one of 1 .. n.
    IF (0 = ANY (p_amounts)) IS DISTINCT FROM false
        OR pg_catalog.cardinality(p_accounts) IS DISTINCT FROM pg_catalog.cardinality(p_amounts)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'PG005', MESSAGE = 'each line has an account and an amount';
    END IF;
    INSERT INTO public.entry
        (tenant_id, id, kind, reference, key, inputs_hash, actor_id, detail)
        VALUES (t, p_entry, p_kind, p_reference, p_key, p_inputs_hash, p_actor, p_detail)
        ON CONFLICT DO NOTHING; -- of its id, too: a call that was sent twice has both
    IF NOT FOUND THEN
        SELECT e.inputs_hash, e.id INTO known_hash, entry_id
            FROM public.entry e WHERE e.tenant_id = t AND e.key = p_key;
        IF known_hash IS DISTINCT FROM p_inputs_hash THEN
            RAISE EXCEPTION USING ERRCODE = 'PG003', MESSAGE = 'idempotency key with other inputs';
        END IF;
        was_new := false;
        RETURN;
    END IF;

    IF p_hold IS NOT NULL THEN
        UPDATE public.hold h
            SET state = 'posted', entry_id = p_entry, ended_at = pg_catalog.now()
            WHERE h.tenant_id = t AND h.id = p_hold AND h.state = 'pending'
              AND (h.expires_at IS NULL OR h.expires_at > pg_catalog.now())
            RETURNING h.account_id, h.amount_minor INTO held_account, held_amount;
        IF NOT FOUND THEN
            PERFORM public.refuse('PG004', 'hold gone');
        END IF;
    END IF;

    FOR i IN 1 .. pg_catalog.cardinality(p_accounts) LOOP
        account := p_accounts[i];
        amount := p_amounts[i];
        IF account IS NULL OR amount IS NULL OR account <= previous THEN
            RAISE EXCEPTION USING ERRCODE = 'PG005', MESSAGE = 'lines not in order';
        END IF;
        previous := account;
        total_minor := total_minor + amount;
        release_minor := 0;
        IF account = held_account THEN
            release_minor := held_amount;
            held_account := NULL;
        END IF;
        UPDATE public.account a SET
            balance_minor = a.balance_minor + amount,
            held_minor = a.held_minor - release_minor
            WHERE a.tenant_id = t AND a.id = account AND a.guarded AND NOT a.frozen
              AND a.currency = p_currency
              AND (amount > 0 OR a.balance_minor + amount >= a.held_minor - release_minor)
            RETURNING a.balance_minor INTO balance;
        IF FOUND THEN
            balances[i] := balance;
            CONTINUE;
        END IF;
        SELECT a.guarded, a.frozen, a.currency, a.balance_minor - a.held_minor + release_minor
            AS available INTO seen FROM public.account a WHERE a.tenant_id = t AND a.id = account;
        IF NOT FOUND OR seen.currency IS DISTINCT FROM p_currency THEN
            RAISE EXCEPTION USING ERRCODE = 'PG005', MESSAGE = 'no such account in this currency';
        ELSIF seen.frozen THEN
            PERFORM public.refuse('PG002', 'frozen');
        ELSIF seen.guarded THEN
            PERFORM public.refuse('PG001', 'insufficient', seen.available);
        END IF;
        balances[i] := NULL; -- an account that only collects
    END LOOP;
    IF total_minor IS DISTINCT FROM 0 OR previous IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PG005', MESSAGE = 'postings do not sum to zero';
    ELSIF held_account IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PG005', MESSAGE = 'the hold is on another account';
    END IF;

    INSERT INTO public.posting (tenant_id, entry_id, ordinal, account_id, amount_minor, currency)
        SELECT t, p_entry, u.ordinal, u.account, u.amount, p_currency
        FROM ROWS FROM (pg_catalog.unnest(p_accounts), pg_catalog.unnest(p_amounts))
            WITH ORDINALITY AS u (account, amount, ordinal);
    entry_id := p_entry;
    was_new := true;
END $$;

ALTER FUNCTION public.post_entry(p_tenant uuid, p_entry uuid, p_kind text, p_reference text, p_key text, p_inputs_hash bytea, p_accounts uuid[], p_amounts bigint[], p_currency text, p_actor uuid, p_detail jsonb, p_hold uuid, OUT entry_id uuid, OUT was_new boolean, OUT balances bigint[]) OWNER TO piga_ledger;

CREATE FUNCTION public.refuse(p_state text, p_message text, p_available bigint DEFAULT NULL::bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF has_parameter_privilege('log_min_messages', 'SET') THEN
        PERFORM set_config('log_min_messages', 'fatal', true);
    END IF;
    RAISE EXCEPTION USING ERRCODE = p_state, MESSAGE = p_message,
        DETAIL = coalesce(p_available::text, '');
END $$;

ALTER FUNCTION public.refuse(p_state text, p_message text, p_available bigint) OWNER TO piga_owner;

CREATE FUNCTION public.sender_owner(p_provider text, p_sender_id text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT t.slug FROM sender_claim c JOIN tenant t ON t.id = c.tenant_id
    WHERE c.provider = p_provider AND c.sender_id = lower(p_sender_id)
$$;

ALTER FUNCTION public.sender_owner(p_provider text, p_sender_id text) OWNER TO piga_lookup;

CREATE FUNCTION public.staff_scopes() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN string_to_array(NULLIF(current_setting('piga.scopes'::text, true), ''::text), '
'::text);

ALTER FUNCTION public.staff_scopes() OWNER TO piga_owner;

CREATE FUNCTION public.tell_console() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_notify('piga_live', CASE TG_OP WHEN 'DELETE' THEN OLD.tenant_id ELSE NEW.tenant_id END
        || '["console","' || TG_ARGV[0] || '"]');
    RETURN NULL;
END $$;

ALTER FUNCTION public.tell_console() OWNER TO piga_owner;

CREATE FUNCTION public.tenants_changed(p_since bigint) RETURNS TABLE(tenant_id uuid, version bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    SELECT id, version FROM tenant WHERE version > p_since ORDER BY version
$$;

ALTER FUNCTION public.tenants_changed(p_since bigint) OWNER TO piga_lookup;

CREATE FUNCTION public.tenants_of_report(p_provider text, p_id text, p_channel text, p_lookup bytea) RETURNS TABLE(tenant_id uuid, is_known boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.tenants_of_report(p_provider text, p_id text, p_channel text, p_lookup bytea) OWNER TO piga_lookup;

CREATE FUNCTION public.uuid7_floor(at timestamp with time zone) RETURNS uuid
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

ALTER FUNCTION public.uuid7_floor(at timestamp with time zone) OWNER TO piga_owner;

CREATE FUNCTION public.void_hold(p_hold uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    t pg_catalog.uuid := public.current_tenant();
    ended pg_catalog.record;
BEGIN
    UPDATE public.hold h SET state = 'voided', ended_at = now()
        WHERE h.tenant_id = t AND h.id = p_hold AND h.state = 'pending'
        RETURNING h.account_id, h.amount_minor INTO ended;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE public.account a SET held_minor = a.held_minor - ended.amount_minor
        WHERE a.tenant_id = t AND a.id = ended.account_id;
    RETURN true;
END $$;

ALTER FUNCTION public.void_hold(p_hold uuid) OWNER TO piga_ledger;

CREATE FUNCTION public.without_names(p_document jsonb, p_names text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT coalesce(jsonb_object_agg(d.name, coalesce(
        (SELECT to_jsonb('-' || substr(d.value #>> '{}', length(n) + 1))
         FROM unnest(p_names) n WHERE jsonb_typeof(d.value) = 'string'
         AND (d.value #>> '{}' = n OR starts_with(d.value #>> '{}', n || ' '))
         ORDER BY length(n) DESC LIMIT 1), d.value)), '{}')
    FROM jsonb_each(p_document) AS d(name, value)
$$;

ALTER FUNCTION public.without_names(p_document jsonb, p_names text[]) OWNER TO piga_owner;

CREATE TABLE public.account (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    currency character(3) NOT NULL,
    owner_id uuid,
    guarded boolean NOT NULL,
    frozen boolean DEFAULT false NOT NULL,
    balance_minor bigint DEFAULT 0 NOT NULL,
    held_minor bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT account_covers_holds CHECK (((held_minor >= 0) AND (balance_minor >= held_minor)))
)
WITH (fillfactor='60');

ALTER TABLE ONLY public.account FORCE ROW LEVEL SECURITY;

ALTER TABLE public.account OWNER TO piga_owner;

CREATE TABLE public.address (
    tenant_id uuid NOT NULL,
    channel text NOT NULL,
    lookup bytea NOT NULL,
    subscriber_id uuid NOT NULL,
    identifier_sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    given_by text DEFAULT 'phone'::text NOT NULL,
    used_at timestamp with time zone,
    sim_changed_at timestamp with time zone,
    detached_at timestamp with time zone,
    CONSTRAINT address_given_by_check CHECK ((given_by = ANY (ARRAY['phone'::text, 'folder'::text, 'staff'::text, 'link'::text])))
);

ALTER TABLE ONLY public.address FORCE ROW LEVEL SECURITY;

ALTER TABLE public.address OWNER TO piga_owner;

CREATE TABLE public.agent (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    parent_id uuid,
    level text NOT NULL,
    code text NOT NULL,
    frozen boolean DEFAULT false NOT NULL,
    CONSTRAINT agent_level_check CHECK ((level = ANY (ARRAY['super_agent'::text, 'agent'::text, 'assistant'::text])))
);

ALTER TABLE ONLY public.agent FORCE ROW LEVEL SECURITY;

ALTER TABLE public.agent OWNER TO piga_owner;

CREATE TABLE public.agent_signal (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    agent_id uuid NOT NULL,
    reason text NOT NULL,
    times integer NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    last_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    judged_by text,
    why text,
    CONSTRAINT agent_signal_judged_check CHECK (((state = 'open'::text) = (judged_by IS NULL))),
    CONSTRAINT agent_signal_state_check CHECK ((state = ANY (ARRAY['open'::text, 'cleared'::text, 'confirmed'::text]))),
    CONSTRAINT agent_signal_times_check CHECK ((times > 0))
);

ALTER TABLE ONLY public.agent_signal FORCE ROW LEVEL SECURITY;

ALTER TABLE public.agent_signal OWNER TO piga_owner;

CREATE TABLE public.alarm (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    sentence text NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    count integer NOT NULL,
    first_at timestamp with time zone DEFAULT now() NOT NULL,
    last_at timestamp with time zone DEFAULT now() NOT NULL,
    closed_at timestamp with time zone,
    emailed_at timestamp with time zone,
    closed_by text,
    CONSTRAINT alarm_closed_check CHECK (((state = 'closed'::text) = (closed_by IS NOT NULL))),
    CONSTRAINT alarm_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text])))
);

ALTER TABLE ONLY public.alarm FORCE ROW LEVEL SECURITY;

ALTER TABLE public.alarm OWNER TO piga_owner;

CREATE TABLE public.api_key (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    key_hash bytea NOT NULL,
    scopes text[] NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    used_at timestamp with time zone,
    codes_an_hour integer,
    CONSTRAINT api_key_codes_an_hour_check CHECK ((codes_an_hour >= 0)),
    CONSTRAINT api_key_name_check CHECK ((name ~ '^[a-z][a-z0-9-]{1,39}$'::text))
);

ALTER TABLE ONLY public.api_key FORCE ROW LEVEL SECURITY;

ALTER TABLE public.api_key OWNER TO piga_owner;

CREATE TABLE public.api_result (
    tenant_id uuid NOT NULL,
    client text NOT NULL,
    idempotency_key text NOT NULL,
    fields jsonb NOT NULL,
    status smallint NOT NULL,
    body_sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.api_result FORCE ROW LEVEL SECURITY;

ALTER TABLE public.api_result OWNER TO piga_owner;

CREATE TABLE public.approval (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    intent_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    requester_id uuid NOT NULL,
    approver_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    code_counter integer DEFAULT 1 NOT NULL,
    code_tries smallint DEFAULT 0 NOT NULL,
    code_expires_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    ended_session text DEFAULT ''::text NOT NULL,
    CONSTRAINT approval_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'approved'::text, 'refused'::text, 'expired'::text])))
);

ALTER TABLE ONLY public.approval FORCE ROW LEVEL SECURITY;

ALTER TABLE public.approval OWNER TO piga_owner;

CREATE TABLE public.approval_request (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid,
    key text,
    params jsonb NOT NULL,
    reason text NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    requested_by text NOT NULL,
    decided_by text,
    result jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT approval_request_decided CHECK (((state = ANY (ARRAY['approved'::text, 'refused'::text])) = (decided_by IS NOT NULL))),
    CONSTRAINT approval_request_four_eyes CHECK ((decided_by <> requested_by)),
    CONSTRAINT approval_request_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'approved'::text, 'refused'::text, 'expired'::text])))
);

ALTER TABLE ONLY public.approval_request FORCE ROW LEVEL SECURITY;

ALTER TABLE public.approval_request OWNER TO piga_owner;

CREATE TABLE public.audit_link (
    tenant_id uuid NOT NULL,
    seq bigint NOT NULL,
    audit_id uuid NOT NULL,
    hash bytea NOT NULL
);

ALTER TABLE ONLY public.audit_link FORCE ROW LEVEL SECURITY;

ALTER TABLE public.audit_link OWNER TO piga_owner;

CREATE TABLE public.audit_seal (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    mac bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.audit_seal FORCE ROW LEVEL SECURITY;

ALTER TABLE public.audit_seal OWNER TO piga_owner;

CREATE TABLE public.broadcast (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    audience text NOT NULL,
    group_name text DEFAULT ''::text NOT NULL,
    words_sealed bytea NOT NULL,
    fingerprint bytea NOT NULL,
    reply_flow text,
    reply_days smallint DEFAULT 7 NOT NULL,
    people integer NOT NULL,
    state text DEFAULT 'draft'::text NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT broadcast_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'running'::text, 'paused'::text, 'done'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.broadcast FORCE ROW LEVEL SECURITY;

ALTER TABLE public.broadcast OWNER TO piga_owner;

CREATE TABLE public.broadcast_recipient (
    tenant_id uuid NOT NULL,
    broadcast_id uuid NOT NULL,
    number integer NOT NULL,
    subscriber_id uuid,
    address_sealed bytea,
    address_lookup bytea,
    message_id uuid,
    state text DEFAULT 'waiting'::text NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT broadcast_recipient_number_check CHECK ((number > 0)),
    CONSTRAINT broadcast_recipient_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'written'::text, 'skipped'::text]))),
    CONSTRAINT broadcast_recipient_whom_check CHECK (((subscriber_id IS NOT NULL) OR (address_sealed IS NOT NULL))),
    CONSTRAINT broadcast_recipient_written_check CHECK (((state = 'written'::text) = (message_id IS NOT NULL)))
);

ALTER TABLE ONLY public.broadcast_recipient FORCE ROW LEVEL SECURITY;

ALTER TABLE public.broadcast_recipient OWNER TO piga_owner;

CREATE TABLE public.call_back (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    subscriber_id uuid,
    address_sealed bytea NOT NULL,
    lookup bytea NOT NULL,
    place text NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    CONSTRAINT call_back_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text])))
);

ALTER TABLE ONLY public.call_back FORCE ROW LEVEL SECURITY;

ALTER TABLE public.call_back OWNER TO piga_owner;

CREATE TABLE public.chat_link (
    tenant_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    code_lookup bytea NOT NULL,
    until timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.chat_link FORCE ROW LEVEL SECURITY;

ALTER TABLE public.chat_link OWNER TO piga_owner;

CREATE TABLE public.chat_link_try (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    tries smallint NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT chat_link_try_tries_check CHECK ((tries >= 0))
);

ALTER TABLE ONLY public.chat_link_try FORCE ROW LEVEL SECURITY;

ALTER TABLE public.chat_link_try OWNER TO piga_owner;

CREATE SEQUENCE public.config_version
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.config_version OWNER TO piga_owner;

CREATE TABLE public.contribution (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    group_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    CONSTRAINT contribution_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT contribution_fee_minor_check CHECK ((fee_minor >= 0))
);

ALTER TABLE ONLY public.contribution FORCE ROW LEVEL SECURITY;

ALTER TABLE public.contribution OWNER TO piga_owner;

CREATE TABLE public.conversation (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    address_channel text NOT NULL,
    address_lookup bytea NOT NULL,
    address_sealed bytea NOT NULL,
    session_sealed bytea,
    session_until timestamp with time zone,
    subscriber_id uuid,
    sessions integer DEFAULT 0 NOT NULL,
    expects_pin boolean DEFAULT false NOT NULL,
    reply_flow text,
    reply_until timestamp with time zone,
    lease_until timestamp with time zone,
    last_inbound_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.conversation FORCE ROW LEVEL SECURITY;

ALTER TABLE public.conversation OWNER TO piga_owner;

CREATE TABLE public.credit_application (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    state text DEFAULT 'referred'::text NOT NULL,
    score smallint NOT NULL,
    limit_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    reasons jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    decided_by text,
    decided_at timestamp with time zone,
    CONSTRAINT credit_application_decided_check CHECK (((state = 'referred'::text) = (decided_by IS NULL))),
    CONSTRAINT credit_application_limit_minor_check CHECK ((limit_minor >= 0)),
    CONSTRAINT credit_application_score_check CHECK (((score >= 0) AND (score <= 100))),
    CONSTRAINT credit_application_state_check CHECK ((state = ANY (ARRAY['referred'::text, 'approved'::text, 'refused'::text])))
);

ALTER TABLE ONLY public.credit_application FORCE ROW LEVEL SECURITY;

ALTER TABLE public.credit_application OWNER TO piga_owner;

CREATE TABLE public.credit_policy (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    terms jsonb NOT NULL,
    approved_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT credit_policy_approved_by_check CHECK ((approved_by <> ''::text))
);

ALTER TABLE ONLY public.credit_policy FORCE ROW LEVEL SECURITY;

ALTER TABLE public.credit_policy OWNER TO piga_owner;

CREATE TABLE public.credit_repayment (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    order_id uuid NOT NULL,
    invoice_minor bigint NOT NULL,
    late_fee_minor bigint NOT NULL,
    CONSTRAINT credit_repayment_check CHECK (((invoice_minor >= 0) AND (late_fee_minor >= 0) AND ((invoice_minor + late_fee_minor) > 0)))
);

ALTER TABLE ONLY public.credit_repayment FORCE ROW LEVEL SECURITY;

ALTER TABLE public.credit_repayment OWNER TO piga_owner;

CREATE TABLE public.driver (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    plate text NOT NULL,
    licence text NOT NULL,
    licence_until date NOT NULL,
    insurance_until date NOT NULL,
    stop_id uuid,
    cell bigint,
    latitude_e7 integer,
    longitude_e7 integer,
    seen_at timestamp with time zone,
    CONSTRAINT driver_on_duty_is_somewhere CHECK ((((cell IS NULL) = (latitude_e7 IS NULL)) AND ((cell IS NULL) = (longitude_e7 IS NULL)) AND ((cell IS NULL) = (seen_at IS NULL)) AND ((cell IS NULL) = (stop_id IS NULL))))
);

ALTER TABLE ONLY public.driver FORCE ROW LEVEL SECURITY;

ALTER TABLE public.driver OWNER TO piga_owner;

CREATE TABLE public.driver_papers (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    plate text NOT NULL,
    licence text NOT NULL,
    licence_until date NOT NULL,
    insurance_until date NOT NULL,
    licence_file_id uuid,
    insurance_file_id uuid,
    brought_by uuid NOT NULL,
    brought_at timestamp with time zone DEFAULT now() NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    reason text,
    decided_by text,
    ended_at timestamp with time zone,
    CONSTRAINT driver_papers_ended_check CHECK (((state = 'waiting'::text) = (ended_at IS NULL))),
    CONSTRAINT driver_papers_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'accepted'::text, 'refused'::text, 'replaced'::text])))
);

ALTER TABLE ONLY public.driver_papers FORCE ROW LEVEL SECURITY;

ALTER TABLE public.driver_papers OWNER TO piga_owner;

CREATE TABLE public.driver_reminder (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    paper text NOT NULL,
    until date NOT NULL,
    days smallint NOT NULL,
    reminded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT driver_reminder_paper_check CHECK ((paper = ANY (ARRAY['licence'::text, 'insurance'::text])))
);

ALTER TABLE ONLY public.driver_reminder FORCE ROW LEVEL SECURITY;

ALTER TABLE public.driver_reminder OWNER TO piga_owner;

CREATE TABLE public.early_report (
    tenant_id uuid NOT NULL,
    provider text NOT NULL,
    provider_message_id text NOT NULL,
    state text NOT NULL,
    reason text,
    address_lookup bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.early_report FORCE ROW LEVEL SECURITY;

ALTER TABLE public.early_report OWNER TO piga_owner;

CREATE TABLE public.email (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid,
    staff_id uuid,
    kind text NOT NULL,
    address_sealed bytea NOT NULL,
    address_lookup bytea NOT NULL,
    content_sealed bytea,
    state text DEFAULT 'queued'::text NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT email_content_check CHECK (((content_sealed IS NOT NULL) = (state = 'queued'::text))),
    CONSTRAINT email_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sent'::text, 'bounced'::text, 'failed'::text])))
);

ALTER TABLE ONLY public.email FORCE ROW LEVEL SECURITY;

ALTER TABLE public.email OWNER TO piga_owner;

CREATE TABLE public.email_account (
    tenant_id uuid NOT NULL,
    host text NOT NULL,
    port integer NOT NULL,
    security text NOT NULL,
    username text DEFAULT ''::text NOT NULL,
    password_sealed bytea,
    sender text NOT NULL,
    sender_name text DEFAULT ''::text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT email_account_port_check CHECK (((port >= 1) AND (port <= 65535))),
    CONSTRAINT email_account_security_check CHECK ((security = ANY (ARRAY['starttls'::text, 'tls'::text, 'none'::text])))
);

ALTER TABLE ONLY public.email_account FORCE ROW LEVEL SECURITY;

ALTER TABLE public.email_account OWNER TO piga_owner;

CREATE TABLE public.entry (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    inputs_hash bytea NOT NULL,
    actor_id uuid,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL
);

ALTER TABLE ONLY public.entry FORCE ROW LEVEL SECURITY;

ALTER TABLE public.entry OWNER TO piga_owner;

CREATE TABLE public.event (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscription_id uuid CONSTRAINT event_subscription_id_not_null1 NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT event_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'dead'::text, 'dropped'::text])))
);

ALTER TABLE ONLY public.event FORCE ROW LEVEL SECURITY;

ALTER TABLE public.event OWNER TO piga_owner;

CREATE TABLE public.event_subscription (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    url_sealed bytea NOT NULL,
    secret_sealed bytea NOT NULL,
    old_secret_sealed bytea,
    old_secret_until timestamp with time zone,
    kinds text[] NOT NULL,
    with_numbers boolean DEFAULT false NOT NULL,
    state text DEFAULT 'on'::text NOT NULL,
    reason text,
    failures integer DEFAULT 0 NOT NULL,
    paused_until timestamp with time zone,
    created_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT event_subscription_state_check CHECK ((state = ANY (ARRAY['on'::text, 'off'::text])))
);

ALTER TABLE ONLY public.event_subscription FORCE ROW LEVEL SECURITY;

ALTER TABLE public.event_subscription OWNER TO piga_owner;

CREATE TABLE public.expected_payment (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    purpose text NOT NULL,
    subscriber_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    wallet text,
    amount_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    until timestamp with time zone NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    movement_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT expected_payment_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT expected_payment_state_check CHECK ((state = ANY (ARRAY['open'::text, 'met'::text, 'withdrawn'::text])))
);

ALTER TABLE ONLY public.expected_payment FORCE ROW LEVEL SECURITY;

ALTER TABLE public.expected_payment OWNER TO piga_owner;

CREATE TABLE public.export (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    listing text NOT NULL,
    format text NOT NULL,
    wanted jsonb NOT NULL,
    asked_by text NOT NULL,
    state text DEFAULT 'reading'::text NOT NULL,
    reason text,
    rows_expected integer,
    rows_read integer DEFAULT 0 NOT NULL,
    parts integer DEFAULT 0 NOT NULL,
    last_key uuid,
    file_bytes bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT export_file_check CHECK (((state = 'ready'::text) = (file_bytes IS NOT NULL))),
    CONSTRAINT export_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'xlsx'::text, 'pdf'::text]))),
    CONSTRAINT export_state_check CHECK ((state = ANY (ARRAY['reading'::text, 'writing'::text, 'ready'::text, 'failed'::text])))
);

ALTER TABLE ONLY public.export FORCE ROW LEVEL SECURITY;

ALTER TABLE public.export OWNER TO piga_owner;

CREATE TABLE public.export_part (
    tenant_id uuid NOT NULL,
    export_id uuid NOT NULL,
    stage text NOT NULL,
    number integer NOT NULL,
    content_sealed bytea NOT NULL,
    CONSTRAINT export_part_stage_check CHECK ((stage = ANY (ARRAY['rows'::text, 'file'::text])))
);

ALTER TABLE ONLY public.export_part FORCE ROW LEVEL SECURITY;

ALTER TABLE public.export_part OWNER TO piga_owner;

CREATE TABLE public.first_use (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    kind text NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    tries smallint DEFAULT 0 NOT NULL,
    done_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT first_use_generation_check CHECK ((generation > 0)),
    CONSTRAINT first_use_kind_check CHECK ((kind = ANY (ARRAY['code'::text, 'birth_year'::text]))),
    CONSTRAINT first_use_tries_check CHECK ((tries >= 0))
);

ALTER TABLE ONLY public.first_use FORCE ROW LEVEL SECURITY;

ALTER TABLE public.first_use OWNER TO piga_owner;

CREATE TABLE public.float_ask (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    asker_id uuid NOT NULL,
    giver_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    state text DEFAULT 'asked'::text NOT NULL,
    entry_id uuid,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT float_ask_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT float_ask_given_check CHECK (((state = 'given'::text) = (entry_id IS NOT NULL))),
    CONSTRAINT float_ask_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'given'::text, 'refused'::text, 'withdrawn'::text, 'expired'::text])))
);

ALTER TABLE ONLY public.float_ask FORCE ROW LEVEL SECURITY;

ALTER TABLE public.float_ask OWNER TO piga_owner;

CREATE TABLE public.float_offer (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    intent_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    giver_id uuid NOT NULL,
    taker_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    state text DEFAULT 'offered'::text NOT NULL,
    counted_on date NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT float_offer_state_check CHECK ((state = ANY (ARRAY['offered'::text, 'taken'::text, 'declined'::text, 'recalled'::text, 'expired'::text])))
);

ALTER TABLE ONLY public.float_offer FORCE ROW LEVEL SECURITY;

ALTER TABLE public.float_offer OWNER TO piga_owner;

CREATE TABLE public.fuel_acknowledgement (
    tenant_id uuid NOT NULL,
    publication_id uuid NOT NULL,
    station_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.fuel_acknowledgement FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_acknowledgement OWNER TO piga_owner;

CREATE TABLE public.fuel_attendant (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    station_id uuid NOT NULL,
    wrong_codes smallint DEFAULT 0 NOT NULL,
    wrong_hour integer DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY public.fuel_attendant FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_attendant OWNER TO piga_owner;

CREATE TABLE public.fuel_chart (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    tank_id uuid NOT NULL,
    certificate text NOT NULL,
    valid_from date NOT NULL,
    chart jsonb NOT NULL,
    source_sha256 text NOT NULL,
    request_id uuid,
    approved_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.fuel_chart FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_chart OWNER TO piga_owner;

CREATE TABLE public.fuel_complaint (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    sale_id uuid NOT NULL,
    station_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    got_cl bigint NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    answer text,
    entry_id uuid,
    filed_at timestamp with time zone DEFAULT now() NOT NULL,
    due_at timestamp with time zone NOT NULL,
    went_up_at timestamp with time zone,
    answered_at timestamp with time zone,
    CONSTRAINT fuel_complaint_answer_check CHECK ((answer = ANY (ARRAY['given_back'::text, 'right'::text]))),
    CONSTRAINT fuel_complaint_answered_check CHECK (((state = 'answered'::text) = ((answer IS NOT NULL) AND (answered_at IS NOT NULL)))),
    CONSTRAINT fuel_complaint_entry_check CHECK ((((answer = 'given_back'::text) IS TRUE) = (entry_id IS NOT NULL))),
    CONSTRAINT fuel_complaint_got_check CHECK ((got_cl >= 0)),
    CONSTRAINT fuel_complaint_state_check CHECK ((state = ANY (ARRAY['open'::text, 'late'::text, 'answered'::text])))
);

ALTER TABLE ONLY public.fuel_complaint FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_complaint OWNER TO piga_owner;

CREATE TABLE public.fuel_delivery (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    tank_id uuid NOT NULL,
    received_by uuid NOT NULL,
    waybill text NOT NULL,
    seals text NOT NULL,
    ticket_cl bigint NOT NULL,
    before_mm numeric NOT NULL,
    after_mm numeric NOT NULL,
    sold_cl bigint NOT NULL,
    received_cl bigint NOT NULL,
    limit_cl bigint NOT NULL,
    short_cl bigint NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT fuel_delivery_mm_check CHECK (((before_mm >= (0)::numeric) AND (after_mm > before_mm))),
    CONSTRAINT fuel_delivery_volumes_check CHECK (((ticket_cl > 0) AND (sold_cl >= 0) AND (received_cl > 0) AND (limit_cl >= 0) AND (short_cl >= 0)))
);

ALTER TABLE ONLY public.fuel_delivery FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_delivery OWNER TO piga_owner;

CREATE TABLE public.fuel_dip (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    tank_id uuid NOT NULL,
    chart_id uuid NOT NULL,
    dipped_by uuid NOT NULL,
    dip_mm numeric NOT NULL,
    water_mm numeric NOT NULL,
    volume_cl bigint NOT NULL,
    water_cl bigint NOT NULL,
    cl_a_mm bigint NOT NULL,
    temperature_c numeric,
    density_15 numeric,
    standard_cl bigint,
    state text DEFAULT 'entered'::text NOT NULL,
    seen_by uuid,
    dipped_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    reckoned_at timestamp with time zone,
    CONSTRAINT fuel_dip_mm_check CHECK (((dip_mm >= (0)::numeric) AND (water_mm >= (0)::numeric) AND (water_mm <= dip_mm))),
    CONSTRAINT fuel_dip_seen_check CHECK (((state <> 'entered'::text) = ((seen_by IS NOT NULL) AND (ended_at IS NOT NULL)))),
    CONSTRAINT fuel_dip_standard_check CHECK ((((temperature_c IS NULL) = (density_15 IS NULL)) AND ((temperature_c IS NULL) = (standard_cl IS NULL)))),
    CONSTRAINT fuel_dip_state_check CHECK ((state = ANY (ARRAY['entered'::text, 'confirmed'::text, 'refused'::text]))),
    CONSTRAINT fuel_dip_two_check CHECK ((seen_by <> dipped_by)),
    CONSTRAINT fuel_dip_volumes_check CHECK (((volume_cl >= 0) AND (water_cl >= 0) AND (cl_a_mm > 0)))
);

ALTER TABLE ONLY public.fuel_dip FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_dip OWNER TO piga_owner;

CREATE TABLE public.fuel_nozzle (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    tank_id uuid NOT NULL,
    pump smallint NOT NULL,
    number smallint NOT NULL,
    digits smallint NOT NULL,
    CONSTRAINT fuel_nozzle_digits_check CHECK (((digits >= 5) AND (digits <= 9)))
);

ALTER TABLE ONLY public.fuel_nozzle FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_nozzle OWNER TO piga_owner;

CREATE TABLE public.fuel_points (
    tenant_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    earned_points integer NOT NULL,
    unused_points integer NOT NULL,
    expires_on date NOT NULL,
    earned_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT fuel_points_check CHECK (((earned_points > 0) AND (unused_points >= 0) AND (unused_points <= earned_points)))
);

ALTER TABLE ONLY public.fuel_points FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_points OWNER TO piga_owner;

CREATE TABLE public.fuel_points_rule (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    terms jsonb NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    approved_by text NOT NULL
);

ALTER TABLE ONLY public.fuel_points_rule FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_points_rule OWNER TO piga_owner;

CREATE TABLE public.fuel_price (
    tenant_id uuid NOT NULL,
    publication_id uuid NOT NULL,
    product text NOT NULL,
    ex_refinery numeric NOT NULL,
    company_price numeric NOT NULL,
    floor numeric NOT NULL,
    CONSTRAINT fuel_price_above_zero CHECK (((ex_refinery > (0)::numeric) AND (company_price > (0)::numeric) AND (floor > (0)::numeric)))
);

ALTER TABLE ONLY public.fuel_price FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_price OWNER TO piga_owner;

CREATE TABLE public.fuel_price_line (
    tenant_id uuid NOT NULL,
    publication_id uuid NOT NULL,
    product text NOT NULL,
    "position" smallint NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    part text NOT NULL,
    amount numeric NOT NULL,
    CONSTRAINT fuel_price_line_part_check CHECK ((part = ANY (ARRAY['line'::text, 'margin'::text])))
);

ALTER TABLE ONLY public.fuel_price_line FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_price_line OWNER TO piga_owner;

CREATE TABLE public.fuel_product (
    tenant_id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    unit text NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT fuel_product_unit_check CHECK ((unit = ANY (ARRAY['litre'::text, 'kilogram'::text])))
);

ALTER TABLE ONLY public.fuel_product FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_product OWNER TO piga_owner;

CREATE TABLE public.fuel_publication (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    window_first date NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    currency character(3) NOT NULL,
    source_sha256 text NOT NULL,
    submission text NOT NULL,
    request_id uuid,
    published_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.fuel_publication FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_publication OWNER TO piga_owner;

CREATE TABLE public.fuel_reading (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    shift_id uuid NOT NULL,
    nozzle_id uuid NOT NULL,
    totaliser_cl bigint NOT NULL,
    sold_cl bigint DEFAULT 0 NOT NULL,
    gap_cl bigint DEFAULT 0 NOT NULL,
    amount_minor bigint DEFAULT 0 NOT NULL,
    publication_id uuid,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT fuel_reading_amounts_check CHECK (((totaliser_cl >= 0) AND (sold_cl >= 0) AND (gap_cl >= 0) AND (amount_minor >= 0)))
);

ALTER TABLE ONLY public.fuel_reading FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_reading OWNER TO piga_owner;

CREATE TABLE public.fuel_sale (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    shift_id uuid NOT NULL,
    attendant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    publication_id uuid NOT NULL,
    product text NOT NULL,
    volume_cl bigint NOT NULL,
    amount_minor bigint NOT NULL,
    discount_minor bigint DEFAULT 0 NOT NULL,
    points_used integer DEFAULT 0 NOT NULL,
    points_earned integer DEFAULT 0 NOT NULL,
    currency character(3) NOT NULL,
    state text DEFAULT 'offered'::text NOT NULL,
    payment text,
    entry_id uuid,
    offered_at timestamp with time zone DEFAULT now() NOT NULL,
    until timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT fuel_sale_amounts_check CHECK (((volume_cl > 0) AND (amount_minor > 0) AND (discount_minor >= 0) AND (discount_minor < amount_minor) AND (points_used >= 0) AND (points_earned >= 0))),
    CONSTRAINT fuel_sale_ended_check CHECK (((state <> 'offered'::text) = (ended_at IS NOT NULL))),
    CONSTRAINT fuel_sale_paid_check CHECK (((state = 'paid'::text) = ((payment IS NOT NULL) AND (entry_id IS NOT NULL)))),
    CONSTRAINT fuel_sale_payment_check CHECK ((payment = ANY (ARRAY['cash'::text, 'wallet'::text]))),
    CONSTRAINT fuel_sale_state_check CHECK ((state = ANY (ARRAY['offered'::text, 'paid'::text, 'refused'::text])))
);

ALTER TABLE ONLY public.fuel_sale FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_sale OWNER TO piga_owner;

CREATE TABLE public.fuel_shift (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    pump smallint NOT NULL,
    attendant_id uuid NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    currency character(3) NOT NULL,
    expected_minor bigint DEFAULT 0 NOT NULL,
    cash_minor bigint DEFAULT 0 NOT NULL,
    mobile_minor bigint DEFAULT 0 NOT NULL,
    cards_minor bigint DEFAULT 0 NOT NULL,
    credit_minor bigint DEFAULT 0 NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT fuel_shift_amounts_check CHECK (((expected_minor >= 0) AND (cash_minor >= 0) AND (mobile_minor >= 0) AND (cards_minor >= 0) AND (credit_minor >= 0))),
    CONSTRAINT fuel_shift_closed_check CHECK (((state = 'closed'::text) = (closed_at IS NOT NULL))),
    CONSTRAINT fuel_shift_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text])))
);

ALTER TABLE ONLY public.fuel_shift FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_shift OWNER TO piga_owner;

CREATE TABLE public.fuel_station (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    region text NOT NULL,
    latitude_e7 integer NOT NULL,
    longitude_e7 integer NOT NULL,
    dealer_id uuid
);

ALTER TABLE ONLY public.fuel_station FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_station OWNER TO piga_owner;

CREATE TABLE public.fuel_stock_alarm (
    tenant_id uuid NOT NULL,
    tank_id uuid NOT NULL,
    kind text NOT NULL,
    about date NOT NULL,
    seen_on date NOT NULL,
    litres_cl bigint NOT NULL,
    limit_cl bigint NOT NULL,
    told_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT fuel_stock_alarm_kind_check CHECK ((kind = ANY (ARRAY['sudden'::text, 'slow_trend'::text, 'month'::text, 'delivery'::text])))
);

ALTER TABLE ONLY public.fuel_stock_alarm FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_stock_alarm OWNER TO piga_owner;

CREATE TABLE public.fuel_stock_day (
    tenant_id uuid NOT NULL,
    tank_id uuid NOT NULL,
    day date NOT NULL,
    opening_cl bigint NOT NULL,
    delivered_cl bigint NOT NULL,
    sold_cl bigint NOT NULL,
    book_cl bigint NOT NULL,
    dip_cl bigint NOT NULL,
    variance_cl bigint NOT NULL,
    tolerance_cl bigint NOT NULL,
    cumulative_cl bigint NOT NULL,
    reckoned_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT fuel_stock_day_book_check CHECK (((book_cl = ((opening_cl + delivered_cl) - sold_cl)) AND (variance_cl = (dip_cl - book_cl))))
);

ALTER TABLE ONLY public.fuel_stock_day FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_stock_day OWNER TO piga_owner;

CREATE TABLE public.fuel_stock_limits (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    terms jsonb NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    approved_by text NOT NULL
);

ALTER TABLE ONLY public.fuel_stock_limits FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_stock_limits OWNER TO piga_owner;

CREATE TABLE public.fuel_tank (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    number smallint NOT NULL,
    product text NOT NULL,
    capacity_l integer NOT NULL,
    CONSTRAINT fuel_tank_capacity_check CHECK ((capacity_l > 0))
);

ALTER TABLE ONLY public.fuel_tank FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_tank OWNER TO piga_owner;

CREATE TABLE public.fuel_tariff (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    terms jsonb NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    approved_by text NOT NULL
);

ALTER TABLE ONLY public.fuel_tariff FORCE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_tariff OWNER TO piga_owner;

CREATE TABLE public.funnel_day (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    service_id uuid NOT NULL,
    language text NOT NULL,
    network text NOT NULL,
    place text NOT NULL,
    came integer NOT NULL,
    ended integer NOT NULL,
    dropped integer NOT NULL,
    back integer NOT NULL,
    wrong integer NOT NULL,
    refused integer NOT NULL,
    turns bigint NOT NULL,
    numbers bigint NOT NULL
);

ALTER TABLE ONLY public.funnel_day FORCE ROW LEVEL SECURITY;

ALTER TABLE public.funnel_day OWNER TO piga_owner;

CREATE TABLE public.funnel_mark (
    tenant_id uuid NOT NULL,
    counted_until timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.funnel_mark FORCE ROW LEVEL SECURITY;

ALTER TABLE public.funnel_mark OWNER TO piga_owner;

CREATE TABLE public.gateway_cost (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    day date NOT NULL,
    service_id uuid NOT NULL,
    network text NOT NULL,
    amount_micro bigint NOT NULL,
    currency text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT gateway_cost_amount_micro_check CHECK ((amount_micro >= 0)),
    CONSTRAINT gateway_cost_kind_check CHECK ((kind = ANY (ARRAY['session'::text, 'text'::text])))
);

ALTER TABLE ONLY public.gateway_cost FORCE ROW LEVEL SECURITY;

ALTER TABLE public.gateway_cost OWNER TO piga_owner;

CREATE TABLE public.handover (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    session_sealed bytea NOT NULL,
    until timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.handover FORCE ROW LEVEL SECURITY;

ALTER TABLE public.handover OWNER TO piga_owner;

CREATE TABLE public.hold (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    expires_at timestamp with time zone,
    entry_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT hold_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT hold_check CHECK (((state = 'posted'::text) = (entry_id IS NOT NULL))),
    CONSTRAINT hold_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'posted'::text, 'voided'::text])))
);

ALTER TABLE ONLY public.hold FORCE ROW LEVEL SECURITY;

ALTER TABLE public.hold OWNER TO piga_owner;

CREATE TABLE public.inbound_file (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    kind text NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    reason text,
    mime_type text,
    size_bytes integer,
    content_sealed bytea,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT inbound_file_kept CHECK (((state = 'kept'::text) = (content_sealed IS NOT NULL))),
    CONSTRAINT inbound_file_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'kept'::text, 'refused'::text, 'lost'::text, 'withdrawn'::text])))
);

ALTER TABLE ONLY public.inbound_file FORCE ROW LEVEL SECURITY;

ALTER TABLE public.inbound_file OWNER TO piga_owner;

CREATE TABLE public.inbound_message (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    provider text NOT NULL,
    provider_message_id text NOT NULL,
    content_sealed bytea NOT NULL,
    had_pin boolean DEFAULT false NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT inbound_message_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'failed'::text])))
);

ALTER TABLE ONLY public.inbound_message FORCE ROW LEVEL SECURITY;

ALTER TABLE public.inbound_message OWNER TO piga_owner;

CREATE TABLE public.installation (
    only_row boolean DEFAULT true NOT NULL,
    key_check bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT installation_only_row_check CHECK (only_row)
);

ALTER TABLE ONLY public.installation FORCE ROW LEVEL SECURITY;

ALTER TABLE public.installation OWNER TO piga_owner;

CREATE TABLE public.intent (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    session text NOT NULL,
    operation text NOT NULL,
    payee_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    quote jsonb NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    entry_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT intent_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT intent_check CHECK (((state = 'done'::text) = (entry_id IS NOT NULL))),
    CONSTRAINT intent_fee_minor_check CHECK ((fee_minor >= 0)),
    CONSTRAINT intent_state_check CHECK ((state = ANY (ARRAY['open'::text, 'pending'::text, 'done'::text, 'void'::text])))
);

ALTER TABLE ONLY public.intent FORCE ROW LEVEL SECURITY;

ALTER TABLE public.intent OWNER TO piga_owner;

CREATE TABLE public.known_id (
    tenant_id uuid NOT NULL,
    channel text NOT NULL,
    lookup bytea NOT NULL,
    number_lookup bytea NOT NULL,
    number_sealed bytea NOT NULL,
    source text NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT known_id_source_check CHECK ((source = ANY (ARRAY['wire'::text, 'contact'::text])))
);

ALTER TABLE ONLY public.known_id FORCE ROW LEVEL SECURITY;

ALTER TABLE public.known_id OWNER TO piga_owner;

CREATE TABLE public.loan (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    borrower_id uuid NOT NULL,
    product_id uuid CONSTRAINT loan_product_id_not_null1 NOT NULL,
    terms jsonb NOT NULL,
    principal_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    periods smallint NOT NULL,
    state text DEFAULT 'applied'::text NOT NULL,
    reason text,
    account_id uuid NOT NULL,
    disbursed_on date,
    entry_id uuid,
    lost_minor bigint DEFAULT 0 NOT NULL,
    payout text DEFAULT 'wallet'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT loan_disbursed_check CHECK ((((disbursed_on IS NULL) = (entry_id IS NULL)) AND ((state = ANY (ARRAY['disbursed'::text, 'repaying'::text, 'closed'::text, 'written_off'::text])) = (entry_id IS NOT NULL)))),
    CONSTRAINT loan_lost_minor_check CHECK ((lost_minor >= 0)),
    CONSTRAINT loan_payout_check CHECK ((payout = ANY (ARRAY['wallet'::text, 'cash'::text]))),
    CONSTRAINT loan_principal_minor_check CHECK ((principal_minor > 0)),
    CONSTRAINT loan_state_check CHECK ((state = ANY (ARRAY['applied'::text, 'guaranteed'::text, 'approved'::text, 'disbursed'::text, 'repaying'::text, 'closed'::text, 'written_off'::text, 'refused'::text, 'withdrawn'::text])))
);

ALTER TABLE ONLY public.loan FORCE ROW LEVEL SECURITY;

ALTER TABLE public.loan OWNER TO piga_owner;

CREATE TABLE public.loan_decision (
    tenant_id uuid NOT NULL,
    loan_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    role text NOT NULL,
    approved boolean NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.loan_decision FORCE ROW LEVEL SECURITY;

ALTER TABLE public.loan_decision OWNER TO piga_owner;

CREATE TABLE public.loan_guarantor (
    tenant_id uuid NOT NULL,
    loan_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    state text DEFAULT 'asked'::text NOT NULL,
    hold_id uuid,
    called_minor bigint DEFAULT 0 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT loan_guarantor_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT loan_guarantor_called_check CHECK (((called_minor >= 0) AND (called_minor <= amount_minor))),
    CONSTRAINT loan_guarantor_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'accepted'::text, 'refused'::text, 'released'::text, 'called'::text])))
);

ALTER TABLE ONLY public.loan_guarantor FORCE ROW LEVEL SECURITY;

ALTER TABLE public.loan_guarantor OWNER TO piga_owner;

CREATE TABLE public.loan_instalment (
    tenant_id uuid NOT NULL,
    loan_id uuid NOT NULL,
    version smallint NOT NULL,
    number smallint NOT NULL,
    planned_on date NOT NULL,
    due_on date NOT NULL,
    principal_minor bigint NOT NULL,
    interest_minor bigint NOT NULL,
    fee_minor bigint DEFAULT 0 NOT NULL,
    CONSTRAINT loan_instalment_check CHECK (((principal_minor >= 0) AND (interest_minor >= 0) AND (fee_minor >= 0)))
);

ALTER TABLE ONLY public.loan_instalment FORCE ROW LEVEL SECURITY;

ALTER TABLE public.loan_instalment OWNER TO piga_owner;

CREATE TABLE public.loan_payment (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    loan_id uuid NOT NULL,
    payer_id uuid NOT NULL,
    source text NOT NULL,
    paid_on date NOT NULL,
    amount_minor bigint NOT NULL,
    settles boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT loan_payment_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT loan_payment_source_check CHECK ((source = ANY (ARRAY['wallet'::text, 'guarantor'::text, 'cash'::text, 'share_out'::text])))
);

ALTER TABLE ONLY public.loan_payment FORCE ROW LEVEL SECURITY;

ALTER TABLE public.loan_payment OWNER TO piga_owner;

CREATE TABLE public.loan_penalty (
    tenant_id uuid NOT NULL,
    loan_id uuid NOT NULL,
    number smallint NOT NULL,
    day date NOT NULL,
    ordinal smallint NOT NULL,
    amount_minor bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT loan_penalty_amount_minor_check CHECK ((amount_minor <> 0))
);

ALTER TABLE ONLY public.loan_penalty FORCE ROW LEVEL SECURITY;

ALTER TABLE public.loan_penalty OWNER TO piga_owner;

CREATE TABLE public.loan_product (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    terms jsonb NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    approved_by text NOT NULL
);

ALTER TABLE ONLY public.loan_product FORCE ROW LEVEL SECURITY;

ALTER TABLE public.loan_product OWNER TO piga_owner;

CREATE TABLE public.loan_provisioning (
    tenant_id uuid NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    bands jsonb NOT NULL,
    approved_by text NOT NULL
);

ALTER TABLE ONLY public.loan_provisioning FORCE ROW LEVEL SECURITY;

ALTER TABLE public.loan_provisioning OWNER TO piga_owner;

CREATE TABLE public.loan_reversal (
    tenant_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.loan_reversal FORCE ROW LEVEL SECURITY;

ALTER TABLE public.loan_reversal OWNER TO piga_owner;

CREATE TABLE public.loan_split (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    loan_id uuid NOT NULL,
    penalty_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    interest_minor bigint NOT NULL,
    principal_minor bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.loan_split FORCE ROW LEVEL SECURITY;

ALTER TABLE public.loan_split OWNER TO piga_owner;

CREATE TABLE public.long_text (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    provider text NOT NULL,
    address_lookup bytea NOT NULL,
    address_sealed bytea NOT NULL,
    reference text NOT NULL,
    total smallint NOT NULL,
    parts_sealed bytea[] NOT NULL,
    had_pin boolean DEFAULT false NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone
);

ALTER TABLE ONLY public.long_text FORCE ROW LEVEL SECURITY;

ALTER TABLE public.long_text OWNER TO piga_owner;

CREATE TABLE public.lookup_hour (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    hour timestamp with time zone NOT NULL,
    looked integer DEFAULT 0 NOT NULL,
    sold integer DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY public.lookup_hour FORCE ROW LEVEL SECURITY;

ALTER TABLE public.lookup_hour OWNER TO piga_owner;

CREATE TABLE public.membership (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    number smallint NOT NULL,
    savings_account_id uuid NOT NULL,
    joined_at timestamp with time zone DEFAULT now() NOT NULL,
    left_at timestamp with time zone,
    member_since date,
    CONSTRAINT membership_number_check CHECK (((number >= 1) AND (number <= 97)))
);

ALTER TABLE ONLY public.membership FORCE ROW LEVEL SECURITY;

ALTER TABLE public.membership OWNER TO piga_owner;

CREATE TABLE public.message (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid,
    conversation_id uuid,
    service_id uuid NOT NULL,
    template text NOT NULL,
    params jsonb NOT NULL,
    content_sealed bytea,
    entry_id uuid,
    state text DEFAULT 'queued'::text NOT NULL,
    reason text,
    sent_to bytea,
    segments smallint,
    sending_at timestamp with time zone,
    accepted_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT message_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'unknown'::text, 'accepted'::text, 'delivered'::text, 'failed'::text]))),
    CONSTRAINT message_whose_check CHECK (((subscriber_id IS NULL) <> (conversation_id IS NULL))),
    CONSTRAINT message_words_check CHECK (((content_sealed IS NULL) = (conversation_id IS NULL)))
)
PARTITION BY RANGE (id);

ALTER TABLE ONLY public.message FORCE ROW LEVEL SECURITY;

ALTER TABLE public.message OWNER TO piga_owner;

CREATE TABLE public.message_meter (
    tenant_id uuid NOT NULL,
    service_id uuid NOT NULL,
    month date NOT NULL,
    messages integer NOT NULL,
    CONSTRAINT message_meter_messages_check CHECK ((messages > 0))
);

ALTER TABLE ONLY public.message_meter FORCE ROW LEVEL SECURITY;

ALTER TABLE public.message_meter OWNER TO piga_owner;

CREATE TABLE public.message_receipt (
    tenant_id uuid NOT NULL,
    provider text NOT NULL,
    provider_message_id text NOT NULL,
    message_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.message_receipt FORCE ROW LEVEL SECURITY;

ALTER TABLE public.message_receipt OWNER TO piga_owner;

CREATE TABLE public.message_rest (
    tenant_id uuid CONSTRAINT message_tenant_id_not_null NOT NULL,
    id uuid CONSTRAINT message_id_not_null NOT NULL,
    subscriber_id uuid,
    conversation_id uuid,
    service_id uuid CONSTRAINT message_service_id_not_null NOT NULL,
    template text CONSTRAINT message_template_not_null NOT NULL,
    params jsonb CONSTRAINT message_params_not_null NOT NULL,
    content_sealed bytea,
    entry_id uuid,
    state text DEFAULT 'queued'::text CONSTRAINT message_state_not_null NOT NULL,
    reason text,
    sent_to bytea,
    segments smallint,
    sending_at timestamp with time zone,
    accepted_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT message_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'unknown'::text, 'accepted'::text, 'delivered'::text, 'failed'::text]))),
    CONSTRAINT message_whose_check CHECK (((subscriber_id IS NULL) <> (conversation_id IS NULL))),
    CONSTRAINT message_words_check CHECK (((content_sealed IS NULL) = (conversation_id IS NULL)))
);

ALTER TABLE ONLY public.message_rest FORCE ROW LEVEL SECURITY;

ALTER TABLE public.message_rest OWNER TO piga_owner;

CREATE TABLE public.missing_money (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    txid text NOT NULL COLLATE pg_catalog."C",
    file_id uuid,
    state text DEFAULT 'open'::text NOT NULL,
    answer_by timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT missing_money_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT missing_money_state_check CHECK ((state = ANY (ARRAY['open'::text, 'found'::text, 'not_found'::text])))
);

ALTER TABLE ONLY public.missing_money FORCE ROW LEVEL SECURITY;

ALTER TABLE public.missing_money OWNER TO piga_owner;

CREATE TABLE public.name_word (
    tenant_id uuid NOT NULL,
    word_lookup bytea NOT NULL,
    subscriber_id uuid NOT NULL
);

ALTER TABLE ONLY public.name_word FORCE ROW LEVEL SECURITY;

ALTER TABLE public.name_word OWNER TO piga_owner;

CREATE TABLE public.opt_out (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    address_lookup bytea NOT NULL,
    sender text NOT NULL,
    purpose text DEFAULT ''::text NOT NULL,
    is_out boolean NOT NULL,
    source text NOT NULL,
    actor text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT opt_out_actor_check CHECK (((actor IS NOT NULL) = (source = 'staff'::text))),
    CONSTRAINT opt_out_purpose_check CHECK ((purpose = ANY (ARRAY[''::text, 'news'::text, 'reminders'::text]))),
    CONSTRAINT opt_out_sender_check CHECK ((sender = lower(sender))),
    CONSTRAINT opt_out_source_check CHECK ((source = ANY (ARRAY['word'::text, 'provider'::text, 'staff'::text])))
);

ALTER TABLE ONLY public.opt_out FORCE ROW LEVEL SECURITY;

ALTER TABLE public.opt_out OWNER TO piga_owner;

CREATE TABLE public.organisation (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL
);

ALTER TABLE ONLY public.organisation FORCE ROW LEVEL SECURITY;

ALTER TABLE public.organisation OWNER TO piga_owner;

CREATE TABLE public.outbox (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    priority smallint DEFAULT 2 NOT NULL,
    subject_id uuid NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    available_at timestamp with time zone DEFAULT now() NOT NULL,
    lease_until timestamp with time zone,
    done_at timestamp with time zone,
    CONSTRAINT outbox_priority_check CHECK (((priority >= 0) AND (priority <= 3))),
    CONSTRAINT outbox_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'queued'::text, 'working'::text, 'done'::text, 'dead'::text])))
);

ALTER TABLE ONLY public.outbox FORCE ROW LEVEL SECURITY;

ALTER TABLE public.outbox OWNER TO piga_owner;

CREATE TABLE public.party_change (
    tenant_id uuid NOT NULL,
    provider text NOT NULL,
    event_id text NOT NULL,
    before_number bytea,
    before_id bytea,
    now_number bytea,
    now_id bytea,
    changed_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.party_change FORCE ROW LEVEL SECURITY;

ALTER TABLE public.party_change OWNER TO piga_owner;

CREATE TABLE public.payment (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    reference uuid NOT NULL,
    provider text NOT NULL,
    wallet text NOT NULL,
    wallet_service_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    operation text NOT NULL,
    intent_id uuid,
    refunds_id uuid,
    amount_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    party_sealed bytea NOT NULL,
    party_lookup bytea NOT NULL,
    code_sealed bytea,
    codes_refused smallint DEFAULT 0 NOT NULL,
    state text DEFAULT 'created'::text NOT NULL,
    reason text,
    provider_id text,
    hold_id uuid,
    counted_on date,
    movement_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    submitted_at timestamp with time zone,
    asked_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT payment_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT payment_kind_check CHECK ((kind = ANY (ARRAY['collection'::text, 'disbursement'::text, 'refund'::text]))),
    CONSTRAINT payment_moved_check CHECK (((movement_id IS NOT NULL) OR (state <> ALL (ARRAY['paid'::text, 'reversed'::text, 'refunded'::text])))),
    CONSTRAINT payment_refunds_check CHECK (((kind = 'refund'::text) = (refunds_id IS NOT NULL))),
    CONSTRAINT payment_state_check CHECK ((state = ANY (ARRAY['created'::text, 'submitted'::text, 'pending'::text, 'unknown'::text, 'paid'::text, 'failed'::text, 'expired'::text, 'review'::text, 'reversed'::text, 'refunded'::text])))
)
WITH (fillfactor='80');

ALTER TABLE ONLY public.payment FORCE ROW LEVEL SECURITY;

ALTER TABLE public.payment OWNER TO piga_owner;

CREATE TABLE public.payment_exception (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    text_id uuid,
    movement_id uuid,
    wallet text NOT NULL,
    provider_txid text NOT NULL COLLATE pg_catalog."C",
    amount_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    happened_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    suggestions jsonb DEFAULT '[]'::jsonb NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    owner text,
    claimed_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT payment_exception_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT payment_exception_check CHECK (((state = 'claimed'::text) <= (owner IS NOT NULL))),
    CONSTRAINT payment_exception_state_check CHECK ((state = ANY (ARRAY['open'::text, 'claimed'::text, 'allocated'::text, 'to_pay_back'::text, 'paid_back'::text, 'dismissed'::text])))
)
WITH (fillfactor='80');

ALTER TABLE ONLY public.payment_exception FORCE ROW LEVEL SECURITY;

ALTER TABLE public.payment_exception OWNER TO piga_owner;

CREATE TABLE public.payment_hint (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    wallet_service_id uuid NOT NULL,
    provider_id text NOT NULL COLLATE pg_catalog."C",
    reference uuid,
    said text NOT NULL,
    provider_txid text NOT NULL COLLATE pg_catalog."C",
    amount_minor bigint,
    currency character(3),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT payment_hint_said_check CHECK ((said = ANY (ARRAY['pending'::text, 'paid'::text, 'failed'::text, 'expired'::text, 'unknown'::text])))
);

ALTER TABLE ONLY public.payment_hint FORCE ROW LEVEL SECURITY;

ALTER TABLE public.payment_hint OWNER TO piga_owner;

CREATE TABLE public.payment_text (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    device_id uuid NOT NULL,
    digest bytea NOT NULL,
    body_sealed bytea NOT NULL,
    received_at timestamp with time zone NOT NULL,
    happened_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    direction text NOT NULL,
    accept boolean NOT NULL,
    parser text,
    txid text COLLATE pg_catalog."C",
    amount_minor bigint,
    balance_minor bigint,
    state text DEFAULT 'stored'::text NOT NULL,
    flags text[] DEFAULT '{}'::text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT payment_text_state_check CHECK ((state = ANY (ARRAY['stored'::text, 'set_aside'::text, 'credited'::text, 'in_question'::text])))
)
WITH (fillfactor='80');

ALTER TABLE ONLY public.payment_text FORCE ROW LEVEL SECURITY;

ALTER TABLE public.payment_text OWNER TO piga_owner;

CREATE TABLE public.payment_token (
    tenant_id uuid NOT NULL,
    token text NOT NULL,
    purpose text NOT NULL,
    subscriber_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.payment_token FORCE ROW LEVEL SECURITY;

ALTER TABLE public.payment_token OWNER TO piga_owner;

CREATE TABLE public.pin_proposal (
    tenant_id uuid NOT NULL,
    session text NOT NULL,
    pin_hash text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.pin_proposal FORCE ROW LEVEL SECURITY;

ALTER TABLE public.pin_proposal OWNER TO piga_owner;

CREATE TABLE public.place (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    source_key text NOT NULL,
    level text NOT NULL,
    path text[] NOT NULL,
    latitude_e7 integer,
    longitude_e7 integer,
    number integer,
    CONSTRAINT place_kind_check CHECK ((kind = ANY (ARRAY['area'::text, 'stop'::text]))),
    CONSTRAINT place_stop_is_somewhere CHECK (((kind = 'stop'::text) = ((latitude_e7 IS NOT NULL) AND (longitude_e7 IS NOT NULL))))
);

ALTER TABLE ONLY public.place FORCE ROW LEVEL SECURITY;

ALTER TABLE public.place OWNER TO piga_owner;

CREATE TABLE public.posting (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    account_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency character(3) NOT NULL
)
PARTITION BY RANGE (entry_id);

ALTER TABLE ONLY public.posting FORCE ROW LEVEL SECURITY;

ALTER TABLE public.posting OWNER TO piga_owner;

CREATE TABLE public.posting_rest (
    tenant_id uuid CONSTRAINT posting_tenant_id_not_null NOT NULL,
    entry_id uuid CONSTRAINT posting_entry_id_not_null NOT NULL,
    ordinal smallint CONSTRAINT posting_ordinal_not_null NOT NULL,
    account_id uuid CONSTRAINT posting_account_id_not_null NOT NULL,
    amount_minor bigint CONSTRAINT posting_amount_minor_not_null NOT NULL,
    currency character(3) CONSTRAINT posting_currency_not_null NOT NULL
);

ALTER TABLE ONLY public.posting_rest FORCE ROW LEVEL SECURITY;

ALTER TABLE public.posting_rest OWNER TO piga_owner;

CREATE TABLE public.price_book (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    version text NOT NULL,
    published text NOT NULL,
    approved_by text NOT NULL,
    published_at timestamp with time zone DEFAULT now() NOT NULL,
    is_folders boolean DEFAULT true NOT NULL,
    CONSTRAINT price_book_approved_by_check CHECK ((approved_by <> ''::text))
);

ALTER TABLE ONLY public.price_book FORCE ROW LEVEL SECURITY;

ALTER TABLE public.price_book OWNER TO piga_owner;

CREATE TABLE public.price_quote (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid,
    price_book_id uuid NOT NULL,
    asked jsonb NOT NULL,
    priced jsonb NOT NULL,
    currency character(3) NOT NULL,
    total_minor bigint NOT NULL,
    coupon_rule text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    CONSTRAINT price_quote_check CHECK ((expires_at > created_at)),
    CONSTRAINT price_quote_total_minor_check CHECK ((total_minor >= 0))
);

ALTER TABLE ONLY public.price_quote FORCE ROW LEVEL SECURITY;

ALTER TABLE public.price_quote OWNER TO piga_owner;

CREATE TABLE public.product (
    tenant_id uuid NOT NULL,
    code text NOT NULL,
    category text NOT NULL,
    "position" integer NOT NULL,
    names jsonb NOT NULL,
    units jsonb NOT NULL,
    sold boolean DEFAULT true NOT NULL,
    CONSTRAINT product_code_check CHECK ((code ~ '^[A-Z0-9]{1,12}$'::text))
);

ALTER TABLE ONLY public.product FORCE ROW LEVEL SECURITY;

ALTER TABLE public.product OWNER TO piga_owner;

CREATE TABLE public.provider_movement (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    wallet text NOT NULL,
    provider_txid text NOT NULL COLLATE pg_catalog."C",
    source text NOT NULL,
    seen_by text[] NOT NULL,
    amount_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    counterparty_sealed bytea,
    counterparty_lookup bytea,
    happened_at timestamp with time zone NOT NULL,
    state text DEFAULT 'suspense'::text NOT NULL,
    entry_id uuid NOT NULL,
    allocation_id uuid,
    payment_id uuid,
    text_id uuid,
    words_sealed bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT provider_movement_amount_minor_check CHECK ((amount_minor <> 0)),
    CONSTRAINT provider_movement_source_check CHECK ((source = ANY (ARRAY['api'::text, 'callback'::text, 'sms'::text, 'statement'::text]))),
    CONSTRAINT provider_movement_state_check CHECK ((state = ANY (ARRAY['suspense'::text, 'allocated'::text])))
)
WITH (fillfactor='80');

ALTER TABLE ONLY public.provider_movement FORCE ROW LEVEL SECURITY;

ALTER TABLE public.provider_movement OWNER TO piga_owner;

CREATE TABLE public.provider_template (
    tenant_id uuid NOT NULL,
    provider text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    state text NOT NULL,
    reason text,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT provider_template_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'approved'::text, 'paused'::text, 'disabled'::text, 'rejected'::text])))
);

ALTER TABLE ONLY public.provider_template FORCE ROW LEVEL SECURITY;

ALTER TABLE public.provider_template OWNER TO piga_owner;

CREATE TABLE public.rate (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    source character(3) NOT NULL,
    destination character(3) NOT NULL,
    rate numeric(36,8) NOT NULL,
    source_amount numeric NOT NULL,
    destination_amount numeric NOT NULL,
    provider text NOT NULL,
    provider_at timestamp with time zone,
    fetched_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    corrects uuid,
    CONSTRAINT rate_rate_check CHECK ((rate > (0)::numeric)),
    CONSTRAINT rate_reason_check CHECK ((reason = ANY (ARRAY['first'::text, 'change'::text, 'confirmed'::text, 'person'::text, 'correction'::text])))
)
PARTITION BY RANGE (id);

ALTER TABLE ONLY public.rate FORCE ROW LEVEL SECURITY;

ALTER TABLE public.rate OWNER TO piga_owner;

CREATE TABLE public.rate_alert (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    service_id uuid NOT NULL,
    source character(3) NOT NULL,
    destination character(3) NOT NULL,
    direction text NOT NULL,
    level numeric(36,8) NOT NULL,
    every_time boolean NOT NULL,
    state text DEFAULT 'armed'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    fired_rate_id uuid,
    fired_rate numeric(36,8),
    fired_at timestamp with time zone,
    fired_order integer,
    ended_at timestamp with time zone,
    CONSTRAINT rate_alert_direction_check CHECK ((direction = ANY (ARRAY['above'::text, 'below'::text]))),
    CONSTRAINT rate_alert_level_check CHECK ((level > (0)::numeric)),
    CONSTRAINT rate_alert_state_check CHECK ((state = ANY (ARRAY['armed'::text, 'fired'::text, 'told'::text, 'over'::text])))
);

ALTER TABLE ONLY public.rate_alert FORCE ROW LEVEL SECURITY;

ALTER TABLE public.rate_alert OWNER TO piga_owner;

CREATE TABLE public.rate_asked (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    source character(3) NOT NULL,
    destination character(3) NOT NULL,
    service_id uuid NOT NULL,
    count integer DEFAULT 1 NOT NULL,
    told_rate_id uuid,
    asked_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.rate_asked FORCE ROW LEVEL SECURITY;

ALTER TABLE public.rate_asked OWNER TO piga_owner;

CREATE TABLE public.rate_daily (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    source character(3) NOT NULL,
    destination character(3) NOT NULL,
    service_id uuid NOT NULL,
    hour smallint NOT NULL,
    last_day date NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT rate_daily_hour_check CHECK (((hour >= 0) AND (hour <= 23)))
);

ALTER TABLE ONLY public.rate_daily FORCE ROW LEVEL SECURITY;

ALTER TABLE public.rate_daily OWNER TO piga_owner;

CREATE TABLE public.rate_margin (
    tenant_id uuid NOT NULL,
    source character(3) NOT NULL,
    destination character(3) NOT NULL,
    valid_from date NOT NULL,
    from_amount numeric DEFAULT 0 NOT NULL,
    percent numeric NOT NULL,
    request_id uuid,
    CONSTRAINT rate_margin_percent_check CHECK (((percent >= (0)::numeric) AND (percent <= (50)::numeric)))
);

ALTER TABLE ONLY public.rate_margin FORCE ROW LEVEL SECURITY;

ALTER TABLE public.rate_margin OWNER TO piga_owner;

CREATE TABLE public.rate_pair (
    tenant_id uuid NOT NULL,
    source character(3) NOT NULL,
    destination character(3) NOT NULL,
    listed boolean DEFAULT true NOT NULL,
    rate_id uuid,
    source_amount numeric,
    destination_amount numeric,
    provider text DEFAULT ''::text NOT NULL,
    provider_at timestamp with time zone,
    fetched_at timestamp with time zone,
    changed_at timestamp with time zone,
    changes numeric[] DEFAULT '{}'::numeric[] NOT NULL,
    held_source_amount numeric,
    held_destination_amount numeric,
    held_provider text,
    held_at timestamp with time zone,
    held_reason text,
    tried_at timestamp with time zone,
    refresh_at timestamp with time zone,
    CONSTRAINT rate_pair_rate_id_check CHECK (((rate_id IS NULL) = (fetched_at IS NULL))),
    CONSTRAINT rate_pair_source_check CHECK ((source <> destination))
);

ALTER TABLE ONLY public.rate_pair FORCE ROW LEVEL SECURITY;

ALTER TABLE public.rate_pair OWNER TO piga_owner;

CREATE TABLE public.rate_plan (
    tenant_id uuid NOT NULL,
    providers text[] NOT NULL,
    compared_with text,
    interval_s integer NOT NULL,
    compared_at timestamp with time zone,
    asks_from timestamp with time zone,
    CONSTRAINT rate_plan_interval_s_check CHECK ((interval_s >= 60))
);

ALTER TABLE ONLY public.rate_plan FORCE ROW LEVEL SECURITY;

ALTER TABLE public.rate_plan OWNER TO piga_owner;

CREATE TABLE public.rate_rest (
    tenant_id uuid CONSTRAINT rate_tenant_id_not_null NOT NULL,
    id uuid CONSTRAINT rate_id_not_null NOT NULL,
    source character(3) CONSTRAINT rate_source_not_null NOT NULL,
    destination character(3) CONSTRAINT rate_destination_not_null NOT NULL,
    rate numeric(36,8) CONSTRAINT rate_rate_not_null NOT NULL,
    source_amount numeric CONSTRAINT rate_source_amount_not_null NOT NULL,
    destination_amount numeric CONSTRAINT rate_destination_amount_not_null NOT NULL,
    provider text CONSTRAINT rate_provider_not_null NOT NULL,
    provider_at timestamp with time zone,
    fetched_at timestamp with time zone CONSTRAINT rate_fetched_at_not_null NOT NULL,
    reason text CONSTRAINT rate_reason_not_null NOT NULL,
    corrects uuid,
    CONSTRAINT rate_rate_check CHECK ((rate > (0)::numeric)),
    CONSTRAINT rate_reason_check CHECK ((reason = ANY (ARRAY['first'::text, 'change'::text, 'confirmed'::text, 'person'::text, 'correction'::text])))
);

ALTER TABLE ONLY public.rate_rest FORCE ROW LEVEL SECURITY;

ALTER TABLE public.rate_rest OWNER TO piga_owner;

CREATE TABLE public.rate_run (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    holder uuid NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    accepted integer DEFAULT 0 NOT NULL,
    unchanged integer DEFAULT 0 NOT NULL,
    held integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY public.rate_run FORCE ROW LEVEL SECURITY;

ALTER TABLE public.rate_run OWNER TO piga_owner;

CREATE TABLE public.reconciliation (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    wallet text NOT NULL,
    currency character(3) NOT NULL,
    day date NOT NULL,
    figures jsonb NOT NULL,
    sheet_digest bytea NOT NULL,
    signature bytea NOT NULL,
    sheet text,
    state text DEFAULT 'closed'::text NOT NULL,
    closed_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT reconciliation_state_check CHECK ((state = ANY (ARRAY['closed'::text, 'reopened'::text])))
);

ALTER TABLE ONLY public.reconciliation FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation OWNER TO piga_owner;

CREATE TABLE public.refresh_token (
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    sign_in_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    used_at timestamp with time zone
);

ALTER TABLE ONLY public.refresh_token FORCE ROW LEVEL SECURITY;

ALTER TABLE public.refresh_token OWNER TO piga_owner;

CREATE TABLE public.ride (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    driver_id uuid,
    pickup_id uuid NOT NULL,
    destination_id uuid NOT NULL,
    tariff_id uuid CONSTRAINT ride_tariff_id_not_null1 NOT NULL,
    distance_m integer NOT NULL,
    fare_minor bigint NOT NULL,
    waiting_minor bigint DEFAULT 0 NOT NULL,
    fee_minor bigint DEFAULT 0 NOT NULL,
    currency character(3) NOT NULL,
    hold_id uuid,
    entry_id uuid,
    state text DEFAULT 'requested'::text NOT NULL,
    wrong_codes smallint DEFAULT 0 NOT NULL,
    stars smallint,
    requested_at timestamp with time zone DEFAULT now() NOT NULL,
    accepted_at timestamp with time zone,
    arrived_at timestamp with time zone,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT ride_amounts_check CHECK (((distance_m > 0) AND (fare_minor > 0) AND (waiting_minor >= 0) AND (fee_minor >= 0))),
    CONSTRAINT ride_driver_check CHECK ((((state = ANY (ARRAY['accepted'::text, 'arrived'::text, 'started'::text, 'completed'::text, 'no_show'::text])) <= (driver_id IS NOT NULL)) AND ((state = ANY (ARRAY['requested'::text, 'offered'::text, 'expired'::text])) <= (driver_id IS NULL)))),
    CONSTRAINT ride_ended_check CHECK (((state = ANY (ARRAY['completed'::text, 'cancelled'::text, 'expired'::text, 'no_show'::text])) = (ended_at IS NOT NULL))),
    CONSTRAINT ride_stars_check CHECK (((stars IS NULL) OR ((stars >= 1) AND (stars <= 5) AND (state = 'completed'::text)))),
    CONSTRAINT ride_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'offered'::text, 'accepted'::text, 'arrived'::text, 'started'::text, 'completed'::text, 'cancelled'::text, 'expired'::text, 'no_show'::text])))
);

ALTER TABLE ONLY public.ride FORCE ROW LEVEL SECURITY;

ALTER TABLE public.ride OWNER TO piga_owner;

CREATE TABLE public.ride_event (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    ride_id uuid NOT NULL,
    step text NOT NULL,
    actor_id uuid,
    at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.ride_event FORCE ROW LEVEL SECURITY;

ALTER TABLE public.ride_event OWNER TO piga_owner;

CREATE TABLE public.ride_offer (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    ride_id uuid NOT NULL,
    driver_id uuid NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    offered_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT ride_offer_state_check CHECK ((state = ANY (ARRAY['open'::text, 'accepted'::text, 'refused'::text, 'expired'::text, 'withdrawn'::text])))
);

ALTER TABLE ONLY public.ride_offer FORCE ROW LEVEL SECURITY;

ALTER TABLE public.ride_offer OWNER TO piga_owner;

CREATE TABLE public.ride_tariff (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    terms jsonb NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    approved_by text NOT NULL
);

ALTER TABLE ONLY public.ride_tariff FORCE ROW LEVEL SECURITY;

ALTER TABLE public.ride_tariff OWNER TO piga_owner;

CREATE TABLE public.sale_reversal (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    entry_id uuid NOT NULL,
    giver_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    hold_id uuid,
    state text DEFAULT 'asked'::text NOT NULL,
    words text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT sale_reversal_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'contested'::text, 'done'::text, 'dropped'::text])))
);

ALTER TABLE ONLY public.sale_reversal FORCE ROW LEVEL SECURITY;

ALTER TABLE public.sale_reversal OWNER TO piga_owner;

CREATE TABLE public.savings_area (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    parent_id uuid,
    level text NOT NULL,
    depth smallint NOT NULL,
    name text NOT NULL,
    place text NOT NULL,
    ancestors uuid[] NOT NULL,
    CONSTRAINT savings_area_depth_check CHECK (((depth >= 0) AND ((depth = 0) = (parent_id IS NULL))))
);

ALTER TABLE ONLY public.savings_area FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_area OWNER TO piga_owner;

CREATE TABLE public.savings_ballot (
    tenant_id uuid NOT NULL,
    vote_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    number smallint,
    cast_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.savings_ballot FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_ballot OWNER TO piga_owner;

CREATE TABLE public.savings_book (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    cash_account_id uuid NOT NULL,
    loan_fund_account_id uuid NOT NULL,
    social_fund_account_id uuid NOT NULL
);

ALTER TABLE ONLY public.savings_book FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_book OWNER TO piga_owner;

CREATE TABLE public.savings_cash (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    purpose text NOT NULL,
    subject_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    recorded_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    decided_by uuid,
    decided_at timestamp with time zone,
    entry_id uuid,
    CONSTRAINT savings_cash_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT savings_cash_entry_check CHECK (((state = 'approved'::text) = (entry_id IS NOT NULL))),
    CONSTRAINT savings_cash_purpose_check CHECK ((purpose = ANY (ARRAY['loan_repayment'::text, 'loan_payout'::text]))),
    CONSTRAINT savings_cash_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'approved'::text, 'refused'::text, 'expired'::text]))),
    CONSTRAINT savings_cash_two_check CHECK (((state <> 'approved'::text) OR (decided_by IS DISTINCT FROM recorded_by)))
);

ALTER TABLE ONLY public.savings_cash FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_cash OWNER TO piga_owner;

CREATE TABLE public.savings_consent (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    vote_id uuid NOT NULL,
    bank text NOT NULL,
    valid_until date NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_by text,
    revoked_at timestamp with time zone,
    reason text,
    CONSTRAINT savings_consent_revoked_check CHECK ((((revoked_at IS NULL) = (revoked_by IS NULL)) AND ((revoked_at IS NULL) = (reason IS NULL))))
);

ALTER TABLE ONLY public.savings_consent FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_consent OWNER TO piga_owner;

CREATE TABLE public.savings_constitution (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    valid_from date NOT NULL,
    valid_until date NOT NULL,
    body jsonb NOT NULL,
    CONSTRAINT savings_constitution_days CHECK ((valid_until > valid_from))
);

ALTER TABLE ONLY public.savings_constitution FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_constitution OWNER TO piga_owner;

CREATE TABLE public.savings_correction (
    tenant_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    corrects_entry_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    saved_minor bigint NOT NULL,
    social_minor bigint NOT NULL,
    fine_minor bigint NOT NULL,
    reason text NOT NULL,
    recorded_by uuid NOT NULL,
    reversal_entry_id uuid,
    entry_id uuid,
    CONSTRAINT savings_correction_fine_minor_check CHECK ((fine_minor >= 0)),
    CONSTRAINT savings_correction_saved_minor_check CHECK ((saved_minor >= 0)),
    CONSTRAINT savings_correction_social_minor_check CHECK ((social_minor >= 0))
);

ALTER TABLE ONLY public.savings_correction FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_correction OWNER TO piga_owner;

CREATE TABLE public.savings_fine (
    tenant_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    kind text NOT NULL,
    group_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    paid_meeting_id uuid,
    CONSTRAINT savings_fine_amount_minor_check CHECK ((amount_minor > 0))
);

ALTER TABLE ONLY public.savings_fine FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_fine OWNER TO piga_owner;

CREATE TABLE public.savings_group (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    frozen boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public.savings_group FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_group OWNER TO piga_owner;

CREATE TABLE public.savings_group_area (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    area_id uuid NOT NULL
);

ALTER TABLE ONLY public.savings_group_area FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_group_area OWNER TO piga_owner;

CREATE TABLE public.savings_meeting (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    day date NOT NULL,
    currency character(3) NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    opened_by uuid NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    recorded_by uuid NOT NULL,
    opening_loan_minor bigint NOT NULL,
    opening_social_minor bigint NOT NULL,
    confirmed_by uuid,
    first_count_minor bigint,
    first_counted_by uuid,
    first_typed_by text DEFAULT ''::text NOT NULL,
    counted_minor bigint,
    counted_by uuid,
    reason text,
    guests smallint DEFAULT 0 NOT NULL,
    ended_by uuid,
    ended_at timestamp with time zone,
    CONSTRAINT savings_meeting_counted_check CHECK (((state <> ALL (ARRAY['counted'::text, 'closed'::text])) OR (counted_minor = first_count_minor))),
    CONSTRAINT savings_meeting_guests_check CHECK ((guests >= 0)),
    CONSTRAINT savings_meeting_opening_check CHECK (((opening_loan_minor >= 0) AND (opening_social_minor >= 0))),
    CONSTRAINT savings_meeting_state_check CHECK ((state = ANY (ARRAY['open'::text, 'recording'::text, 'counted'::text, 'closed'::text, 'stopped'::text]))),
    CONSTRAINT savings_meeting_two_count CHECK ((counted_by <> first_counted_by))
);

ALTER TABLE ONLY public.savings_meeting FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_meeting OWNER TO piga_owner;

CREATE TABLE public.savings_meeting_cash (
    tenant_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    purpose text NOT NULL,
    subject_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    recorded_by uuid NOT NULL,
    entry_id uuid,
    CONSTRAINT savings_meeting_cash_purpose_check CHECK ((purpose = ANY (ARRAY['loan_repayment'::text, 'loan_payout'::text]))),
    CONSTRAINT savings_meeting_cash_sign_check CHECK ((((purpose = 'loan_payout'::text) AND (amount_minor <= 0)) OR ((purpose <> 'loan_payout'::text) AND (amount_minor >= 0))))
);

ALTER TABLE ONLY public.savings_meeting_cash FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_meeting_cash OWNER TO piga_owner;

CREATE TABLE public.savings_meeting_line (
    tenant_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    number smallint NOT NULL,
    attendance text DEFAULT 'present'::text NOT NULL,
    saved_minor bigint,
    saved_by uuid,
    social_minor bigint DEFAULT 0 NOT NULL,
    fine_minor bigint DEFAULT 0 NOT NULL,
    fines jsonb DEFAULT '{}'::jsonb NOT NULL,
    entry_id uuid,
    CONSTRAINT savings_meeting_line_attendance_check CHECK ((attendance = ANY (ARRAY['present'::text, 'late'::text, 'excused'::text, 'absent'::text]))),
    CONSTRAINT savings_meeting_line_fine_minor_check CHECK ((fine_minor >= 0)),
    CONSTRAINT savings_meeting_line_saved_minor_check CHECK ((saved_minor >= 0)),
    CONSTRAINT savings_meeting_line_social_minor_check CHECK ((social_minor >= 0))
);

ALTER TABLE ONLY public.savings_meeting_line FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_meeting_line OWNER TO piga_owner;

CREATE TABLE public.savings_next_of_kin (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    name_sealed bytea NOT NULL,
    number_sealed bytea NOT NULL,
    named_by text NOT NULL,
    named_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.savings_next_of_kin FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_next_of_kin OWNER TO piga_owner;

CREATE TABLE public.savings_office (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    role text NOT NULL,
    subscriber_id uuid NOT NULL,
    valid_from date NOT NULL,
    valid_until date NOT NULL,
    CONSTRAINT savings_office_days CHECK ((valid_until >= valid_from)),
    CONSTRAINT savings_office_role_check CHECK ((role = ANY (ARRAY['chair'::text, 'secretary'::text, 'treasurer'::text, 'key_holder'::text])))
);

ALTER TABLE ONLY public.savings_office FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_office OWNER TO piga_owner;

CREATE TABLE public.savings_reminder (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    day date NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT savings_reminder_kind_check CHECK ((kind = ANY (ARRAY['meeting'::text, 'instalment'::text, 'late'::text, 'office'::text, 'saving'::text])))
);

ALTER TABLE ONLY public.savings_reminder FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_reminder OWNER TO piga_owner;

CREATE TABLE public.savings_reminder_off (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    kind text NOT NULL,
    off_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT savings_reminder_off_kind_check CHECK ((kind = ANY (ARRAY['meeting'::text, 'instalment'::text, 'late'::text])))
);

ALTER TABLE ONLY public.savings_reminder_off FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_reminder_off OWNER TO piga_owner;

CREATE TABLE public.savings_share_out (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    vote_id uuid NOT NULL,
    currency character(3) NOT NULL,
    cycle_from date NOT NULL,
    cycle_until date NOT NULL,
    with_social boolean NOT NULL,
    state text DEFAULT 'proposed'::text NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone DEFAULT now() NOT NULL,
    frozen_by uuid,
    frozen_on date,
    fund_minor bigint,
    carry_over_minor bigint,
    paid_by uuid,
    closed_by uuid,
    ended_at timestamp with time zone,
    CONSTRAINT savings_share_out_paid_check CHECK (((state <> ALL (ARRAY['frozen'::text, 'paid'::text, 'closed'::text])) OR ((frozen_by IS NOT NULL) AND (frozen_on IS NOT NULL) AND (fund_minor IS NOT NULL) AND (carry_over_minor IS NOT NULL)))),
    CONSTRAINT savings_share_out_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'frozen'::text, 'paid'::text, 'closed'::text, 'rejected'::text, 'cancelled'::text]))),
    CONSTRAINT savings_share_out_two_check CHECK ((paid_by <> frozen_by))
);

ALTER TABLE ONLY public.savings_share_out FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_share_out OWNER TO piga_owner;

CREATE TABLE public.savings_share_out_line (
    tenant_id uuid NOT NULL,
    share_out_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    wants text DEFAULT 'wallet'::text NOT NULL,
    saved_minor bigint DEFAULT 0 NOT NULL,
    part_minor bigint DEFAULT 0 NOT NULL,
    loan_id uuid,
    netted_minor bigint DEFAULT 0 NOT NULL,
    cash_minor bigint DEFAULT 0 NOT NULL,
    wallet_minor bigint DEFAULT 0 NOT NULL,
    rounded_minor bigint DEFAULT 0 NOT NULL,
    entry_id uuid,
    CONSTRAINT savings_share_out_line_amounts_check CHECK (((saved_minor >= 0) AND (netted_minor >= 0) AND (cash_minor >= 0) AND (wallet_minor >= 0) AND (rounded_minor >= 0) AND (part_minor = (((netted_minor + cash_minor) + wallet_minor) + rounded_minor)))),
    CONSTRAINT savings_share_out_line_loan_check CHECK (((netted_minor = 0) OR (loan_id IS NOT NULL))),
    CONSTRAINT savings_share_out_line_wants_check CHECK ((wants = ANY (ARRAY['wallet'::text, 'cash'::text])))
);

ALTER TABLE ONLY public.savings_share_out_line FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_share_out_line OWNER TO piga_owner;

CREATE TABLE public.savings_vote (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    kind text NOT NULL,
    question text NOT NULL,
    secret boolean NOT NULL,
    quorum_percent smallint NOT NULL,
    members smallint NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    opened_by uuid NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT savings_vote_kind_check CHECK ((kind = ANY (ARRAY['yes_no'::text, 'names'::text, 'share_out'::text]))),
    CONSTRAINT savings_vote_quorum_check CHECK (((quorum_percent >= 1) AND (quorum_percent <= 100))),
    CONSTRAINT savings_vote_state_check CHECK ((state = ANY (ARRAY['open'::text, 'carried'::text, 'lost'::text, 'no_quorum'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.savings_vote FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_vote OWNER TO piga_owner;

CREATE TABLE public.savings_vote_choice (
    tenant_id uuid NOT NULL,
    vote_id uuid NOT NULL,
    number smallint NOT NULL,
    subscriber_id uuid,
    votes integer DEFAULT 0 NOT NULL,
    CONSTRAINT savings_vote_choice_votes_check CHECK ((votes >= 0))
);

ALTER TABLE ONLY public.savings_vote_choice FORCE ROW LEVEL SECURITY;

ALTER TABLE public.savings_vote_choice OWNER TO piga_owner;

CREATE TABLE public.sender_claim (
    tenant_id uuid NOT NULL,
    provider text NOT NULL,
    sender_id text NOT NULL,
    CONSTRAINT sender_claim_sender_id_check CHECK ((sender_id = lower(sender_id)))
);

ALTER TABLE ONLY public.sender_claim FORCE ROW LEVEL SECURITY;

ALTER TABLE public.sender_claim OWNER TO piga_owner;

CREATE TABLE public.service (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    provider text NOT NULL,
    channel text NOT NULL,
    code text NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    tree jsonb NOT NULL,
    hook_generation integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT service_channel_check CHECK ((channel = ANY (ARRAY['ussd'::text, 'sms'::text, 'whatsapp'::text, 'payments'::text]))),
    CONSTRAINT service_hook_generation_check CHECK ((hook_generation > 0))
);

ALTER TABLE ONLY public.service FORCE ROW LEVEL SECURITY;

ALTER TABLE public.service OWNER TO piga_owner;

CREATE TABLE public.service_address (
    provider text NOT NULL,
    channel text NOT NULL,
    code text NOT NULL,
    tenant_id uuid NOT NULL,
    service_id uuid NOT NULL
);

ALTER TABLE ONLY public.service_address FORCE ROW LEVEL SECURITY;

ALTER TABLE public.service_address OWNER TO piga_owner;

CREATE TABLE public.shop (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    region text DEFAULT ''::text NOT NULL,
    price_groups text[] DEFAULT '{}'::text[] NOT NULL
);

ALTER TABLE ONLY public.shop FORCE ROW LEVEL SECURITY;

ALTER TABLE public.shop OWNER TO piga_owner;

CREATE TABLE public.shop_order (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    quote_id uuid NOT NULL,
    warehouse text NOT NULL,
    channel text NOT NULL,
    payment text NOT NULL,
    state text DEFAULT 'created'::text NOT NULL,
    currency character(3) NOT NULL,
    total_minor bigint NOT NULL,
    delivered_minor bigint,
    paid_minor bigint DEFAULT 0 NOT NULL,
    hold_id uuid,
    deliverer text,
    reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    reserved_until timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    due_on date,
    reminded integer,
    late_fee_minor bigint DEFAULT 0 NOT NULL,
    late_fee_paid_minor bigint DEFAULT 0 NOT NULL,
    CONSTRAINT shop_order_delivered_check CHECK ((((state = ANY (ARRAY['delivered'::text, 'invoiced'::text, 'settled'::text])) = (delivered_minor IS NOT NULL)) AND ((delivered_minor >= 0) AND (delivered_minor <= total_minor)))),
    CONSTRAINT shop_order_due_check CHECK (((due_on IS NULL) OR (payment = 'credit'::text))),
    CONSTRAINT shop_order_late_fee_check CHECK (((late_fee_paid_minor >= 0) AND (late_fee_paid_minor <= late_fee_minor))),
    CONSTRAINT shop_order_paid_check CHECK (((paid_minor >= 0) AND (paid_minor <= COALESCE(delivered_minor, (0)::bigint)))),
    CONSTRAINT shop_order_payment_check CHECK ((payment = ANY (ARRAY['wallet'::text, 'cash'::text, 'credit'::text]))),
    CONSTRAINT shop_order_state_check CHECK ((state = ANY (ARRAY['created'::text, 'reserved'::text, 'confirmed'::text, 'assigned'::text, 'picked'::text, 'delivered'::text, 'invoiced'::text, 'settled'::text, 'refused'::text, 'cancelled'::text, 'expired'::text]))),
    CONSTRAINT shop_order_total_minor_check CHECK ((total_minor >= 0))
);

ALTER TABLE ONLY public.shop_order FORCE ROW LEVEL SECURITY;

ALTER TABLE public.shop_order OWNER TO piga_owner;

CREATE TABLE public.shop_order_line (
    tenant_id uuid NOT NULL,
    order_id uuid NOT NULL,
    number smallint NOT NULL,
    product text NOT NULL,
    quantity bigint NOT NULL,
    total_minor bigint NOT NULL,
    delivered bigint,
    substitute text,
    CONSTRAINT shop_order_line_check CHECK (((delivered >= 0) AND (delivered <= quantity))),
    CONSTRAINT shop_order_line_quantity_check CHECK ((quantity > 0)),
    CONSTRAINT shop_order_line_total_minor_check CHECK ((total_minor >= 0))
);

ALTER TABLE ONLY public.shop_order_line FORCE ROW LEVEL SECURITY;

ALTER TABLE public.shop_order_line OWNER TO piga_owner;

CREATE TABLE public.shop_order_step (
    tenant_id uuid NOT NULL,
    order_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    step text NOT NULL,
    actor text,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.shop_order_step FORCE ROW LEVEL SECURITY;

ALTER TABLE public.shop_order_step OWNER TO piga_owner;

CREATE TABLE public.sign_in (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    address_lookup bytea NOT NULL,
    client text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    reason text,
    CONSTRAINT sign_in_ended CHECK (((ended_at IS NULL) = (reason IS NULL))),
    CONSTRAINT sign_in_reason_check CHECK ((reason = ANY (ARRAY['signed_out'::text, 'token_reused'::text, 'staff'::text, 'erased'::text])))
);

ALTER TABLE ONLY public.sign_in FORCE ROW LEVEL SECURITY;

ALTER TABLE public.sign_in OWNER TO piga_owner;

CREATE TABLE public.sign_in_code (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    client text NOT NULL,
    address_lookup bytea NOT NULL,
    by_sms boolean NOT NULL,
    subscriber_id uuid,
    tries smallint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

ALTER TABLE ONLY public.sign_in_code FORCE ROW LEVEL SECURITY;

ALTER TABLE public.sign_in_code OWNER TO piga_owner;

CREATE TABLE public.spending_limit (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    limit_minor bigint NOT NULL,
    used_minor bigint DEFAULT 0 NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT spending_limit_check CHECK (((used_minor >= 0) AND (used_minor <= limit_minor)))
);

ALTER TABLE ONLY public.spending_limit FORCE ROW LEVEL SECURITY;

ALTER TABLE public.spending_limit OWNER TO piga_owner;

CREATE TABLE public.staff_backup_code (
    tenant_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    staff_id uuid NOT NULL,
    used_at timestamp with time zone
);

ALTER TABLE ONLY public.staff_backup_code FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_backup_code OWNER TO piga_owner;

CREATE TABLE public.staff_challenge (
    tenant_id uuid NOT NULL,
    challenge bytea NOT NULL,
    used_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.staff_challenge FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_challenge OWNER TO piga_owner;

CREATE TABLE public.staff_device (
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    staff_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.staff_device FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_device OWNER TO piga_owner;

CREATE TABLE public.staff_invitation (
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    staff_id uuid NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

ALTER TABLE ONLY public.staff_invitation FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_invitation OWNER TO piga_owner;

CREATE TABLE public.staff_member (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    handle text NOT NULL,
    state text DEFAULT 'invited'::text NOT NULL,
    password_hash text,
    totp_sealed bytea,
    totp_step bigint DEFAULT 0 NOT NULL,
    email_sealed bytea,
    language text,
    invited_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT staff_member_ended CHECK (((state = 'revoked'::text) = (ended_at IS NOT NULL))),
    CONSTRAINT staff_member_handle_check CHECK ((handle ~ '^[a-z][a-z0-9.-]{1,39}$'::text)),
    CONSTRAINT staff_member_language_check CHECK ((language ~ '^[a-z]{2,3}$'::text)),
    CONSTRAINT staff_member_state_check CHECK ((state = ANY (ARRAY['invited'::text, 'active'::text, 'revoked'::text])))
);

ALTER TABLE ONLY public.staff_member FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_member OWNER TO piga_owner;

CREATE TABLE public.staff_passkey (
    tenant_id uuid NOT NULL,
    credential_id bytea NOT NULL,
    staff_id uuid NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    used_at timestamp with time zone
);

ALTER TABLE ONLY public.staff_passkey FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_passkey OWNER TO piga_owner;

CREATE TABLE public.staff_role (
    tenant_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    role text NOT NULL,
    scope text NOT NULL,
    scope_value text NOT NULL,
    given_by text NOT NULL,
    given_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT staff_role_scope_check CHECK ((scope = ANY (ARRAY['tenant'::text, 'organisation'::text, 'region'::text, 'station'::text]))),
    CONSTRAINT staff_role_scope_value CHECK (((scope = 'tenant'::text) = (scope_value = ''::text)))
);

ALTER TABLE ONLY public.staff_role FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_role OWNER TO piga_owner;

CREATE TABLE public.staff_session (
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    staff_id uuid NOT NULL,
    way text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT staff_session_way_check CHECK ((way = ANY (ARRAY['passkey'::text, 'password'::text, 'invitation'::text, 'demo'::text])))
);

ALTER TABLE ONLY public.staff_session FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_session OWNER TO piga_owner;

CREATE TABLE public.staff_try (
    tenant_id uuid NOT NULL,
    what bytea NOT NULL,
    tries integer NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT staff_try_tries_check CHECK ((tries > 0))
);

ALTER TABLE ONLY public.staff_try FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_try OWNER TO piga_owner;

CREATE TABLE public.stock (
    tenant_id uuid NOT NULL,
    warehouse text NOT NULL,
    product text NOT NULL,
    on_hand bigint DEFAULT 0 NOT NULL,
    reserved bigint DEFAULT 0 NOT NULL,
    reorder_at bigint DEFAULT 0 NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    CONSTRAINT stock_covers_reserved CHECK (((reserved >= 0) AND (on_hand >= reserved))),
    CONSTRAINT stock_reorder_at_check CHECK ((reorder_at >= 0))
);

ALTER TABLE ONLY public.stock FORCE ROW LEVEL SECURITY;

ALTER TABLE public.stock OWNER TO piga_owner;

CREATE TABLE public.stock_movement (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    warehouse text NOT NULL,
    product text NOT NULL,
    quantity bigint NOT NULL,
    reason text NOT NULL,
    order_id uuid,
    actor text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT stock_movement_order_check CHECK (((reason = 'delivered'::text) = (order_id IS NOT NULL))),
    CONSTRAINT stock_movement_quantity_check CHECK ((quantity <> 0)),
    CONSTRAINT stock_movement_reason_check CHECK ((reason = ANY (ARRAY['opening'::text, 'received'::text, 'counted'::text, 'delivered'::text])))
);

ALTER TABLE ONLY public.stock_movement FORCE ROW LEVEL SECURITY;

ALTER TABLE public.stock_movement OWNER TO piga_owner;

CREATE TABLE public.subscriber (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name_sealed bytea NOT NULL,
    language text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    roles text[] DEFAULT '{}'::text[] NOT NULL,
    birth_year smallint,
    pin_hash text,
    pin_attempts smallint DEFAULT 0 NOT NULL,
    pin_locked_until timestamp with time zone,
    pin_set_at timestamp with time zone,
    registered_at timestamp with time zone,
    pin_reset_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    pin_locks smallint DEFAULT 0 NOT NULL,
    erased_at timestamp with time zone,
    CONSTRAINT subscriber_erased_check CHECK (((erased_at IS NULL) OR ((status = 'frozen'::text) AND (pin_hash IS NULL)))),
    CONSTRAINT subscriber_pin_attempts_check CHECK ((pin_attempts >= 0)),
    CONSTRAINT subscriber_pin_locks_check CHECK ((pin_locks >= 0)),
    CONSTRAINT subscriber_status_check CHECK ((status = ANY (ARRAY['active'::text, 'frozen'::text])))
);

ALTER TABLE ONLY public.subscriber FORCE ROW LEVEL SECURITY;

ALTER TABLE public.subscriber OWNER TO piga_owner;

CREATE TABLE public.tariff (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    operation text NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    approved_by text NOT NULL,
    CONSTRAINT tariff_check CHECK (((valid_to IS NULL) OR (valid_to > valid_from))),
    CONSTRAINT tariff_kind_check CHECK ((kind = ANY (ARRAY['fee'::text, 'limit'::text, 'commission'::text])))
);

ALTER TABLE ONLY public.tariff FORCE ROW LEVEL SECURITY;

ALTER TABLE public.tariff OWNER TO piga_owner;

CREATE TABLE public.tenant (
    id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    country character(2) NOT NULL,
    calling_code text NOT NULL,
    currency character(3) NOT NULL,
    time_zone text NOT NULL,
    languages text[] NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    paused boolean DEFAULT false NOT NULL,
    paused_flows text[] DEFAULT '{}'::text[] NOT NULL,
    paused_notice jsonb DEFAULT '{}'::jsonb NOT NULL,
    version bigint DEFAULT nextval('public.config_version'::regclass) NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT tenant_calling_code_check CHECK ((calling_code ~ '^[1-9][0-9]{0,3}$'::text)),
    CONSTRAINT tenant_slug_check CHECK ((slug ~ '^[a-z][a-z0-9-]{1,30}$'::text))
);

ALTER TABLE ONLY public.tenant FORCE ROW LEVEL SECURITY;

ALTER TABLE public.tenant OWNER TO piga_owner;

CREATE TABLE public.text_device (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    wallet text NOT NULL,
    network text NOT NULL,
    currency character(3) NOT NULL,
    is_polled boolean DEFAULT false NOT NULL,
    purpose text,
    subject_id uuid,
    secret_sealed bytea NOT NULL,
    old_secret_sealed bytea,
    old_secret_until timestamp with time zone,
    state text DEFAULT 'on'::text NOT NULL,
    balance_minor bigint,
    seen_at timestamp with time zone,
    created_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT text_device_state_check CHECK ((state = ANY (ARRAY['on'::text, 'held'::text, 'blocked'::text])))
);

ALTER TABLE ONLY public.text_device FORCE ROW LEVEL SECURITY;

ALTER TABLE public.text_device OWNER TO piga_owner;

CREATE TABLE public.trade_credit (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    limit_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    days smallint NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT trade_credit_days_check CHECK ((days > 0)),
    CONSTRAINT trade_credit_limit_minor_check CHECK ((limit_minor > 0)),
    CONSTRAINT trade_credit_state_check CHECK ((state = ANY (ARRAY['active'::text, 'blocked'::text])))
);

ALTER TABLE ONLY public.trade_credit FORCE ROW LEVEL SECURITY;

ALTER TABLE public.trade_credit OWNER TO piga_owner;

CREATE TABLE public.trust_balance (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    account text NOT NULL,
    currency character(3) NOT NULL,
    balance_minor bigint NOT NULL,
    as_of timestamp with time zone NOT NULL,
    said_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT trust_balance_balance_minor_check CHECK ((balance_minor >= 0))
);

ALTER TABLE ONLY public.trust_balance FORCE ROW LEVEL SECURITY;

ALTER TABLE public.trust_balance OWNER TO piga_owner;

CREATE TABLE public.turn (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    session text NOT NULL,
    subscriber_id uuid,
    number integer NOT NULL,
    place text NOT NULL,
    outcome text NOT NULL,
    language text NOT NULL,
    took_us integer NOT NULL,
    network text DEFAULT ''::text NOT NULL,
    screen_key text,
    screen_sealed bytea
)
PARTITION BY RANGE (id);

ALTER TABLE ONLY public.turn FORCE ROW LEVEL SECURITY;

ALTER TABLE public.turn OWNER TO piga_owner;

CREATE TABLE public.turn_rest (
    tenant_id uuid CONSTRAINT turn_tenant_id_not_null NOT NULL,
    id uuid CONSTRAINT turn_id_not_null NOT NULL,
    service_id uuid CONSTRAINT turn_service_id_not_null NOT NULL,
    session text CONSTRAINT turn_session_not_null NOT NULL,
    subscriber_id uuid,
    number integer CONSTRAINT turn_number_not_null NOT NULL,
    place text CONSTRAINT turn_place_not_null NOT NULL,
    outcome text CONSTRAINT turn_outcome_not_null NOT NULL,
    language text CONSTRAINT turn_language_not_null NOT NULL,
    took_us integer CONSTRAINT turn_took_us_not_null NOT NULL,
    network text DEFAULT ''::text CONSTRAINT turn_network_not_null NOT NULL,
    screen_key text,
    screen_sealed bytea
);

ALTER TABLE ONLY public.turn_rest FORCE ROW LEVEL SECURITY;

ALTER TABLE public.turn_rest OWNER TO piga_owner;

CREATE TABLE public.usage_day (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    operation text NOT NULL,
    day date NOT NULL,
    count integer NOT NULL,
    amount_minor bigint NOT NULL
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.usage_day FORCE ROW LEVEL SECURITY;

ALTER TABLE public.usage_day OWNER TO piga_owner;

CREATE TABLE public.wallet_outage (
    tenant_id uuid NOT NULL,
    wallet_service_id uuid NOT NULL,
    kind text NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT wallet_outage_kind_check CHECK ((kind = ANY (ARRAY['collection'::text, 'disbursement'::text, 'refund'::text])))
);

ALTER TABLE ONLY public.wallet_outage FORCE ROW LEVEL SECURITY;

ALTER TABLE public.wallet_outage OWNER TO piga_owner;

CREATE TABLE public.warehouse (
    tenant_id uuid NOT NULL,
    code text NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    regions text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT warehouse_code_check CHECK ((code ~ '^[A-Z0-9]{1,12}$'::text))
);

ALTER TABLE ONLY public.warehouse FORCE ROW LEVEL SECURITY;

ALTER TABLE public.warehouse OWNER TO piga_owner;

CREATE TABLE public.work_claim (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    object_id uuid NOT NULL,
    owner text NOT NULL,
    claimed_at timestamp with time zone DEFAULT now() NOT NULL,
    until timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.work_claim FORCE ROW LEVEL SECURITY;

ALTER TABLE public.work_claim OWNER TO piga_owner;

CREATE TABLE public.wrong_pin (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    wrong_at timestamp with time zone DEFAULT now() NOT NULL,
    day_began_at timestamp with time zone DEFAULT now() NOT NULL,
    day_times integer DEFAULT 1 NOT NULL,
    has_history boolean NOT NULL,
    held_at timestamp with time zone
);

ALTER TABLE ONLY public.wrong_pin FORCE ROW LEVEL SECURITY;

ALTER TABLE public.wrong_pin OWNER TO piga_owner;

ALTER TABLE ONLY public.message ATTACH PARTITION public.message_rest DEFAULT;

ALTER TABLE ONLY public.posting ATTACH PARTITION public.posting_rest DEFAULT;

ALTER TABLE ONLY public.rate ATTACH PARTITION public.rate_rest DEFAULT;

ALTER TABLE ONLY public.turn ATTACH PARTITION public.turn_rest DEFAULT;

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.address
    ADD CONSTRAINT address_pkey PRIMARY KEY (tenant_id, channel, lookup, subscriber_id);

ALTER TABLE ONLY public.agent
    ADD CONSTRAINT agent_pkey PRIMARY KEY (tenant_id, subscriber_id);

ALTER TABLE ONLY public.agent_signal
    ADD CONSTRAINT agent_signal_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.agent
    ADD CONSTRAINT agent_tenant_id_code_key UNIQUE (tenant_id, code);

ALTER TABLE ONLY public.alarm
    ADD CONSTRAINT alarm_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_tenant_id_key_hash_key UNIQUE (tenant_id, key_hash);

ALTER TABLE ONLY public.api_result
    ADD CONSTRAINT api_result_pkey PRIMARY KEY (tenant_id, client, idempotency_key);

ALTER TABLE ONLY public.approval
    ADD CONSTRAINT approval_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.approval_request
    ADD CONSTRAINT approval_request_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.approval_request
    ADD CONSTRAINT approval_request_tenant_id_key_key UNIQUE (tenant_id, key);

ALTER TABLE ONLY public.audit_link
    ADD CONSTRAINT audit_link_pkey PRIMARY KEY (tenant_id, seq);

ALTER TABLE ONLY public.audit_link
    ADD CONSTRAINT audit_link_tenant_id_audit_id_key UNIQUE (tenant_id, audit_id);

ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.audit_seal
    ADD CONSTRAINT audit_seal_pkey PRIMARY KEY (tenant_id, day);

ALTER TABLE ONLY public.broadcast
    ADD CONSTRAINT broadcast_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.broadcast_recipient
    ADD CONSTRAINT broadcast_recipient_pkey PRIMARY KEY (tenant_id, broadcast_id, number);

ALTER TABLE ONLY public.broadcast_recipient
    ADD CONSTRAINT broadcast_recipient_tenant_id_broadcast_id_subscriber_id_key UNIQUE (tenant_id, broadcast_id, subscriber_id);

ALTER TABLE ONLY public.call_back
    ADD CONSTRAINT call_back_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.chat_link
    ADD CONSTRAINT chat_link_pkey PRIMARY KEY (tenant_id, conversation_id);

ALTER TABLE ONLY public.chat_link_try
    ADD CONSTRAINT chat_link_try_pkey PRIMARY KEY (tenant_id, subscriber_id);

ALTER TABLE ONLY public.contribution
    ADD CONSTRAINT contribution_pkey PRIMARY KEY (tenant_id, entry_id);

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_tenant_id_service_id_address_lookup_key UNIQUE (tenant_id, service_id, address_lookup);

ALTER TABLE ONLY public.credit_application
    ADD CONSTRAINT credit_application_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.credit_policy
    ADD CONSTRAINT credit_policy_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.credit_repayment
    ADD CONSTRAINT credit_repayment_pkey PRIMARY KEY (tenant_id, entry_id, order_id);

ALTER TABLE ONLY public.driver_papers
    ADD CONSTRAINT driver_papers_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.driver
    ADD CONSTRAINT driver_pkey PRIMARY KEY (tenant_id, subscriber_id);

ALTER TABLE ONLY public.driver_reminder
    ADD CONSTRAINT driver_reminder_pkey PRIMARY KEY (tenant_id, subscriber_id, paper, until, days);

ALTER TABLE ONLY public.driver
    ADD CONSTRAINT driver_tenant_id_plate_key UNIQUE (tenant_id, plate);

ALTER TABLE ONLY public.early_report
    ADD CONSTRAINT early_report_pkey PRIMARY KEY (tenant_id, provider, provider_message_id);

ALTER TABLE ONLY public.email_account
    ADD CONSTRAINT email_account_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.email
    ADD CONSTRAINT email_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.entry
    ADD CONSTRAINT entry_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.entry
    ADD CONSTRAINT entry_tenant_id_key_key UNIQUE (tenant_id, key);

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.event_subscription
    ADD CONSTRAINT event_subscription_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_tenant_id_subscription_id_kind_subject_id_key UNIQUE (tenant_id, subscription_id, kind, subject_id);

ALTER TABLE ONLY public.expected_payment
    ADD CONSTRAINT expected_payment_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.export_part
    ADD CONSTRAINT export_part_pkey PRIMARY KEY (tenant_id, export_id, stage, number);

ALTER TABLE ONLY public.export
    ADD CONSTRAINT export_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.first_use
    ADD CONSTRAINT first_use_pkey PRIMARY KEY (tenant_id, subscriber_id);

ALTER TABLE ONLY public.float_ask
    ADD CONSTRAINT float_ask_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.float_offer
    ADD CONSTRAINT float_offer_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fuel_acknowledgement
    ADD CONSTRAINT fuel_acknowledgement_pkey PRIMARY KEY (tenant_id, publication_id, station_id);

ALTER TABLE ONLY public.fuel_attendant
    ADD CONSTRAINT fuel_attendant_pkey PRIMARY KEY (tenant_id, subscriber_id);

ALTER TABLE ONLY public.fuel_chart
    ADD CONSTRAINT fuel_chart_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fuel_chart
    ADD CONSTRAINT fuel_chart_tenant_id_tank_id_valid_from_key UNIQUE (tenant_id, tank_id, valid_from);

ALTER TABLE ONLY public.fuel_complaint
    ADD CONSTRAINT fuel_complaint_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fuel_complaint
    ADD CONSTRAINT fuel_complaint_tenant_id_sale_id_key UNIQUE (tenant_id, sale_id);

ALTER TABLE ONLY public.fuel_delivery
    ADD CONSTRAINT fuel_delivery_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fuel_delivery
    ADD CONSTRAINT fuel_delivery_tenant_id_waybill_tank_id_key UNIQUE (tenant_id, waybill, tank_id);

ALTER TABLE ONLY public.fuel_dip
    ADD CONSTRAINT fuel_dip_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fuel_nozzle
    ADD CONSTRAINT fuel_nozzle_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fuel_nozzle
    ADD CONSTRAINT fuel_nozzle_tenant_id_station_id_number_key UNIQUE (tenant_id, station_id, number);

ALTER TABLE ONLY public.fuel_points
    ADD CONSTRAINT fuel_points_pkey PRIMARY KEY (tenant_id, sale_id);

ALTER TABLE ONLY public.fuel_points_rule
    ADD CONSTRAINT fuel_points_rule_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fuel_points_rule
    ADD CONSTRAINT fuel_points_rule_tenant_id_valid_from_key UNIQUE (tenant_id, valid_from);

ALTER TABLE ONLY public.fuel_price_line
    ADD CONSTRAINT fuel_price_line_pkey PRIMARY KEY (tenant_id, publication_id, product, "position");

ALTER TABLE ONLY public.fuel_price
    ADD CONSTRAINT fuel_price_pkey PRIMARY KEY (tenant_id, publication_id, product);

ALTER TABLE ONLY public.fuel_product
    ADD CONSTRAINT fuel_product_pkey PRIMARY KEY (tenant_id, key);

ALTER TABLE ONLY public.fuel_publication
    ADD CONSTRAINT fuel_publication_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fuel_publication
    ADD CONSTRAINT fuel_publication_tenant_id_valid_from_key UNIQUE (tenant_id, valid_from);

ALTER TABLE ONLY public.fuel_reading
    ADD CONSTRAINT fuel_reading_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fuel_sale
    ADD CONSTRAINT fuel_sale_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fuel_shift
    ADD CONSTRAINT fuel_shift_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fuel_station
    ADD CONSTRAINT fuel_station_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fuel_station
    ADD CONSTRAINT fuel_station_tenant_id_number_key UNIQUE (tenant_id, number);

ALTER TABLE ONLY public.fuel_stock_alarm
    ADD CONSTRAINT fuel_stock_alarm_pkey PRIMARY KEY (tenant_id, tank_id, kind, about);

ALTER TABLE ONLY public.fuel_stock_day
    ADD CONSTRAINT fuel_stock_day_pkey PRIMARY KEY (tenant_id, tank_id, day);

ALTER TABLE ONLY public.fuel_stock_limits
    ADD CONSTRAINT fuel_stock_limits_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fuel_stock_limits
    ADD CONSTRAINT fuel_stock_limits_tenant_id_valid_from_key UNIQUE (tenant_id, valid_from);

ALTER TABLE ONLY public.fuel_tank
    ADD CONSTRAINT fuel_tank_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fuel_tank
    ADD CONSTRAINT fuel_tank_tenant_id_station_id_number_key UNIQUE (tenant_id, station_id, number);

ALTER TABLE ONLY public.fuel_tariff
    ADD CONSTRAINT fuel_tariff_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fuel_tariff
    ADD CONSTRAINT fuel_tariff_tenant_id_valid_from_key UNIQUE (tenant_id, valid_from);

ALTER TABLE ONLY public.funnel_day
    ADD CONSTRAINT funnel_day_pkey PRIMARY KEY (tenant_id, day, service_id, language, network, place);

ALTER TABLE ONLY public.funnel_mark
    ADD CONSTRAINT funnel_mark_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.gateway_cost
    ADD CONSTRAINT gateway_cost_pkey PRIMARY KEY (tenant_id, kind, reference);

ALTER TABLE ONLY public.handover
    ADD CONSTRAINT handover_pkey PRIMARY KEY (tenant_id, subscriber_id);

ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.inbound_file
    ADD CONSTRAINT inbound_file_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.inbound_message
    ADD CONSTRAINT inbound_message_once UNIQUE (tenant_id, conversation_id, provider, provider_message_id);

ALTER TABLE ONLY public.inbound_message
    ADD CONSTRAINT inbound_message_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY public.intent
    ADD CONSTRAINT intent_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.known_id
    ADD CONSTRAINT known_id_pkey PRIMARY KEY (tenant_id, channel, lookup);

ALTER TABLE ONLY public.loan_decision
    ADD CONSTRAINT loan_decision_pkey PRIMARY KEY (tenant_id, loan_id, subscriber_id);

ALTER TABLE ONLY public.loan_guarantor
    ADD CONSTRAINT loan_guarantor_pkey PRIMARY KEY (tenant_id, loan_id, subscriber_id);

ALTER TABLE ONLY public.loan_instalment
    ADD CONSTRAINT loan_instalment_pkey PRIMARY KEY (tenant_id, loan_id, version, number);

ALTER TABLE ONLY public.loan_payment
    ADD CONSTRAINT loan_payment_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.loan_penalty
    ADD CONSTRAINT loan_penalty_pkey PRIMARY KEY (tenant_id, loan_id, number, day, ordinal);

ALTER TABLE ONLY public.loan
    ADD CONSTRAINT loan_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.loan_product
    ADD CONSTRAINT loan_product_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.loan_product
    ADD CONSTRAINT loan_product_tenant_id_key_valid_from_key UNIQUE (tenant_id, key, valid_from);

ALTER TABLE ONLY public.loan_provisioning
    ADD CONSTRAINT loan_provisioning_pkey PRIMARY KEY (tenant_id, valid_from);

ALTER TABLE ONLY public.loan_reversal
    ADD CONSTRAINT loan_reversal_pkey PRIMARY KEY (tenant_id, payment_id);

ALTER TABLE ONLY public.loan_split
    ADD CONSTRAINT loan_split_pkey PRIMARY KEY (tenant_id, entry_id, payment_id);

ALTER TABLE ONLY public.long_text
    ADD CONSTRAINT long_text_once UNIQUE (tenant_id, service_id, address_lookup, reference, total);

ALTER TABLE ONLY public.long_text
    ADD CONSTRAINT long_text_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.lookup_hour
    ADD CONSTRAINT lookup_hour_pkey PRIMARY KEY (tenant_id, subscriber_id, hour);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_pkey PRIMARY KEY (tenant_id, group_id, subscriber_id);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_tenant_id_subscriber_id_number_key UNIQUE (tenant_id, subscriber_id, number);

ALTER TABLE ONLY public.message_meter
    ADD CONSTRAINT message_meter_pkey PRIMARY KEY (tenant_id, service_id, month);

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.message_receipt
    ADD CONSTRAINT message_receipt_pkey PRIMARY KEY (tenant_id, provider, provider_message_id);

ALTER TABLE ONLY public.message_rest
    ADD CONSTRAINT message_rest_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.missing_money
    ADD CONSTRAINT missing_money_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.name_word
    ADD CONSTRAINT name_word_pkey PRIMARY KEY (tenant_id, word_lookup, subscriber_id);

ALTER TABLE ONLY public.opt_out
    ADD CONSTRAINT opt_out_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.organisation
    ADD CONSTRAINT organisation_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.party_change
    ADD CONSTRAINT party_change_pkey PRIMARY KEY (tenant_id, provider, event_id);

ALTER TABLE ONLY public.pause
    ADD CONSTRAINT pause_pkey PRIMARY KEY (tenant_id, what, name);

ALTER TABLE ONLY public.payment_exception
    ADD CONSTRAINT payment_exception_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.payment_exception
    ADD CONSTRAINT payment_exception_tenant_id_wallet_provider_txid_key UNIQUE (tenant_id, wallet, provider_txid);

ALTER TABLE ONLY public.payment_hint
    ADD CONSTRAINT payment_hint_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.payment
    ADD CONSTRAINT payment_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.payment
    ADD CONSTRAINT payment_tenant_id_intent_id_key UNIQUE (tenant_id, intent_id);

ALTER TABLE ONLY public.payment
    ADD CONSTRAINT payment_tenant_id_reference_key UNIQUE (tenant_id, reference);

ALTER TABLE ONLY public.payment_text
    ADD CONSTRAINT payment_text_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.payment_text
    ADD CONSTRAINT payment_text_tenant_id_device_id_digest_key UNIQUE (tenant_id, device_id, digest);

ALTER TABLE ONLY public.payment_token
    ADD CONSTRAINT payment_token_pkey PRIMARY KEY (tenant_id, token);

ALTER TABLE ONLY public.payment_token
    ADD CONSTRAINT payment_token_tenant_id_purpose_subscriber_id_subject_id_key UNIQUE (tenant_id, purpose, subscriber_id, subject_id);

ALTER TABLE ONLY public.pin_proposal
    ADD CONSTRAINT pin_proposal_pkey PRIMARY KEY (tenant_id, session);

ALTER TABLE ONLY public.place
    ADD CONSTRAINT place_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.place
    ADD CONSTRAINT place_tenant_id_kind_source_key_key UNIQUE (tenant_id, kind, source_key);

ALTER TABLE ONLY public.place
    ADD CONSTRAINT place_tenant_id_number_key UNIQUE (tenant_id, number);

ALTER TABLE ONLY public.posting
    ADD CONSTRAINT posting_pkey PRIMARY KEY (tenant_id, account_id, entry_id);

ALTER TABLE ONLY public.posting_rest
    ADD CONSTRAINT posting_rest_pkey PRIMARY KEY (tenant_id, account_id, entry_id);

ALTER TABLE ONLY public.price_book
    ADD CONSTRAINT price_book_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.price_quote
    ADD CONSTRAINT price_quote_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_pkey PRIMARY KEY (tenant_id, code);

ALTER TABLE ONLY public.provider_movement
    ADD CONSTRAINT provider_movement_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.provider_movement
    ADD CONSTRAINT provider_movement_tenant_id_wallet_provider_txid_key UNIQUE (tenant_id, wallet, provider_txid);

ALTER TABLE ONLY public.provider_template
    ADD CONSTRAINT provider_template_pkey PRIMARY KEY (tenant_id, provider, name, language);

ALTER TABLE ONLY public.rate_alert
    ADD CONSTRAINT rate_alert_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.rate_asked
    ADD CONSTRAINT rate_asked_pkey PRIMARY KEY (tenant_id, subscriber_id, source, destination);

ALTER TABLE ONLY public.rate_daily
    ADD CONSTRAINT rate_daily_pkey PRIMARY KEY (tenant_id, subscriber_id, source, destination);

ALTER TABLE ONLY public.rate_margin
    ADD CONSTRAINT rate_margin_pkey PRIMARY KEY (tenant_id, source, destination, valid_from, from_amount);

ALTER TABLE ONLY public.rate_pair
    ADD CONSTRAINT rate_pair_pkey PRIMARY KEY (tenant_id, source, destination);

ALTER TABLE ONLY public.rate
    ADD CONSTRAINT rate_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.rate_plan
    ADD CONSTRAINT rate_plan_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.rate_rest
    ADD CONSTRAINT rate_rest_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.rate_run
    ADD CONSTRAINT rate_run_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.reconciliation
    ADD CONSTRAINT reconciliation_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.refresh_token
    ADD CONSTRAINT refresh_token_pkey PRIMARY KEY (tenant_id, token_hash);

ALTER TABLE ONLY public.ride_event
    ADD CONSTRAINT ride_event_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.ride_offer
    ADD CONSTRAINT ride_offer_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.ride_offer
    ADD CONSTRAINT ride_offer_tenant_id_ride_id_driver_id_key UNIQUE (tenant_id, ride_id, driver_id);

ALTER TABLE ONLY public.ride
    ADD CONSTRAINT ride_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.ride_tariff
    ADD CONSTRAINT ride_tariff_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.ride_tariff
    ADD CONSTRAINT ride_tariff_tenant_id_valid_from_key UNIQUE (tenant_id, valid_from);

ALTER TABLE ONLY public.sale_reversal
    ADD CONSTRAINT sale_reversal_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.savings_area
    ADD CONSTRAINT savings_area_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.savings_ballot
    ADD CONSTRAINT savings_ballot_pkey PRIMARY KEY (tenant_id, vote_id, subscriber_id);

ALTER TABLE ONLY public.savings_book
    ADD CONSTRAINT savings_book_pkey PRIMARY KEY (tenant_id, group_id);

ALTER TABLE ONLY public.savings_cash
    ADD CONSTRAINT savings_cash_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.savings_consent
    ADD CONSTRAINT savings_consent_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.savings_consent
    ADD CONSTRAINT savings_consent_tenant_id_vote_id_bank_key UNIQUE (tenant_id, vote_id, bank);

ALTER TABLE ONLY public.savings_constitution
    ADD CONSTRAINT savings_constitution_pkey PRIMARY KEY (tenant_id, group_id, valid_from);

ALTER TABLE ONLY public.savings_correction
    ADD CONSTRAINT savings_correction_pkey PRIMARY KEY (tenant_id, meeting_id, corrects_entry_id);

ALTER TABLE ONLY public.savings_fine
    ADD CONSTRAINT savings_fine_pkey PRIMARY KEY (tenant_id, meeting_id, subscriber_id, kind);

ALTER TABLE ONLY public.savings_group_area
    ADD CONSTRAINT savings_group_area_pkey PRIMARY KEY (tenant_id, group_id);

ALTER TABLE ONLY public.savings_group
    ADD CONSTRAINT savings_group_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.savings_group
    ADD CONSTRAINT savings_group_tenant_id_code_key UNIQUE (tenant_id, code);

ALTER TABLE ONLY public.savings_meeting_cash
    ADD CONSTRAINT savings_meeting_cash_pkey PRIMARY KEY (tenant_id, meeting_id, purpose, subject_id);

ALTER TABLE ONLY public.savings_meeting_line
    ADD CONSTRAINT savings_meeting_line_pkey PRIMARY KEY (tenant_id, meeting_id, subscriber_id);

ALTER TABLE ONLY public.savings_meeting_line
    ADD CONSTRAINT savings_meeting_line_tenant_id_meeting_id_number_key UNIQUE (tenant_id, meeting_id, number);

ALTER TABLE ONLY public.savings_meeting
    ADD CONSTRAINT savings_meeting_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.savings_next_of_kin
    ADD CONSTRAINT savings_next_of_kin_pkey PRIMARY KEY (tenant_id, subscriber_id);

ALTER TABLE ONLY public.savings_office
    ADD CONSTRAINT savings_office_pkey PRIMARY KEY (tenant_id, group_id, role, subscriber_id, valid_from);

ALTER TABLE ONLY public.savings_reminder_off
    ADD CONSTRAINT savings_reminder_off_pkey PRIMARY KEY (tenant_id, subscriber_id, kind);

ALTER TABLE ONLY public.savings_reminder
    ADD CONSTRAINT savings_reminder_pkey PRIMARY KEY (tenant_id, kind, subject_id, subscriber_id, day);

ALTER TABLE ONLY public.savings_share_out_line
    ADD CONSTRAINT savings_share_out_line_pkey PRIMARY KEY (tenant_id, share_out_id, subscriber_id);

ALTER TABLE ONLY public.savings_share_out
    ADD CONSTRAINT savings_share_out_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.savings_vote_choice
    ADD CONSTRAINT savings_vote_choice_pkey PRIMARY KEY (tenant_id, vote_id, number);

ALTER TABLE ONLY public.savings_vote
    ADD CONSTRAINT savings_vote_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.sender_claim
    ADD CONSTRAINT sender_claim_pkey PRIMARY KEY (provider, sender_id);

ALTER TABLE ONLY public.service_address
    ADD CONSTRAINT service_address_pkey PRIMARY KEY (provider, channel, code);

ALTER TABLE ONLY public.service
    ADD CONSTRAINT service_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.service
    ADD CONSTRAINT service_tenant_id_provider_channel_code_key UNIQUE (tenant_id, provider, channel, code);

ALTER TABLE ONLY public.shop_order_line
    ADD CONSTRAINT shop_order_line_pkey PRIMARY KEY (tenant_id, order_id, number);

ALTER TABLE ONLY public.shop_order
    ADD CONSTRAINT shop_order_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.shop_order_step
    ADD CONSTRAINT shop_order_step_pkey PRIMARY KEY (tenant_id, order_id, ordinal);

ALTER TABLE ONLY public.shop_order
    ADD CONSTRAINT shop_order_tenant_id_quote_id_key UNIQUE (tenant_id, quote_id);

ALTER TABLE ONLY public.shop
    ADD CONSTRAINT shop_pkey PRIMARY KEY (tenant_id, subscriber_id);

ALTER TABLE ONLY public.sign_in_code
    ADD CONSTRAINT sign_in_code_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.sign_in
    ADD CONSTRAINT sign_in_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.spending_limit
    ADD CONSTRAINT spending_limit_pkey PRIMARY KEY (tenant_id, subscriber_id);

ALTER TABLE ONLY public.staff_backup_code
    ADD CONSTRAINT staff_backup_code_pkey PRIMARY KEY (tenant_id, code_hash);

ALTER TABLE ONLY public.staff_challenge
    ADD CONSTRAINT staff_challenge_pkey PRIMARY KEY (tenant_id, challenge);

ALTER TABLE ONLY public.staff_device
    ADD CONSTRAINT staff_device_pkey PRIMARY KEY (tenant_id, token_hash);

ALTER TABLE ONLY public.staff_invitation
    ADD CONSTRAINT staff_invitation_pkey PRIMARY KEY (tenant_id, token_hash);

ALTER TABLE ONLY public.staff_member
    ADD CONSTRAINT staff_member_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.staff_member
    ADD CONSTRAINT staff_member_tenant_id_handle_key UNIQUE (tenant_id, handle);

ALTER TABLE ONLY public.staff_passkey
    ADD CONSTRAINT staff_passkey_pkey PRIMARY KEY (tenant_id, credential_id);

ALTER TABLE ONLY public.staff_role
    ADD CONSTRAINT staff_role_pkey PRIMARY KEY (tenant_id, staff_id, role, scope, scope_value);

ALTER TABLE ONLY public.staff_session
    ADD CONSTRAINT staff_session_pkey PRIMARY KEY (tenant_id, token_hash);

ALTER TABLE ONLY public.staff_try
    ADD CONSTRAINT staff_try_pkey PRIMARY KEY (tenant_id, what);

ALTER TABLE ONLY public.stock_movement
    ADD CONSTRAINT stock_movement_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.stock
    ADD CONSTRAINT stock_pkey PRIMARY KEY (tenant_id, warehouse, product);

ALTER TABLE ONLY public.subscriber
    ADD CONSTRAINT subscriber_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.tariff
    ADD CONSTRAINT tariff_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.tenant
    ADD CONSTRAINT tenant_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.tenant
    ADD CONSTRAINT tenant_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.text_device
    ADD CONSTRAINT text_device_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.text_device
    ADD CONSTRAINT text_device_tenant_id_name_key UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.trade_credit
    ADD CONSTRAINT trade_credit_pkey PRIMARY KEY (tenant_id, subscriber_id);

ALTER TABLE ONLY public.trust_balance
    ADD CONSTRAINT trust_balance_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.turn
    ADD CONSTRAINT turn_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.turn_rest
    ADD CONSTRAINT turn_rest_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.usage_day
    ADD CONSTRAINT usage_day_pkey PRIMARY KEY (tenant_id, subscriber_id, operation, day);

ALTER TABLE ONLY public.wallet_outage
    ADD CONSTRAINT wallet_outage_pkey PRIMARY KEY (tenant_id, wallet_service_id, kind);

ALTER TABLE ONLY public.warehouse
    ADD CONSTRAINT warehouse_pkey PRIMARY KEY (tenant_id, code);

ALTER TABLE ONLY public.work_claim
    ADD CONSTRAINT work_claim_pkey PRIMARY KEY (tenant_id, kind, object_id);

ALTER TABLE ONLY public.wrong_pin
    ADD CONSTRAINT wrong_pin_pkey PRIMARY KEY (tenant_id, subscriber_id);

CREATE INDEX account_owner ON public.account USING btree (tenant_id, owner_id, kind);

CREATE INDEX address_subscriber ON public.address USING btree (tenant_id, subscriber_id);

CREATE INDEX agent_signal_judged ON public.agent_signal USING btree (tenant_id, agent_id, reason, ended_at DESC);

CREATE UNIQUE INDEX agent_signal_open ON public.agent_signal USING btree (tenant_id, agent_id, reason) WHERE (state = 'open'::text);

CREATE UNIQUE INDEX alarm_open ON public.alarm USING btree (tenant_id, kind, subject) WHERE (state = 'open'::text);

CREATE INDEX approval_due ON public.approval USING btree (expires_at) WHERE (state = 'pending'::text);

CREATE INDEX approval_lately ON public.approval USING btree (tenant_id, approver_id, created_at DESC);

CREATE INDEX approval_of_approver ON public.approval USING btree (tenant_id, approver_id) WHERE (state = 'pending'::text);

CREATE INDEX approval_of_requester ON public.approval USING btree (tenant_id, requester_id, created_at DESC);

CREATE INDEX approval_request_due ON public.approval_request USING btree (expires_at) WHERE (state = 'pending'::text);

CREATE UNIQUE INDEX approval_request_subject ON public.approval_request USING btree (tenant_id, kind, subject_id) WHERE ((state = 'pending'::text) AND (subject_id IS NOT NULL));

CREATE INDEX approval_session ON public.approval USING btree (tenant_id, ended_session) WHERE (state = 'approved'::text);

CREATE INDEX audit_action ON public.audit USING btree (tenant_id, action, id DESC);

CREATE INDEX audit_actor ON public.audit USING btree (tenant_id, actor, id DESC);

CREATE INDEX audit_object ON public.audit USING btree (tenant_id, object_id, id DESC) WHERE (object_id IS NOT NULL);

CREATE INDEX broadcast_age ON public.broadcast USING brin (created_at);

CREATE INDEX broadcast_fingerprint ON public.broadcast USING btree (tenant_id, fingerprint);

CREATE INDEX broadcast_recipient_address ON public.broadcast_recipient USING btree (tenant_id, broadcast_id, address_lookup);

CREATE INDEX broadcast_recipient_message ON public.broadcast_recipient USING btree (tenant_id, message_id) WHERE (message_id IS NOT NULL);

CREATE INDEX broadcast_recipient_waiting ON public.broadcast_recipient USING btree (tenant_id, broadcast_id, number) WHERE (state = 'waiting'::text);

CREATE INDEX call_back_lookup ON public.call_back USING btree (tenant_id, lookup, id);

CREATE UNIQUE INDEX call_back_waiting ON public.call_back USING btree (tenant_id, lookup) WHERE (state = 'waiting'::text);

CREATE INDEX chat_link_code ON public.chat_link USING btree (tenant_id, code_lookup);

CREATE INDEX contribution_member ON public.contribution USING btree (tenant_id, subscriber_id, entry_id DESC);

CREATE INDEX conversation_address ON public.conversation USING btree (tenant_id, address_lookup);

CREATE INDEX conversation_of ON public.conversation USING btree (tenant_id, subscriber_id) WHERE (session_sealed IS NOT NULL);

CREATE INDEX credit_application_shop ON public.credit_application USING btree (tenant_id, subscriber_id, created_at DESC);

CREATE INDEX credit_application_waits ON public.credit_application USING btree (tenant_id, created_at) WHERE (state = 'referred'::text);

CREATE INDEX driver_on_duty ON public.driver USING btree (tenant_id, cell) WHERE (cell IS NOT NULL);

CREATE UNIQUE INDEX driver_papers_waiting ON public.driver_papers USING btree (tenant_id, subscriber_id) WHERE (state = 'waiting'::text);

CREATE INDEX email_address ON public.email USING btree (tenant_id, address_lookup, id DESC);

CREATE INDEX email_age ON public.email USING brin (created_at);

CREATE INDEX event_age ON public.event USING brin (created_at);

CREATE INDEX event_newest ON public.event USING btree (tenant_id, created_at DESC, id DESC);

CREATE INDEX event_unsettled ON public.event USING btree (tenant_id, subscription_id, state) WHERE (state = ANY (ARRAY['waiting'::text, 'dead'::text]));

CREATE INDEX expected_payment_open ON public.expected_payment USING btree (tenant_id, amount_minor) WHERE (state = 'open'::text);

CREATE INDEX export_age ON public.export USING brin (created_at);

CREATE INDEX export_asked_by ON public.export USING btree (tenant_id, asked_by, id DESC);

CREATE INDEX float_ask_due ON public.float_ask USING btree (expires_at) WHERE (state = 'asked'::text);

CREATE INDEX float_ask_giver ON public.float_ask USING btree (tenant_id, giver_id) WHERE (state = 'asked'::text);

CREATE UNIQUE INDEX float_ask_open ON public.float_ask USING btree (tenant_id, asker_id) WHERE (state = 'asked'::text);

CREATE INDEX float_offer_due ON public.float_offer USING btree (expires_at) WHERE (state = 'offered'::text);

CREATE INDEX float_offer_giver ON public.float_offer USING btree (tenant_id, giver_id) WHERE (state = 'offered'::text);

CREATE UNIQUE INDEX float_offer_intent ON public.float_offer USING btree (tenant_id, intent_id);

CREATE INDEX float_offer_taker ON public.float_offer USING btree (tenant_id, taker_id) WHERE (state = 'offered'::text);

CREATE INDEX fuel_complaint_unanswered ON public.fuel_complaint USING btree (tenant_id, station_id, id) WHERE (state <> 'answered'::text);

CREATE INDEX fuel_delivery_tank ON public.fuel_delivery USING btree (tenant_id, tank_id, received_at);

CREATE INDEX fuel_dip_entered ON public.fuel_dip USING btree (tenant_id, tank_id, id) WHERE (state = 'entered'::text);

CREATE INDEX fuel_dip_tank ON public.fuel_dip USING btree (tenant_id, tank_id, dipped_at) WHERE (state = 'confirmed'::text);

CREATE INDEX fuel_dip_to_reckon ON public.fuel_dip USING btree (tenant_id) WHERE ((state = 'confirmed'::text) AND (reckoned_at IS NULL));

CREATE INDEX fuel_points_unused ON public.fuel_points USING btree (tenant_id, subscriber_id, expires_on) WHERE (unused_points > 0);

CREATE INDEX fuel_reading_nozzle ON public.fuel_reading USING btree (tenant_id, nozzle_id, id);

CREATE INDEX fuel_reading_shift ON public.fuel_reading USING btree (tenant_id, shift_id);

CREATE INDEX fuel_sale_shift ON public.fuel_sale USING btree (tenant_id, shift_id);

CREATE INDEX fuel_sale_waiting ON public.fuel_sale USING btree (tenant_id, customer_id, id) WHERE (state = 'offered'::text);

CREATE INDEX fuel_shift_day ON public.fuel_shift USING btree (tenant_id, opened_at);

CREATE UNIQUE INDEX fuel_shift_of_attendant ON public.fuel_shift USING btree (tenant_id, attendant_id) WHERE (state = 'open'::text);

CREATE UNIQUE INDEX fuel_shift_of_pump ON public.fuel_shift USING btree (tenant_id, station_id, pump) WHERE (state = 'open'::text);

CREATE INDEX fuel_station_dealer ON public.fuel_station USING btree (tenant_id, dealer_id);

CREATE INDEX fuel_stock_day_day ON public.fuel_stock_day USING btree (tenant_id, day);

CREATE INDEX gateway_cost_age ON public.gateway_cost USING brin (created_at);

CREATE INDEX gateway_cost_day ON public.gateway_cost USING btree (tenant_id, day);

CREATE INDEX hold_account ON public.hold USING btree (tenant_id, account_id) WHERE (state = 'pending'::text);

CREATE INDEX hold_pending ON public.hold USING btree (expires_at) WHERE (state = 'pending'::text);

CREATE INDEX inbound_file_age ON public.inbound_file USING brin (received_at);

CREATE INDEX inbound_file_of ON public.inbound_file USING btree (tenant_id, conversation_id, id);

CREATE INDEX inbound_message_age ON public.inbound_message USING brin (received_at);

CREATE INDEX inbound_message_waiting ON public.inbound_message USING btree (tenant_id, conversation_id, id) WHERE (state = 'waiting'::text);

CREATE INDEX intent_age ON public.intent USING brin (created_at);

CREATE INDEX intent_recent ON public.intent USING btree (tenant_id, subscriber_id, created_at DESC);

CREATE INDEX intent_session ON public.intent USING btree (tenant_id, session);

CREATE INDEX loan_group ON public.loan USING btree (tenant_id, group_id, state);

CREATE INDEX loan_guarantor_person ON public.loan_guarantor USING btree (tenant_id, subscriber_id);

CREATE INDEX loan_instalment_due ON public.loan_instalment USING btree (tenant_id, due_on);

CREATE UNIQUE INDEX loan_open ON public.loan USING btree (tenant_id, borrower_id, group_id) WHERE (state = ANY (ARRAY['applied'::text, 'guaranteed'::text, 'approved'::text, 'disbursed'::text, 'repaying'::text]));

CREATE INDEX loan_payment_loan ON public.loan_payment USING btree (tenant_id, loan_id);

CREATE INDEX loan_split_loan ON public.loan_split USING btree (tenant_id, loan_id);

CREATE INDEX long_text_age ON public.long_text USING brin (received_at);

CREATE INDEX message_conversation ON ONLY public.message USING btree (tenant_id, conversation_id, id DESC) WHERE (conversation_id IS NOT NULL);

CREATE INDEX message_entry ON ONLY public.message USING btree (tenant_id, entry_id) WHERE (entry_id IS NOT NULL);

CREATE INDEX message_receipt_age ON public.message_receipt USING brin (created_at);

CREATE INDEX message_receipt_message ON public.message_receipt USING btree (tenant_id, message_id);

CREATE INDEX message_rest_tenant_id_conversation_id_id_idx ON public.message_rest USING btree (tenant_id, conversation_id, id DESC) WHERE (conversation_id IS NOT NULL);

CREATE INDEX message_rest_tenant_id_entry_id_idx ON public.message_rest USING btree (tenant_id, entry_id) WHERE (entry_id IS NOT NULL);

CREATE INDEX message_unsettled ON ONLY public.message USING btree (tenant_id, state, id DESC) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text, 'accepted'::text, 'unknown'::text, 'failed'::text]));

CREATE INDEX message_rest_tenant_id_state_id_idx ON public.message_rest USING btree (tenant_id, state, id DESC) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text, 'accepted'::text, 'unknown'::text, 'failed'::text]));

CREATE INDEX message_subscriber ON ONLY public.message USING btree (tenant_id, subscriber_id, id DESC);

CREATE INDEX message_rest_tenant_id_subscriber_id_id_idx ON public.message_rest USING btree (tenant_id, subscriber_id, id DESC);

CREATE INDEX missing_money_age ON public.missing_money USING brin (created_at);

CREATE UNIQUE INDEX missing_money_open ON public.missing_money USING btree (tenant_id, subscriber_id, amount_minor, currency, txid) WHERE (state = 'open'::text);

CREATE INDEX name_word_of ON public.name_word USING btree (tenant_id, subscriber_id);

CREATE INDEX opt_out_address ON public.opt_out USING btree (tenant_id, address_lookup, id DESC);

CREATE INDEX outbox_dead ON public.outbox USING btree (tenant_id, id) WHERE (state = 'dead'::text);

CREATE INDEX outbox_due ON public.outbox USING btree (priority, tenant_id, GREATEST(available_at, lease_until)) WHERE (state = ANY (ARRAY['waiting'::text, 'queued'::text, 'working'::text]));

CREATE INDEX payment_age ON public.payment USING brin (created_at);

CREATE INDEX payment_amount ON public.payment USING btree (tenant_id, amount_minor, id);

CREATE INDEX payment_code_due ON public.payment USING btree (tenant_id, subscriber_id) WHERE ((state = 'pending'::text) AND (reason = 'give_code'::text));

CREATE INDEX payment_exception_amount ON public.payment_exception USING btree (tenant_id, amount_minor, id);

CREATE INDEX payment_exception_open ON public.payment_exception USING btree (tenant_id, created_at) WHERE (state = ANY (ARRAY['open'::text, 'claimed'::text, 'to_pay_back'::text]));

CREATE INDEX payment_exception_state ON public.payment_exception USING btree (tenant_id, state, id DESC);

CREATE INDEX payment_hint_age ON public.payment_hint USING brin (created_at);

CREATE INDEX payment_hint_request ON public.payment_hint USING btree (tenant_id, provider_id);

CREATE INDEX payment_kind ON public.payment USING btree (tenant_id, kind, id DESC);

CREATE INDEX payment_open ON public.payment USING btree (tenant_id, created_at) WHERE (state = ANY (ARRAY['created'::text, 'submitted'::text, 'pending'::text, 'unknown'::text, 'review'::text]));

CREATE INDEX payment_person ON public.payment USING btree (tenant_id, subscriber_id, created_at DESC);

CREATE INDEX payment_provider_id ON public.payment USING btree (tenant_id, provider_id) WHERE (provider_id IS NOT NULL);

CREATE INDEX payment_state ON public.payment USING btree (tenant_id, state, id DESC);

CREATE INDEX payment_text_age ON public.payment_text USING brin (created_at);

CREATE INDEX payment_text_txid ON public.payment_text USING btree (tenant_id, device_id, txid) WHERE (txid IS NOT NULL);

CREATE INDEX payment_text_waiting ON public.payment_text USING btree (tenant_id, device_id, happened_at) WHERE (state = 'stored'::text);

CREATE INDEX posting_entry ON ONLY public.posting USING brin (entry_id) WITH (autosummarize='on');

CREATE INDEX posting_rest_entry_id_idx ON public.posting_rest USING brin (entry_id) WITH (autosummarize='on');

CREATE INDEX price_book_newest ON public.price_book USING btree (tenant_id, published_at DESC, id DESC);

CREATE INDEX price_quote_coupon ON public.price_quote USING btree (tenant_id, coupon_rule, subscriber_id) WHERE (coupon_rule <> ''::text);

CREATE INDEX price_quote_open ON public.price_quote USING btree (expires_at) WHERE (confirmed_at IS NULL);

CREATE INDEX provider_movement_day ON public.provider_movement USING btree (tenant_id, wallet, happened_at, id);

CREATE INDEX provider_movement_suspense ON public.provider_movement USING btree (tenant_id, created_at) WHERE (state = 'suspense'::text);

CREATE INDEX rate_alert_armed ON public.rate_alert USING btree (tenant_id, source, destination, direction, level) WHERE (state = 'armed'::text);

CREATE INDEX rate_alert_fired ON public.rate_alert USING btree (tenant_id, fired_at, fired_order) WHERE (state = 'fired'::text);

CREATE INDEX rate_alert_told ON public.rate_alert USING btree (tenant_id, source, destination) WHERE (state = 'told'::text);

CREATE INDEX rate_alert_whose ON public.rate_alert USING btree (tenant_id, subscriber_id) WHERE (state <> 'over'::text);

CREATE INDEX rate_asked_age ON public.rate_asked USING brin (asked_at);

CREATE INDEX rate_asked_told ON public.rate_asked USING btree (tenant_id, told_rate_id);

CREATE INDEX rate_by_pair ON ONLY public.rate USING btree (tenant_id, source, destination, id DESC);

CREATE INDEX rate_daily_due ON public.rate_daily USING btree (tenant_id, hour, last_day);

CREATE INDEX rate_rest_tenant_id_source_destination_id_idx ON public.rate_rest USING btree (tenant_id, source, destination, id DESC);

CREATE INDEX rate_run_newest ON public.rate_run USING btree (tenant_id, started_at DESC);

CREATE UNIQUE INDEX rate_run_open ON public.rate_run USING btree (tenant_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX reconciliation_closed ON public.reconciliation USING btree (tenant_id, wallet, currency, day) WHERE (state = 'closed'::text);

CREATE INDEX refresh_token_sign_in ON public.refresh_token USING btree (tenant_id, sign_in_id);

CREATE INDEX ride_event_ride ON public.ride_event USING btree (tenant_id, ride_id);

CREATE UNIQUE INDEX ride_of_customer ON public.ride USING btree (tenant_id, customer_id) WHERE (state = ANY (ARRAY['requested'::text, 'offered'::text, 'accepted'::text, 'arrived'::text, 'started'::text]));

CREATE UNIQUE INDEX ride_of_driver ON public.ride USING btree (tenant_id, driver_id) WHERE (state = ANY (ARRAY['accepted'::text, 'arrived'::text, 'started'::text]));

CREATE INDEX ride_offer_day ON public.ride_offer USING btree (tenant_id, driver_id, offered_at);

CREATE UNIQUE INDEX ride_offer_of_driver ON public.ride_offer USING btree (tenant_id, driver_id) WHERE (state = 'open'::text);

CREATE UNIQUE INDEX ride_offer_of_ride ON public.ride_offer USING btree (tenant_id, ride_id) WHERE (state = 'open'::text);

CREATE INDEX ride_open ON public.ride USING btree (tenant_id, state, requested_at) WHERE (state = ANY (ARRAY['requested'::text, 'offered'::text, 'accepted'::text, 'arrived'::text, 'started'::text]));

CREATE INDEX ride_past ON public.ride USING btree (tenant_id, ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX ride_past_of_customer ON public.ride USING btree (tenant_id, customer_id, ended_at);

CREATE INDEX ride_past_of_driver ON public.ride USING btree (tenant_id, driver_id, ended_at);

CREATE UNIQUE INDEX sale_reversal_open ON public.sale_reversal USING btree (tenant_id, entry_id) WHERE (state = ANY (ARRAY['asked'::text, 'contested'::text]));

CREATE INDEX sale_reversal_recipient ON public.sale_reversal USING btree (tenant_id, recipient_id) WHERE (state = ANY (ARRAY['asked'::text, 'contested'::text]));

CREATE INDEX savings_area_level ON public.savings_area USING btree (tenant_id, level, place);

CREATE INDEX savings_cash_group ON public.savings_cash USING btree (tenant_id, group_id, id DESC);

CREATE UNIQUE INDEX savings_cash_pending ON public.savings_cash USING btree (tenant_id, subject_id) WHERE (state = 'pending'::text);

CREATE INDEX savings_consent_group ON public.savings_consent USING btree (tenant_id, group_id, id DESC);

CREATE INDEX savings_fine_owed ON public.savings_fine USING btree (tenant_id, group_id, subscriber_id) WHERE (paid_meeting_id IS NULL);

CREATE INDEX savings_group_area_area ON public.savings_group_area USING btree (tenant_id, area_id);

CREATE INDEX savings_meeting_newest ON public.savings_meeting USING btree (tenant_id, group_id, id DESC);

CREATE UNIQUE INDEX savings_meeting_open ON public.savings_meeting USING btree (tenant_id, group_id) WHERE (state = ANY (ARRAY['open'::text, 'recording'::text, 'counted'::text]));

CREATE INDEX savings_office_person ON public.savings_office USING btree (tenant_id, subscriber_id);

CREATE INDEX savings_reminder_age ON public.savings_reminder USING brin (created_at);

CREATE INDEX savings_share_out_group ON public.savings_share_out USING btree (tenant_id, group_id, id DESC);

CREATE UNIQUE INDEX savings_share_out_on ON public.savings_share_out USING btree (tenant_id, group_id) WHERE (state = ANY (ARRAY['proposed'::text, 'frozen'::text, 'paid'::text]));

CREATE INDEX savings_vote_due ON public.savings_vote USING btree (ends_at) WHERE (state = 'open'::text);

CREATE INDEX savings_vote_group ON public.savings_vote USING btree (tenant_id, group_id, id DESC);

CREATE INDEX service_address_service ON public.service_address USING btree (service_id);

CREATE INDEX shop_order_board ON public.shop_order USING btree (tenant_id, state, created_at DESC);

CREATE INDEX shop_order_credit ON public.shop_order USING btree (tenant_id, subscriber_id, due_on) WHERE (payment = 'credit'::text);

CREATE INDEX shop_order_due ON public.shop_order USING btree (reserved_until) WHERE (state = ANY (ARRAY['created'::text, 'reserved'::text, 'delivered'::text, 'invoiced'::text]));

CREATE INDEX shop_order_shop ON public.shop_order USING btree (tenant_id, subscriber_id, created_at DESC);

CREATE INDEX sign_in_code_client ON public.sign_in_code USING btree (tenant_id, client, created_at DESC);

CREATE INDEX sign_in_code_number ON public.sign_in_code USING btree (tenant_id, address_lookup, id DESC);

CREATE INDEX sign_in_person ON public.sign_in USING btree (tenant_id, subscriber_id, created_at DESC);

CREATE INDEX staff_backup_code_of ON public.staff_backup_code USING btree (tenant_id, staff_id);

CREATE INDEX staff_device_of ON public.staff_device USING btree (tenant_id, staff_id);

CREATE INDEX staff_passkey_of ON public.staff_passkey USING btree (tenant_id, staff_id);

CREATE INDEX staff_session_age ON public.staff_session USING brin (created_at);

CREATE INDEX staff_session_of ON public.staff_session USING btree (tenant_id, staff_id);

CREATE INDEX stock_movement_product ON public.stock_movement USING btree (tenant_id, warehouse, product);

CREATE INDEX subscriber_frozen ON public.subscriber USING btree (tenant_id, id) WHERE (status = 'frozen'::text);

CREATE INDEX tariff_in_force ON public.tariff USING btree (tenant_id, operation, kind, valid_from DESC);

CREATE INDEX tenant_version ON public.tenant USING btree (version);

CREATE INDEX trust_balance_account ON public.trust_balance USING btree (tenant_id, currency, account, as_of DESC);

CREATE INDEX turn_session ON ONLY public.turn USING btree (tenant_id, session);

CREATE INDEX turn_rest_tenant_id_session_idx ON public.turn_rest USING btree (tenant_id, session);

CREATE INDEX turn_subscriber ON ONLY public.turn USING btree (tenant_id, subscriber_id, id DESC) WHERE (subscriber_id IS NOT NULL);

CREATE INDEX turn_rest_tenant_id_subscriber_id_id_idx ON public.turn_rest USING btree (tenant_id, subscriber_id, id DESC) WHERE (subscriber_id IS NOT NULL);

CREATE INDEX usage_day_age ON public.usage_day USING brin (day);

CREATE INDEX wrong_pin_recent ON public.wrong_pin USING btree (tenant_id, wrong_at);

ALTER INDEX public.message_pkey ATTACH PARTITION public.message_rest_pkey;

ALTER INDEX public.message_conversation ATTACH PARTITION public.message_rest_tenant_id_conversation_id_id_idx;

ALTER INDEX public.message_entry ATTACH PARTITION public.message_rest_tenant_id_entry_id_idx;

ALTER INDEX public.message_unsettled ATTACH PARTITION public.message_rest_tenant_id_state_id_idx;

ALTER INDEX public.message_subscriber ATTACH PARTITION public.message_rest_tenant_id_subscriber_id_id_idx;

ALTER INDEX public.posting_entry ATTACH PARTITION public.posting_rest_entry_id_idx;

ALTER INDEX public.posting_pkey ATTACH PARTITION public.posting_rest_pkey;

ALTER INDEX public.rate_pkey ATTACH PARTITION public.rate_rest_pkey;

ALTER INDEX public.rate_by_pair ATTACH PARTITION public.rate_rest_tenant_id_source_destination_id_idx;

ALTER INDEX public.turn_pkey ATTACH PARTITION public.turn_rest_pkey;

ALTER INDEX public.turn_session ATTACH PARTITION public.turn_rest_tenant_id_session_idx;

ALTER INDEX public.turn_subscriber ATTACH PARTITION public.turn_rest_tenant_id_subscriber_id_id_idx;

CREATE CONSTRAINT TRIGGER chain_audit AFTER INSERT ON public.audit DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.chain_audit();

CREATE TRIGGER code_is_free BEFORE INSERT OR UPDATE ON public.service_address FOR EACH ROW EXECUTE FUNCTION public.code_is_free();

CREATE TRIGGER note_delivered AFTER UPDATE OF state ON public.message FOR EACH ROW WHEN (((new.state = 'delivered'::text) AND (old.state <> 'delivered'::text))) EXECUTE FUNCTION public.note_event('message.delivered');

CREATE TRIGGER note_ended AFTER INSERT ON public.turn FOR EACH ROW WHEN ((new.outcome = 'ended'::text)) EXECUTE FUNCTION public.note_event('session.ended');

CREATE TRIGGER note_failed AFTER UPDATE OF state ON public.message FOR EACH ROW WHEN (((new.state = 'failed'::text) AND (old.state <> 'failed'::text) AND (new.reason IS DISTINCT FROM 'taken_back'::text))) EXECUTE FUNCTION public.note_event('message.failed');

CREATE TRIGGER note_order_assigned AFTER UPDATE OF state ON public.shop_order FOR EACH ROW WHEN (((new.state = 'assigned'::text) AND (old.state <> 'assigned'::text))) EXECUTE FUNCTION public.note_event('order.assigned_to_driver');

CREATE TRIGGER note_order_confirmed AFTER UPDATE OF state ON public.shop_order FOR EACH ROW WHEN (((new.state = 'confirmed'::text) AND (old.state = 'reserved'::text))) EXECUTE FUNCTION public.note_event('order.confirmed');

CREATE TRIGGER note_order_created AFTER INSERT ON public.shop_order FOR EACH ROW EXECUTE FUNCTION public.note_event('order.created');

CREATE TRIGGER note_order_delivered AFTER UPDATE OF state ON public.shop_order FOR EACH ROW WHEN (((new.state = 'delivered'::text) AND (old.state <> 'delivered'::text))) EXECUTE FUNCTION public.note_event('order.delivered');

CREATE TRIGGER note_order_reserved AFTER UPDATE OF state ON public.shop_order FOR EACH ROW WHEN (((new.state = 'reserved'::text) AND (old.state <> 'reserved'::text))) EXECUTE FUNCTION public.note_event('inventory.reserved');

CREATE TRIGGER note_posted AFTER INSERT ON public.entry FOR EACH ROW EXECUTE FUNCTION public.note_event('payment.posted');

CREATE TRIGGER note_received AFTER INSERT ON public.inbound_message FOR EACH ROW EXECUTE FUNCTION public.note_event('message.received');

CREATE TRIGGER tell_console AFTER INSERT OR DELETE OR UPDATE ON public.agent_signal FOR EACH ROW EXECUTE FUNCTION public.tell_console('work');

CREATE TRIGGER tell_console AFTER INSERT OR DELETE OR UPDATE ON public.alarm FOR EACH ROW EXECUTE FUNCTION public.tell_console('work');

CREATE TRIGGER tell_console AFTER INSERT OR DELETE OR UPDATE ON public.approval_request FOR EACH ROW EXECUTE FUNCTION public.tell_console('work');

CREATE TRIGGER tell_console AFTER INSERT OR DELETE OR UPDATE ON public.call_back FOR EACH ROW EXECUTE FUNCTION public.tell_console('work');

CREATE TRIGGER tell_console AFTER UPDATE OF state ON public.message FOR EACH ROW WHEN ((new.state = ANY (ARRAY['unknown'::text, 'failed'::text]))) EXECUTE FUNCTION public.tell_console('messages');

CREATE TRIGGER tell_console AFTER INSERT OR DELETE OR UPDATE ON public.missing_money FOR EACH ROW EXECUTE FUNCTION public.tell_console('work');

CREATE TRIGGER tell_console AFTER UPDATE OF state ON public.outbox FOR EACH ROW WHEN ((new.state = 'dead'::text)) EXECUTE FUNCTION public.tell_console('work');

CREATE TRIGGER tell_console AFTER UPDATE OF state ON public.payment FOR EACH ROW WHEN ((new.state = ANY (ARRAY['unknown'::text, 'review'::text, 'failed'::text]))) EXECUTE FUNCTION public.tell_console('payments');

CREATE TRIGGER tell_console AFTER INSERT OR DELETE OR UPDATE ON public.payment_exception FOR EACH ROW EXECUTE FUNCTION public.tell_console('work');

CREATE TRIGGER tell_console AFTER INSERT OR DELETE OR UPDATE ON public.work_claim FOR EACH ROW EXECUTE FUNCTION public.tell_console('work');

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.address
    ADD CONSTRAINT address_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.agent_signal
    ADD CONSTRAINT agent_signal_tenant_id_agent_id_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES public.agent(tenant_id, subscriber_id);

ALTER TABLE ONLY public.agent
    ADD CONSTRAINT agent_tenant_id_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES public.agent(tenant_id, subscriber_id);

ALTER TABLE ONLY public.agent
    ADD CONSTRAINT agent_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.api_result
    ADD CONSTRAINT api_result_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.approval_request
    ADD CONSTRAINT approval_request_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.broadcast_recipient
    ADD CONSTRAINT broadcast_recipient_tenant_id_broadcast_id_fkey FOREIGN KEY (tenant_id, broadcast_id) REFERENCES public.broadcast(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.broadcast_recipient
    ADD CONSTRAINT broadcast_recipient_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.broadcast
    ADD CONSTRAINT broadcast_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.broadcast
    ADD CONSTRAINT broadcast_tenant_id_service_id_fkey FOREIGN KEY (tenant_id, service_id) REFERENCES public.service(tenant_id, id);

ALTER TABLE ONLY public.chat_link
    ADD CONSTRAINT chat_link_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES public.conversation(tenant_id, id);

ALTER TABLE ONLY public.chat_link_try
    ADD CONSTRAINT chat_link_try_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_tenant_id_service_id_fkey FOREIGN KEY (tenant_id, service_id) REFERENCES public.service(tenant_id, id);

ALTER TABLE ONLY public.credit_application
    ADD CONSTRAINT credit_application_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.credit_policy
    ADD CONSTRAINT credit_policy_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.credit_repayment
    ADD CONSTRAINT credit_repayment_tenant_id_order_id_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES public.shop_order(tenant_id, id);

ALTER TABLE ONLY public.driver_papers
    ADD CONSTRAINT driver_papers_tenant_id_brought_by_fkey FOREIGN KEY (tenant_id, brought_by) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.driver_papers
    ADD CONSTRAINT driver_papers_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.driver_reminder
    ADD CONSTRAINT driver_reminder_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.driver(tenant_id, subscriber_id);

ALTER TABLE ONLY public.driver
    ADD CONSTRAINT driver_tenant_id_stop_id_fkey FOREIGN KEY (tenant_id, stop_id) REFERENCES public.place(tenant_id, id);

ALTER TABLE ONLY public.driver
    ADD CONSTRAINT driver_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.email_account
    ADD CONSTRAINT email_account_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.email
    ADD CONSTRAINT email_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.event_subscription
    ADD CONSTRAINT event_subscription_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_tenant_id_subscription_id_fkey FOREIGN KEY (tenant_id, subscription_id) REFERENCES public.event_subscription(tenant_id, id);

ALTER TABLE ONLY public.expected_payment
    ADD CONSTRAINT expected_payment_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.export_part
    ADD CONSTRAINT export_part_tenant_id_export_id_fkey FOREIGN KEY (tenant_id, export_id) REFERENCES public.export(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.export
    ADD CONSTRAINT export_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.first_use
    ADD CONSTRAINT first_use_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.float_ask
    ADD CONSTRAINT float_ask_tenant_id_asker_id_fkey FOREIGN KEY (tenant_id, asker_id) REFERENCES public.agent(tenant_id, subscriber_id);

ALTER TABLE ONLY public.float_ask
    ADD CONSTRAINT float_ask_tenant_id_giver_id_fkey FOREIGN KEY (tenant_id, giver_id) REFERENCES public.agent(tenant_id, subscriber_id);

ALTER TABLE ONLY public.float_offer
    ADD CONSTRAINT float_offer_tenant_id_giver_id_fkey FOREIGN KEY (tenant_id, giver_id) REFERENCES public.agent(tenant_id, subscriber_id);

ALTER TABLE ONLY public.float_offer
    ADD CONSTRAINT float_offer_tenant_id_taker_id_fkey FOREIGN KEY (tenant_id, taker_id) REFERENCES public.agent(tenant_id, subscriber_id);

ALTER TABLE ONLY public.fuel_acknowledgement
    ADD CONSTRAINT fuel_acknowledgement_tenant_id_publication_id_fkey FOREIGN KEY (tenant_id, publication_id) REFERENCES public.fuel_publication(tenant_id, id);

ALTER TABLE ONLY public.fuel_acknowledgement
    ADD CONSTRAINT fuel_acknowledgement_tenant_id_station_id_fkey FOREIGN KEY (tenant_id, station_id) REFERENCES public.fuel_station(tenant_id, id);

ALTER TABLE ONLY public.fuel_acknowledgement
    ADD CONSTRAINT fuel_acknowledgement_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.fuel_attendant
    ADD CONSTRAINT fuel_attendant_tenant_id_station_id_fkey FOREIGN KEY (tenant_id, station_id) REFERENCES public.fuel_station(tenant_id, id);

ALTER TABLE ONLY public.fuel_attendant
    ADD CONSTRAINT fuel_attendant_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.fuel_chart
    ADD CONSTRAINT fuel_chart_tenant_id_tank_id_fkey FOREIGN KEY (tenant_id, tank_id) REFERENCES public.fuel_tank(tenant_id, id);

ALTER TABLE ONLY public.fuel_complaint
    ADD CONSTRAINT fuel_complaint_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.fuel_complaint
    ADD CONSTRAINT fuel_complaint_tenant_id_sale_id_fkey FOREIGN KEY (tenant_id, sale_id) REFERENCES public.fuel_sale(tenant_id, id);

ALTER TABLE ONLY public.fuel_complaint
    ADD CONSTRAINT fuel_complaint_tenant_id_station_id_fkey FOREIGN KEY (tenant_id, station_id) REFERENCES public.fuel_station(tenant_id, id);

ALTER TABLE ONLY public.fuel_delivery
    ADD CONSTRAINT fuel_delivery_tenant_id_received_by_fkey FOREIGN KEY (tenant_id, received_by) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.fuel_delivery
    ADD CONSTRAINT fuel_delivery_tenant_id_tank_id_fkey FOREIGN KEY (tenant_id, tank_id) REFERENCES public.fuel_tank(tenant_id, id);

ALTER TABLE ONLY public.fuel_dip
    ADD CONSTRAINT fuel_dip_tenant_id_chart_id_fkey FOREIGN KEY (tenant_id, chart_id) REFERENCES public.fuel_chart(tenant_id, id);

ALTER TABLE ONLY public.fuel_dip
    ADD CONSTRAINT fuel_dip_tenant_id_dipped_by_fkey FOREIGN KEY (tenant_id, dipped_by) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.fuel_dip
    ADD CONSTRAINT fuel_dip_tenant_id_seen_by_fkey FOREIGN KEY (tenant_id, seen_by) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.fuel_dip
    ADD CONSTRAINT fuel_dip_tenant_id_tank_id_fkey FOREIGN KEY (tenant_id, tank_id) REFERENCES public.fuel_tank(tenant_id, id);

ALTER TABLE ONLY public.fuel_nozzle
    ADD CONSTRAINT fuel_nozzle_tenant_id_station_id_fkey FOREIGN KEY (tenant_id, station_id) REFERENCES public.fuel_station(tenant_id, id);

ALTER TABLE ONLY public.fuel_nozzle
    ADD CONSTRAINT fuel_nozzle_tenant_id_tank_id_fkey FOREIGN KEY (tenant_id, tank_id) REFERENCES public.fuel_tank(tenant_id, id);

ALTER TABLE ONLY public.fuel_points_rule
    ADD CONSTRAINT fuel_points_rule_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.fuel_points
    ADD CONSTRAINT fuel_points_tenant_id_sale_id_fkey FOREIGN KEY (tenant_id, sale_id) REFERENCES public.fuel_sale(tenant_id, id);

ALTER TABLE ONLY public.fuel_points
    ADD CONSTRAINT fuel_points_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.fuel_price_line
    ADD CONSTRAINT fuel_price_line_tenant_id_publication_id_product_fkey FOREIGN KEY (tenant_id, publication_id, product) REFERENCES public.fuel_price(tenant_id, publication_id, product);

ALTER TABLE ONLY public.fuel_price
    ADD CONSTRAINT fuel_price_tenant_id_product_fkey FOREIGN KEY (tenant_id, product) REFERENCES public.fuel_product(tenant_id, key);

ALTER TABLE ONLY public.fuel_price
    ADD CONSTRAINT fuel_price_tenant_id_publication_id_fkey FOREIGN KEY (tenant_id, publication_id) REFERENCES public.fuel_publication(tenant_id, id);

ALTER TABLE ONLY public.fuel_product
    ADD CONSTRAINT fuel_product_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.fuel_publication
    ADD CONSTRAINT fuel_publication_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.fuel_reading
    ADD CONSTRAINT fuel_reading_tenant_id_nozzle_id_fkey FOREIGN KEY (tenant_id, nozzle_id) REFERENCES public.fuel_nozzle(tenant_id, id);

ALTER TABLE ONLY public.fuel_reading
    ADD CONSTRAINT fuel_reading_tenant_id_publication_id_fkey FOREIGN KEY (tenant_id, publication_id) REFERENCES public.fuel_publication(tenant_id, id);

ALTER TABLE ONLY public.fuel_reading
    ADD CONSTRAINT fuel_reading_tenant_id_shift_id_fkey FOREIGN KEY (tenant_id, shift_id) REFERENCES public.fuel_shift(tenant_id, id);

ALTER TABLE ONLY public.fuel_sale
    ADD CONSTRAINT fuel_sale_tenant_id_attendant_id_fkey FOREIGN KEY (tenant_id, attendant_id) REFERENCES public.fuel_attendant(tenant_id, subscriber_id);

ALTER TABLE ONLY public.fuel_sale
    ADD CONSTRAINT fuel_sale_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.fuel_sale
    ADD CONSTRAINT fuel_sale_tenant_id_product_fkey FOREIGN KEY (tenant_id, product) REFERENCES public.fuel_product(tenant_id, key);

ALTER TABLE ONLY public.fuel_sale
    ADD CONSTRAINT fuel_sale_tenant_id_publication_id_fkey FOREIGN KEY (tenant_id, publication_id) REFERENCES public.fuel_publication(tenant_id, id);

ALTER TABLE ONLY public.fuel_sale
    ADD CONSTRAINT fuel_sale_tenant_id_shift_id_fkey FOREIGN KEY (tenant_id, shift_id) REFERENCES public.fuel_shift(tenant_id, id);

ALTER TABLE ONLY public.fuel_sale
    ADD CONSTRAINT fuel_sale_tenant_id_station_id_fkey FOREIGN KEY (tenant_id, station_id) REFERENCES public.fuel_station(tenant_id, id);

ALTER TABLE ONLY public.fuel_shift
    ADD CONSTRAINT fuel_shift_tenant_id_attendant_id_fkey FOREIGN KEY (tenant_id, attendant_id) REFERENCES public.fuel_attendant(tenant_id, subscriber_id);

ALTER TABLE ONLY public.fuel_shift
    ADD CONSTRAINT fuel_shift_tenant_id_station_id_fkey FOREIGN KEY (tenant_id, station_id) REFERENCES public.fuel_station(tenant_id, id);

ALTER TABLE ONLY public.fuel_station
    ADD CONSTRAINT fuel_station_tenant_id_dealer_id_fkey FOREIGN KEY (tenant_id, dealer_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.fuel_station
    ADD CONSTRAINT fuel_station_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.fuel_stock_alarm
    ADD CONSTRAINT fuel_stock_alarm_tenant_id_tank_id_fkey FOREIGN KEY (tenant_id, tank_id) REFERENCES public.fuel_tank(tenant_id, id);

ALTER TABLE ONLY public.fuel_stock_day
    ADD CONSTRAINT fuel_stock_day_tenant_id_tank_id_fkey FOREIGN KEY (tenant_id, tank_id) REFERENCES public.fuel_tank(tenant_id, id);

ALTER TABLE ONLY public.fuel_stock_limits
    ADD CONSTRAINT fuel_stock_limits_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.fuel_tank
    ADD CONSTRAINT fuel_tank_tenant_id_product_fkey FOREIGN KEY (tenant_id, product) REFERENCES public.fuel_product(tenant_id, key);

ALTER TABLE ONLY public.fuel_tank
    ADD CONSTRAINT fuel_tank_tenant_id_station_id_fkey FOREIGN KEY (tenant_id, station_id) REFERENCES public.fuel_station(tenant_id, id);

ALTER TABLE ONLY public.fuel_tariff
    ADD CONSTRAINT fuel_tariff_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.handover
    ADD CONSTRAINT handover_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.inbound_file
    ADD CONSTRAINT inbound_file_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES public.conversation(tenant_id, id);

ALTER TABLE ONLY public.inbound_message
    ADD CONSTRAINT inbound_message_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES public.conversation(tenant_id, id);

ALTER TABLE ONLY public.loan_decision
    ADD CONSTRAINT loan_decision_tenant_id_loan_id_fkey FOREIGN KEY (tenant_id, loan_id) REFERENCES public.loan(tenant_id, id);

ALTER TABLE ONLY public.loan_guarantor
    ADD CONSTRAINT loan_guarantor_tenant_id_loan_id_fkey FOREIGN KEY (tenant_id, loan_id) REFERENCES public.loan(tenant_id, id);

ALTER TABLE ONLY public.loan_guarantor
    ADD CONSTRAINT loan_guarantor_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.loan_instalment
    ADD CONSTRAINT loan_instalment_tenant_id_loan_id_fkey FOREIGN KEY (tenant_id, loan_id) REFERENCES public.loan(tenant_id, id);

ALTER TABLE ONLY public.loan_payment
    ADD CONSTRAINT loan_payment_tenant_id_loan_id_fkey FOREIGN KEY (tenant_id, loan_id) REFERENCES public.loan(tenant_id, id);

ALTER TABLE ONLY public.loan_penalty
    ADD CONSTRAINT loan_penalty_tenant_id_loan_id_fkey FOREIGN KEY (tenant_id, loan_id) REFERENCES public.loan(tenant_id, id);

ALTER TABLE ONLY public.loan_product
    ADD CONSTRAINT loan_product_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.loan_provisioning
    ADD CONSTRAINT loan_provisioning_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.loan_reversal
    ADD CONSTRAINT loan_reversal_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES public.loan_payment(tenant_id, id);

ALTER TABLE ONLY public.loan_split
    ADD CONSTRAINT loan_split_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES public.loan_payment(tenant_id, id);

ALTER TABLE ONLY public.loan
    ADD CONSTRAINT loan_tenant_id_group_id_borrower_id_fkey FOREIGN KEY (tenant_id, group_id, borrower_id) REFERENCES public.membership(tenant_id, group_id, subscriber_id);

ALTER TABLE ONLY public.loan
    ADD CONSTRAINT loan_tenant_id_product_id_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES public.loan_product(tenant_id, id);

ALTER TABLE ONLY public.long_text
    ADD CONSTRAINT long_text_tenant_id_service_id_fkey FOREIGN KEY (tenant_id, service_id) REFERENCES public.service(tenant_id, id);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_tenant_id_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES public.savings_group(tenant_id, id);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_tenant_id_savings_account_id_fkey FOREIGN KEY (tenant_id, savings_account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.missing_money
    ADD CONSTRAINT missing_money_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.name_word
    ADD CONSTRAINT name_word_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.opt_out
    ADD CONSTRAINT opt_out_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.organisation
    ADD CONSTRAINT organisation_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.payment_hint
    ADD CONSTRAINT payment_hint_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.payment
    ADD CONSTRAINT payment_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.payment_text
    ADD CONSTRAINT payment_text_tenant_id_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES public.text_device(tenant_id, id);

ALTER TABLE ONLY public.payment_token
    ADD CONSTRAINT payment_token_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.place
    ADD CONSTRAINT place_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.price_book
    ADD CONSTRAINT price_book_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.price_quote
    ADD CONSTRAINT price_quote_tenant_id_price_book_id_fkey FOREIGN KEY (tenant_id, price_book_id) REFERENCES public.price_book(tenant_id, id);

ALTER TABLE ONLY public.price_quote
    ADD CONSTRAINT price_quote_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.provider_movement
    ADD CONSTRAINT provider_movement_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.rate_alert
    ADD CONSTRAINT rate_alert_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.rate_asked
    ADD CONSTRAINT rate_asked_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.rate_daily
    ADD CONSTRAINT rate_daily_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.rate_margin
    ADD CONSTRAINT rate_margin_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.rate_pair
    ADD CONSTRAINT rate_pair_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.rate_plan
    ADD CONSTRAINT rate_plan_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.rate_run
    ADD CONSTRAINT rate_run_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.reconciliation
    ADD CONSTRAINT reconciliation_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.refresh_token
    ADD CONSTRAINT refresh_token_tenant_id_sign_in_id_fkey FOREIGN KEY (tenant_id, sign_in_id) REFERENCES public.sign_in(tenant_id, id);

ALTER TABLE ONLY public.ride_event
    ADD CONSTRAINT ride_event_tenant_id_ride_id_fkey FOREIGN KEY (tenant_id, ride_id) REFERENCES public.ride(tenant_id, id);

ALTER TABLE ONLY public.ride_offer
    ADD CONSTRAINT ride_offer_tenant_id_driver_id_fkey FOREIGN KEY (tenant_id, driver_id) REFERENCES public.driver(tenant_id, subscriber_id);

ALTER TABLE ONLY public.ride_offer
    ADD CONSTRAINT ride_offer_tenant_id_ride_id_fkey FOREIGN KEY (tenant_id, ride_id) REFERENCES public.ride(tenant_id, id);

ALTER TABLE ONLY public.ride_tariff
    ADD CONSTRAINT ride_tariff_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.ride
    ADD CONSTRAINT ride_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.ride
    ADD CONSTRAINT ride_tenant_id_destination_id_fkey FOREIGN KEY (tenant_id, destination_id) REFERENCES public.place(tenant_id, id);

ALTER TABLE ONLY public.ride
    ADD CONSTRAINT ride_tenant_id_driver_id_fkey FOREIGN KEY (tenant_id, driver_id) REFERENCES public.driver(tenant_id, subscriber_id);

ALTER TABLE ONLY public.ride
    ADD CONSTRAINT ride_tenant_id_pickup_id_fkey FOREIGN KEY (tenant_id, pickup_id) REFERENCES public.place(tenant_id, id);

ALTER TABLE ONLY public.ride
    ADD CONSTRAINT ride_tenant_id_tariff_id_fkey FOREIGN KEY (tenant_id, tariff_id) REFERENCES public.ride_tariff(tenant_id, id);

ALTER TABLE ONLY public.sale_reversal
    ADD CONSTRAINT sale_reversal_tenant_id_giver_id_fkey FOREIGN KEY (tenant_id, giver_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.sale_reversal
    ADD CONSTRAINT sale_reversal_tenant_id_recipient_id_fkey FOREIGN KEY (tenant_id, recipient_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.savings_area
    ADD CONSTRAINT savings_area_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.savings_area
    ADD CONSTRAINT savings_area_tenant_id_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES public.savings_area(tenant_id, id);

ALTER TABLE ONLY public.savings_ballot
    ADD CONSTRAINT savings_ballot_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.savings_ballot
    ADD CONSTRAINT savings_ballot_tenant_id_vote_id_fkey FOREIGN KEY (tenant_id, vote_id) REFERENCES public.savings_vote(tenant_id, id);

ALTER TABLE ONLY public.savings_book
    ADD CONSTRAINT savings_book_tenant_id_cash_account_id_fkey FOREIGN KEY (tenant_id, cash_account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.savings_book
    ADD CONSTRAINT savings_book_tenant_id_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES public.savings_group(tenant_id, id);

ALTER TABLE ONLY public.savings_book
    ADD CONSTRAINT savings_book_tenant_id_loan_fund_account_id_fkey FOREIGN KEY (tenant_id, loan_fund_account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.savings_book
    ADD CONSTRAINT savings_book_tenant_id_social_fund_account_id_fkey FOREIGN KEY (tenant_id, social_fund_account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.savings_cash
    ADD CONSTRAINT savings_cash_tenant_id_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES public.savings_group(tenant_id, id);

ALTER TABLE ONLY public.savings_cash
    ADD CONSTRAINT savings_cash_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.savings_consent
    ADD CONSTRAINT savings_consent_tenant_id_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES public.savings_group(tenant_id, id);

ALTER TABLE ONLY public.savings_constitution
    ADD CONSTRAINT savings_constitution_tenant_id_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES public.savings_group(tenant_id, id);

ALTER TABLE ONLY public.savings_correction
    ADD CONSTRAINT savings_correction_tenant_id_meeting_id_fkey FOREIGN KEY (tenant_id, meeting_id) REFERENCES public.savings_meeting(tenant_id, id);

ALTER TABLE ONLY public.savings_fine
    ADD CONSTRAINT savings_fine_tenant_id_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES public.savings_group(tenant_id, id);

ALTER TABLE ONLY public.savings_fine
    ADD CONSTRAINT savings_fine_tenant_id_meeting_id_fkey FOREIGN KEY (tenant_id, meeting_id) REFERENCES public.savings_meeting(tenant_id, id);

ALTER TABLE ONLY public.savings_fine
    ADD CONSTRAINT savings_fine_tenant_id_paid_meeting_id_fkey FOREIGN KEY (tenant_id, paid_meeting_id) REFERENCES public.savings_meeting(tenant_id, id);

ALTER TABLE ONLY public.savings_fine
    ADD CONSTRAINT savings_fine_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.savings_group_area
    ADD CONSTRAINT savings_group_area_tenant_id_area_id_fkey FOREIGN KEY (tenant_id, area_id) REFERENCES public.savings_area(tenant_id, id);

ALTER TABLE ONLY public.savings_group_area
    ADD CONSTRAINT savings_group_area_tenant_id_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES public.savings_group(tenant_id, id);

ALTER TABLE ONLY public.savings_group
    ADD CONSTRAINT savings_group_tenant_id_organisation_id_fkey FOREIGN KEY (tenant_id, organisation_id) REFERENCES public.organisation(tenant_id, id);

ALTER TABLE ONLY public.savings_meeting_cash
    ADD CONSTRAINT savings_meeting_cash_tenant_id_meeting_id_fkey FOREIGN KEY (tenant_id, meeting_id) REFERENCES public.savings_meeting(tenant_id, id);

ALTER TABLE ONLY public.savings_meeting_cash
    ADD CONSTRAINT savings_meeting_cash_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.savings_meeting_line
    ADD CONSTRAINT savings_meeting_line_tenant_id_meeting_id_fkey FOREIGN KEY (tenant_id, meeting_id) REFERENCES public.savings_meeting(tenant_id, id);

ALTER TABLE ONLY public.savings_meeting_line
    ADD CONSTRAINT savings_meeting_line_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.savings_meeting
    ADD CONSTRAINT savings_meeting_tenant_id_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES public.savings_group(tenant_id, id);

ALTER TABLE ONLY public.savings_next_of_kin
    ADD CONSTRAINT savings_next_of_kin_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.savings_office
    ADD CONSTRAINT savings_office_tenant_id_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES public.savings_group(tenant_id, id);

ALTER TABLE ONLY public.savings_office
    ADD CONSTRAINT savings_office_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.savings_reminder_off
    ADD CONSTRAINT savings_reminder_off_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.savings_reminder
    ADD CONSTRAINT savings_reminder_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.savings_share_out_line
    ADD CONSTRAINT savings_share_out_line_tenant_id_share_out_id_fkey FOREIGN KEY (tenant_id, share_out_id) REFERENCES public.savings_share_out(tenant_id, id);

ALTER TABLE ONLY public.savings_share_out_line
    ADD CONSTRAINT savings_share_out_line_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.savings_share_out
    ADD CONSTRAINT savings_share_out_tenant_id_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES public.savings_group(tenant_id, id);

ALTER TABLE ONLY public.savings_share_out
    ADD CONSTRAINT savings_share_out_tenant_id_vote_id_fkey FOREIGN KEY (tenant_id, vote_id) REFERENCES public.savings_vote(tenant_id, id);

ALTER TABLE ONLY public.savings_vote_choice
    ADD CONSTRAINT savings_vote_choice_tenant_id_vote_id_fkey FOREIGN KEY (tenant_id, vote_id) REFERENCES public.savings_vote(tenant_id, id);

ALTER TABLE ONLY public.savings_vote
    ADD CONSTRAINT savings_vote_tenant_id_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES public.savings_group(tenant_id, id);

ALTER TABLE ONLY public.sender_claim
    ADD CONSTRAINT sender_claim_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.service
    ADD CONSTRAINT service_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.shop_order_line
    ADD CONSTRAINT shop_order_line_tenant_id_order_id_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES public.shop_order(tenant_id, id);

ALTER TABLE ONLY public.shop_order_line
    ADD CONSTRAINT shop_order_line_tenant_id_product_fkey FOREIGN KEY (tenant_id, product) REFERENCES public.product(tenant_id, code);

ALTER TABLE ONLY public.shop_order_step
    ADD CONSTRAINT shop_order_step_tenant_id_order_id_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES public.shop_order(tenant_id, id);

ALTER TABLE ONLY public.shop_order
    ADD CONSTRAINT shop_order_tenant_id_quote_id_fkey FOREIGN KEY (tenant_id, quote_id) REFERENCES public.price_quote(tenant_id, id);

ALTER TABLE ONLY public.shop_order
    ADD CONSTRAINT shop_order_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.shop_order
    ADD CONSTRAINT shop_order_tenant_id_warehouse_fkey FOREIGN KEY (tenant_id, warehouse) REFERENCES public.warehouse(tenant_id, code);

ALTER TABLE ONLY public.shop
    ADD CONSTRAINT shop_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.sign_in_code
    ADD CONSTRAINT sign_in_code_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.sign_in_code
    ADD CONSTRAINT sign_in_code_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.sign_in
    ADD CONSTRAINT sign_in_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.staff_backup_code
    ADD CONSTRAINT staff_backup_code_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff_member(tenant_id, id);

ALTER TABLE ONLY public.staff_device
    ADD CONSTRAINT staff_device_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff_member(tenant_id, id);

ALTER TABLE ONLY public.staff_invitation
    ADD CONSTRAINT staff_invitation_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff_member(tenant_id, id);

ALTER TABLE ONLY public.staff_member
    ADD CONSTRAINT staff_member_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.staff_passkey
    ADD CONSTRAINT staff_passkey_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff_member(tenant_id, id);

ALTER TABLE ONLY public.staff_role
    ADD CONSTRAINT staff_role_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff_member(tenant_id, id);

ALTER TABLE ONLY public.staff_session
    ADD CONSTRAINT staff_session_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff_member(tenant_id, id);

ALTER TABLE ONLY public.stock_movement
    ADD CONSTRAINT stock_movement_tenant_id_order_id_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES public.shop_order(tenant_id, id);

ALTER TABLE ONLY public.stock_movement
    ADD CONSTRAINT stock_movement_tenant_id_warehouse_product_fkey FOREIGN KEY (tenant_id, warehouse, product) REFERENCES public.stock(tenant_id, warehouse, product);

ALTER TABLE ONLY public.stock
    ADD CONSTRAINT stock_tenant_id_product_fkey FOREIGN KEY (tenant_id, product) REFERENCES public.product(tenant_id, code);

ALTER TABLE ONLY public.stock
    ADD CONSTRAINT stock_tenant_id_warehouse_fkey FOREIGN KEY (tenant_id, warehouse) REFERENCES public.warehouse(tenant_id, code);

ALTER TABLE ONLY public.subscriber
    ADD CONSTRAINT subscriber_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.tariff
    ADD CONSTRAINT tariff_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.text_device
    ADD CONSTRAINT text_device_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.trade_credit
    ADD CONSTRAINT trade_credit_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE ONLY public.trust_balance
    ADD CONSTRAINT trust_balance_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.wallet_outage
    ADD CONSTRAINT wallet_outage_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.warehouse
    ADD CONSTRAINT warehouse_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

ALTER TABLE ONLY public.wrong_pin
    ADD CONSTRAINT wrong_pin_tenant_id_subscriber_id_fkey FOREIGN KEY (tenant_id, subscriber_id) REFERENCES public.subscriber(tenant_id, id);

ALTER TABLE public.account ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.address ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.agent ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.agent_signal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.alarm ENABLE ROW LEVEL SECURITY;

CREATE POLICY all_tenants ON public.alarm TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.api_key TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.api_result TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.approval FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.approval_request FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.broadcast TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.chat_link TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.chat_link_try TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.driver FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.early_report TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.email TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.email_account FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.event TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.export TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.float_ask FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.float_offer FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.fuel_complaint FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.fuel_dip FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.fuel_publication FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.funnel_day TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.gateway_cost TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.handover TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.hold FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.inbound_file TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.inbound_message TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.intent FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.loan FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.long_text TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.lookup_hour TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.message FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.message_receipt TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.missing_money TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.outbox TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.payment FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.payment_hint TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.payment_text TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.pin_proposal TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.price_quote TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.rate_alert TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.rate_asked TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.rate_plan FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.rate_run TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.refresh_token TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.ride FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.ride_offer FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.sale_reversal FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.savings_constitution FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.savings_reminder TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.savings_vote FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.shop_order FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.sign_in TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.sign_in_code TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.spending_limit TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.staff_challenge TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.staff_device TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.staff_invitation TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.staff_session TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.staff_try TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.tenant FOR SELECT TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.trust_balance TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.turn TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.usage_day TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.work_claim TO piga_relay USING (true);

CREATE POLICY all_tenants ON public.wrong_pin TO piga_relay USING (true);

ALTER TABLE public.api_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.api_result ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.approval ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.approval_request ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_link ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_seal ENABLE ROW LEVEL SECURITY;

CREATE POLICY auditor ON public.account FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.agent FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.alarm FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.approval FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.approval_request FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.audit FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.audit_link FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.audit_seal FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.broadcast FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.broadcast_recipient FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.contribution FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.credit_repayment FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.entry FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.float_ask FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.float_offer FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.hold FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.intent FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.loan FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.loan_decision FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.loan_guarantor FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.loan_instalment FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.loan_payment FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.loan_penalty FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.loan_reversal FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.loan_split FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.membership FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.message FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.message_receipt FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.outbox FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.payment FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.payment_exception FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.payment_text FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.posting FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.provider_movement FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.rate_plan FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.rate_run FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.ride FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.ride_offer FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.sale_reversal FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.savings_ballot FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.savings_book FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.savings_cash FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.savings_correction FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.savings_fine FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.savings_group FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.savings_meeting FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.savings_meeting_cash FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.savings_meeting_line FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.savings_share_out FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.savings_share_out_line FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.savings_vote FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.savings_vote_choice FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.shop_order FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.shop_order_line FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.stock FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.stock_movement FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.tariff FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.tenant FOR SELECT TO piga_verify USING (true);

CREATE POLICY auditor ON public.usage_day FOR SELECT TO piga_verify USING (true);

ALTER TABLE public.broadcast ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.broadcast_recipient ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.call_back ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.chat_link ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.chat_link_try ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contribution ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.conversation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.credit_application ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.credit_policy ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.credit_repayment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.driver ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.driver_papers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.driver_reminder ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.early_report ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.email ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.email_account ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.event ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.event_subscription ENABLE ROW LEVEL SECURITY;

CREATE POLICY everybody ON public.installation USING (true);

ALTER TABLE public.expected_payment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.export ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.export_part ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.first_use ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.float_ask ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.float_offer ENABLE ROW LEVEL SECURITY;

CREATE POLICY forgotten ON public.intent FOR DELETE TO piga_relay USING (((state = ANY (ARRAY['open'::text, 'void'::text])) AND (created_at < (now() - '1 day'::interval))));

ALTER TABLE public.fuel_acknowledgement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_attendant ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_chart ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_complaint ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_delivery ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_dip ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_nozzle ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_points ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_points_rule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_price ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_price_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_product ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_publication ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_reading ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_sale ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_shift ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_station ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_stock_alarm ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_stock_day ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_stock_limits ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_tank ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fuel_tariff ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.funnel_day ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.funnel_mark ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.gateway_cost ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.handover ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.hold ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.inbound_file ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.inbound_message ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.installation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.intent ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.known_id ENABLE ROW LEVEL SECURITY;

CREATE POLICY ledger ON public.account TO piga_ledger USING (true);

CREATE POLICY ledger ON public.entry TO piga_ledger USING (true);

CREATE POLICY ledger ON public.hold TO piga_ledger USING (true);

CREATE POLICY ledger ON public.posting TO piga_ledger USING (true);

ALTER TABLE public.loan ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.loan_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.loan_guarantor ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.loan_instalment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.loan_payment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.loan_penalty ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.loan_product ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.loan_provisioning ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.loan_reversal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.loan_split ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.long_text ENABLE ROW LEVEL SECURITY;

CREATE POLICY lookup ON public.address FOR SELECT TO piga_lookup USING ((CURRENT_USER = 'piga_lookup'::name));

CREATE POLICY lookup ON public.conversation FOR SELECT TO piga_lookup USING ((CURRENT_USER = 'piga_lookup'::name));

CREATE POLICY lookup ON public.event FOR SELECT TO piga_lookup USING ((CURRENT_USER = 'piga_lookup'::name));

CREATE POLICY lookup ON public.event_subscription FOR SELECT TO piga_lookup USING ((CURRENT_USER = 'piga_lookup'::name));

CREATE POLICY lookup ON public.message_receipt FOR SELECT TO piga_lookup USING ((CURRENT_USER = 'piga_lookup'::name));

CREATE POLICY lookup ON public.pause FOR SELECT TO piga_lookup USING ((CURRENT_USER = 'piga_lookup'::name));

CREATE POLICY lookup ON public.sender_claim FOR SELECT TO piga_lookup USING ((CURRENT_USER = 'piga_lookup'::name));

CREATE POLICY lookup ON public.service FOR SELECT TO piga_lookup USING ((CURRENT_USER = 'piga_lookup'::name));

CREATE POLICY lookup ON public.service_address FOR SELECT TO piga_lookup USING ((CURRENT_USER = 'piga_lookup'::name));

CREATE POLICY lookup ON public.tenant FOR SELECT TO piga_lookup USING ((CURRENT_USER = 'piga_lookup'::name));

ALTER TABLE public.lookup_hour ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.membership ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.message ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.message_meter ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.message_receipt ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.message_rest ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.missing_money ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.name_word ENABLE ROW LEVEL SECURITY;

CREATE POLICY noted ON public.event FOR INSERT TO piga_lookup WITH CHECK ((CURRENT_USER = 'piga_lookup'::name));

CREATE POLICY noted ON public.outbox FOR INSERT TO piga_lookup WITH CHECK ((CURRENT_USER = 'piga_lookup'::name));

ALTER TABLE public.opt_out ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.organisation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_tenant ON public.account USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.address USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.agent USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.agent_signal USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.alarm USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.api_key USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.api_result USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.approval USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.approval_request USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.audit USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.audit_link USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.audit_seal USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.broadcast USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.broadcast_recipient USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.call_back USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.chat_link USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.chat_link_try USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.contribution USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.conversation USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.credit_application USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.credit_policy USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.credit_repayment USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.driver USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.driver_papers USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.driver_reminder USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.early_report USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.email USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.email_account USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.entry USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.event USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.event_subscription USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.expected_payment USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.export USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.export_part USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.first_use USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.float_ask USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.float_offer USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_acknowledgement USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_attendant USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_chart USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_complaint USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_delivery USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_dip USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_nozzle USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_points USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_points_rule USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_price USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_price_line USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_product USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_publication USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_reading USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_sale USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_shift USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_station USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_stock_alarm USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_stock_day USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_stock_limits USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_tank USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.fuel_tariff USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.funnel_day USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.funnel_mark USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.gateway_cost USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.handover USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.hold USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.inbound_file USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.inbound_message USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.intent USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.known_id USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.loan USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.loan_decision USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.loan_guarantor USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.loan_instalment USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.loan_payment USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.loan_penalty USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.loan_product USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.loan_provisioning USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.loan_reversal USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.loan_split USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.long_text USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.lookup_hour USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.membership USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.message USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.message_meter USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.message_receipt USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.missing_money USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.name_word USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.opt_out USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.organisation USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.outbox USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.party_change USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.pause USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.payment USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.payment_exception USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.payment_hint USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.payment_text USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.payment_token USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.pin_proposal USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.place USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.posting USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.price_book USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.price_quote USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.product USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.provider_movement USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.provider_template USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.rate USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.rate_alert USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.rate_asked USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.rate_daily USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.rate_margin USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.rate_pair USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.rate_plan USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.rate_run USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.reconciliation USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.refresh_token USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.ride USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.ride_event USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.ride_offer USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.ride_tariff USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.sale_reversal USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_area USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_ballot USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_book USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_cash USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_consent USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_constitution USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_correction USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_fine USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_group USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_group_area USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_meeting USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_meeting_cash USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_meeting_line USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_next_of_kin USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_office USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_reminder USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_reminder_off USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_share_out USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_share_out_line USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_vote USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.savings_vote_choice USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.sender_claim USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.service USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.service_address USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.shop USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.shop_order USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.shop_order_line USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.shop_order_step USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.sign_in USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.sign_in_code USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.spending_limit USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.staff_backup_code USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.staff_challenge USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.staff_device USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.staff_invitation USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.staff_member USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.staff_passkey USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.staff_role USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.staff_session USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.staff_try USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.stock USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.stock_movement USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.subscriber USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.tariff USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.tenant USING ((id = public.current_tenant()));

CREATE POLICY own_tenant ON public.text_device USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.trade_credit USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.trust_balance USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.turn USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.usage_day USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.wallet_outage USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.warehouse USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.work_claim USING ((tenant_id = public.current_tenant()));

CREATE POLICY own_tenant ON public.wrong_pin USING ((tenant_id = public.current_tenant()));

ALTER TABLE public.party_change ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.pause ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_exception ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_hint ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_text ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_token ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.pin_proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.place ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.posting ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.posting_rest ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.price_book ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.price_quote ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provider_movement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provider_template ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.rate ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.rate_alert ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.rate_asked ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.rate_daily ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.rate_margin ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.rate_pair ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.rate_plan ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.rate_rest ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.rate_run ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.refresh_token ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ride ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ride_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ride_offer ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ride_tariff ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sale_reversal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_area ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_ballot ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_book ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_cash ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_consent ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_constitution ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_correction ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_fine ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_group ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_group_area ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_meeting ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_meeting_cash ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_meeting_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_next_of_kin ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_office ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_reminder ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_reminder_off ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_share_out ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_share_out_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_vote ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.savings_vote_choice ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sender_claim ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.service ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.service_address ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.shop ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.shop_order ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.shop_order_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.shop_order_step ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sign_in ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sign_in_code ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.spending_limit ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_backup_code ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_challenge ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_device ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_invitation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_member ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_passkey ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_role ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_session ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_try ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_movement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.subscriber ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tariff ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenant ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.text_device ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.trade_credit ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.trust_balance ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.turn ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.turn_rest ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.usage_day ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wallet_outage ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.warehouse ENABLE ROW LEVEL SECURITY;

CREATE POLICY within_scopes ON public.fuel_acknowledgement AS RESTRICTIVE TO piga_app USING (((public.staff_scopes() IS NULL) OR (EXISTS ( SELECT
   FROM public.fuel_station s
  WHERE ((s.tenant_id = fuel_acknowledgement.tenant_id) AND (s.id = fuel_acknowledgement.station_id))))));

CREATE POLICY within_scopes ON public.fuel_attendant AS RESTRICTIVE TO piga_app USING (((public.staff_scopes() IS NULL) OR (EXISTS ( SELECT
   FROM public.fuel_station s
  WHERE ((s.tenant_id = fuel_attendant.tenant_id) AND (s.id = fuel_attendant.station_id))))));

CREATE POLICY within_scopes ON public.fuel_chart AS RESTRICTIVE TO piga_app USING (((public.staff_scopes() IS NULL) OR (EXISTS ( SELECT
   FROM public.fuel_tank t
  WHERE ((t.tenant_id = fuel_chart.tenant_id) AND (t.id = fuel_chart.tank_id))))));

CREATE POLICY within_scopes ON public.fuel_complaint AS RESTRICTIVE TO piga_app USING (((public.staff_scopes() IS NULL) OR (EXISTS ( SELECT
   FROM public.fuel_station s
  WHERE ((s.tenant_id = fuel_complaint.tenant_id) AND (s.id = fuel_complaint.station_id))))));

CREATE POLICY within_scopes ON public.fuel_delivery AS RESTRICTIVE TO piga_app USING (((public.staff_scopes() IS NULL) OR (EXISTS ( SELECT
   FROM public.fuel_tank t
  WHERE ((t.tenant_id = fuel_delivery.tenant_id) AND (t.id = fuel_delivery.tank_id))))));

CREATE POLICY within_scopes ON public.fuel_dip AS RESTRICTIVE TO piga_app USING (((public.staff_scopes() IS NULL) OR (EXISTS ( SELECT
   FROM public.fuel_tank t
  WHERE ((t.tenant_id = fuel_dip.tenant_id) AND (t.id = fuel_dip.tank_id))))));

CREATE POLICY within_scopes ON public.fuel_nozzle AS RESTRICTIVE TO piga_app USING (((public.staff_scopes() IS NULL) OR (EXISTS ( SELECT
   FROM public.fuel_station s
  WHERE ((s.tenant_id = fuel_nozzle.tenant_id) AND (s.id = fuel_nozzle.station_id))))));

CREATE POLICY within_scopes ON public.fuel_sale AS RESTRICTIVE TO piga_app USING (((public.staff_scopes() IS NULL) OR (EXISTS ( SELECT
   FROM public.fuel_station s
  WHERE ((s.tenant_id = fuel_sale.tenant_id) AND (s.id = fuel_sale.station_id))))));

CREATE POLICY within_scopes ON public.fuel_shift AS RESTRICTIVE TO piga_app USING (((public.staff_scopes() IS NULL) OR (EXISTS ( SELECT
   FROM public.fuel_station s
  WHERE ((s.tenant_id = fuel_shift.tenant_id) AND (s.id = fuel_shift.station_id))))));

CREATE POLICY within_scopes ON public.fuel_station AS RESTRICTIVE TO piga_app USING (((public.staff_scopes() IS NULL) OR (ARRAY[('region:'::text || region), ('station:'::text || name), ('station:'::text || number)] && public.staff_scopes())));

CREATE POLICY within_scopes ON public.fuel_stock_alarm AS RESTRICTIVE TO piga_app USING (((public.staff_scopes() IS NULL) OR (EXISTS ( SELECT
   FROM public.fuel_tank t
  WHERE ((t.tenant_id = fuel_stock_alarm.tenant_id) AND (t.id = fuel_stock_alarm.tank_id))))));

CREATE POLICY within_scopes ON public.fuel_stock_day AS RESTRICTIVE TO piga_app USING (((public.staff_scopes() IS NULL) OR (EXISTS ( SELECT
   FROM public.fuel_tank t
  WHERE ((t.tenant_id = fuel_stock_day.tenant_id) AND (t.id = fuel_stock_day.tank_id))))));

CREATE POLICY within_scopes ON public.fuel_tank AS RESTRICTIVE TO piga_app USING (((public.staff_scopes() IS NULL) OR (EXISTS ( SELECT
   FROM public.fuel_station s
  WHERE ((s.tenant_id = fuel_tank.tenant_id) AND (s.id = fuel_tank.station_id))))));

ALTER TABLE public.work_claim ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wrong_pin ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA public TO piga_app;
GRANT USAGE ON SCHEMA public TO piga_relay;
GRANT USAGE ON SCHEMA public TO piga_verify;
GRANT USAGE ON SCHEMA public TO piga_lookup;
GRANT USAGE ON SCHEMA public TO piga_ledger;

REVOKE ALL ON FUNCTION public.all_services() FROM PUBLIC;
GRANT ALL ON FUNCTION public.all_services() TO piga_app;
GRANT ALL ON FUNCTION public.all_services() TO piga_relay;
GRANT ALL ON FUNCTION public.all_services() TO piga_verify;

GRANT SELECT,INSERT ON TABLE public.audit TO piga_app;
GRANT SELECT ON TABLE public.audit TO piga_verify;

REVOKE ALL ON FUNCTION public.codes_in_the_way(p_tenant uuid, p_provider text, p_channel text, p_code text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.codes_in_the_way(p_tenant uuid, p_provider text, p_channel text, p_code text) TO piga_app;

REVOKE ALL ON FUNCTION public.drop_old_turns(months_kept integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.drop_old_turns(months_kept integer) TO piga_relay;

REVOKE ALL ON FUNCTION public.erase_names(p_person uuid, p_names text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_names(p_person uuid, p_names text[]) TO piga_app;

REVOKE ALL ON FUNCTION public.find_services(p_provider text, p_channel text, p_codes text[], p_service uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_services(p_provider text, p_channel text, p_codes text[], p_service uuid) TO piga_app;
GRANT ALL ON FUNCTION public.find_services(p_provider text, p_channel text, p_codes text[], p_service uuid) TO piga_relay;
GRANT ALL ON FUNCTION public.find_services(p_provider text, p_channel text, p_codes text[], p_service uuid) TO piga_verify;

REVOKE ALL ON FUNCTION public.find_tenant(p_slug text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_tenant(p_slug text) TO piga_app;
GRANT ALL ON FUNCTION public.find_tenant(p_slug text) TO piga_relay;
GRANT ALL ON FUNCTION public.find_tenant(p_slug text) TO piga_verify;

REVOKE ALL ON FUNCTION public.make_partitions(months_ahead integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.make_partitions(months_ahead integer) TO piga_relay;

REVOKE ALL ON FUNCTION public.note_event() FROM PUBLIC;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pause TO piga_app;
GRANT SELECT ON TABLE public.pause TO piga_lookup;

REVOKE ALL ON FUNCTION public.pauses() FROM PUBLIC;
GRANT ALL ON FUNCTION public.pauses() TO piga_app;
GRANT ALL ON FUNCTION public.pauses() TO piga_relay;
GRANT ALL ON FUNCTION public.pauses() TO piga_verify;

REVOKE ALL ON FUNCTION public.place_hold(p_hold uuid, p_account uuid, p_amount bigint, p_currency text, p_expires_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.place_hold(p_hold uuid, p_account uuid, p_amount bigint, p_currency text, p_expires_at timestamp with time zone) TO piga_app;

REVOKE ALL ON FUNCTION public.post_entry(p_tenant uuid, p_entry uuid, p_kind text, p_reference text, p_key text, p_inputs_hash bytea, p_accounts uuid[], p_amounts bigint[], p_currency text, p_actor uuid, p_detail jsonb, p_hold uuid, OUT entry_id uuid, OUT was_new boolean, OUT balances bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.post_entry(p_tenant uuid, p_entry uuid, p_kind text, p_reference text, p_key text, p_inputs_hash bytea, p_accounts uuid[], p_amounts bigint[], p_currency text, p_actor uuid, p_detail jsonb, p_hold uuid, OUT entry_id uuid, OUT was_new boolean, OUT balances bigint[]) TO piga_app;

REVOKE ALL ON FUNCTION public.refuse(p_state text, p_message text, p_available bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.refuse(p_state text, p_message text, p_available bigint) TO piga_ledger;

REVOKE ALL ON FUNCTION public.sender_owner(p_provider text, p_sender_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sender_owner(p_provider text, p_sender_id text) TO piga_app;

REVOKE ALL ON FUNCTION public.tenants_changed(p_since bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tenants_changed(p_since bigint) TO piga_app;
GRANT ALL ON FUNCTION public.tenants_changed(p_since bigint) TO piga_relay;
GRANT ALL ON FUNCTION public.tenants_changed(p_since bigint) TO piga_verify;

REVOKE ALL ON FUNCTION public.tenants_of_report(p_provider text, p_id text, p_channel text, p_lookup bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tenants_of_report(p_provider text, p_id text, p_channel text, p_lookup bytea) TO piga_app;

REVOKE ALL ON FUNCTION public.void_hold(p_hold uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.void_hold(p_hold uuid) TO piga_app;

GRANT SELECT ON TABLE public.account TO piga_app;
GRANT SELECT ON TABLE public.account TO piga_ledger;
GRANT SELECT ON TABLE public.account TO piga_verify;

GRANT INSERT(tenant_id) ON TABLE public.account TO piga_app;

GRANT INSERT(id) ON TABLE public.account TO piga_app;

GRANT INSERT(kind) ON TABLE public.account TO piga_app;

GRANT INSERT(currency) ON TABLE public.account TO piga_app;

GRANT INSERT(owner_id) ON TABLE public.account TO piga_app;

GRANT INSERT(guarded) ON TABLE public.account TO piga_app;

GRANT INSERT(frozen),UPDATE(frozen) ON TABLE public.account TO piga_app;

GRANT UPDATE(balance_minor) ON TABLE public.account TO piga_ledger;

GRANT UPDATE(held_minor) ON TABLE public.account TO piga_ledger;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.address TO piga_app;

GRANT SELECT(tenant_id) ON TABLE public.address TO piga_lookup;

GRANT SELECT(channel) ON TABLE public.address TO piga_lookup;

GRANT SELECT(lookup) ON TABLE public.address TO piga_lookup;

GRANT SELECT,INSERT,UPDATE ON TABLE public.agent TO piga_app;
GRANT SELECT ON TABLE public.agent TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.agent_signal TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.alarm TO piga_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.alarm TO piga_relay;
GRANT SELECT ON TABLE public.alarm TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.api_key TO piga_app;
GRANT DELETE ON TABLE public.api_key TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.api_key TO piga_relay;

GRANT SELECT(id) ON TABLE public.api_key TO piga_relay;

GRANT SELECT(expires_at) ON TABLE public.api_key TO piga_relay;

GRANT SELECT,INSERT ON TABLE public.api_result TO piga_app;
GRANT DELETE ON TABLE public.api_result TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.api_result TO piga_relay;

GRANT SELECT(client) ON TABLE public.api_result TO piga_relay;

GRANT SELECT(idempotency_key) ON TABLE public.api_result TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.api_result TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.approval TO piga_app;
GRANT SELECT ON TABLE public.approval TO piga_relay;
GRANT SELECT ON TABLE public.approval TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.approval_request TO piga_app;
GRANT SELECT ON TABLE public.approval_request TO piga_relay;
GRANT SELECT ON TABLE public.approval_request TO piga_verify;

GRANT SELECT,INSERT ON TABLE public.audit_link TO piga_app;
GRANT SELECT ON TABLE public.audit_link TO piga_verify;

GRANT SELECT,INSERT ON TABLE public.audit_seal TO piga_app;
GRANT SELECT ON TABLE public.audit_seal TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.broadcast TO piga_app;
GRANT DELETE ON TABLE public.broadcast TO piga_relay;
GRANT SELECT ON TABLE public.broadcast TO piga_verify;

GRANT SELECT(tenant_id) ON TABLE public.broadcast TO piga_relay;

GRANT SELECT(id) ON TABLE public.broadcast TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.broadcast TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.broadcast_recipient TO piga_app;
GRANT SELECT ON TABLE public.broadcast_recipient TO piga_verify;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.call_back TO piga_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.chat_link TO piga_app;
GRANT DELETE ON TABLE public.chat_link TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.chat_link TO piga_relay;

GRANT SELECT(conversation_id) ON TABLE public.chat_link TO piga_relay;

GRANT SELECT(until) ON TABLE public.chat_link TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.chat_link_try TO piga_app;
GRANT DELETE ON TABLE public.chat_link_try TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.chat_link_try TO piga_relay;

GRANT SELECT(subscriber_id) ON TABLE public.chat_link_try TO piga_relay;

GRANT SELECT(until) ON TABLE public.chat_link_try TO piga_relay;

GRANT USAGE ON SEQUENCE public.config_version TO piga_app;

GRANT SELECT,INSERT ON TABLE public.contribution TO piga_app;
GRANT SELECT ON TABLE public.contribution TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.conversation TO piga_app;

GRANT SELECT(tenant_id) ON TABLE public.conversation TO piga_lookup;

GRANT SELECT(address_channel) ON TABLE public.conversation TO piga_lookup;

GRANT SELECT(address_lookup) ON TABLE public.conversation TO piga_lookup;

GRANT SELECT,INSERT,UPDATE ON TABLE public.credit_application TO piga_app;

GRANT SELECT,INSERT ON TABLE public.credit_policy TO piga_app;

GRANT SELECT,INSERT ON TABLE public.credit_repayment TO piga_app;
GRANT SELECT ON TABLE public.credit_repayment TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.driver TO piga_app;

GRANT SELECT(tenant_id) ON TABLE public.driver TO piga_relay;

GRANT SELECT(licence_until) ON TABLE public.driver TO piga_relay;

GRANT SELECT(insurance_until) ON TABLE public.driver TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.driver_papers TO piga_app;

GRANT SELECT,INSERT ON TABLE public.driver_reminder TO piga_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.early_report TO piga_app;
GRANT DELETE ON TABLE public.early_report TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.early_report TO piga_relay;

GRANT SELECT(provider) ON TABLE public.early_report TO piga_relay;

GRANT SELECT(provider_message_id) ON TABLE public.early_report TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.early_report TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.email TO piga_app;
GRANT DELETE ON TABLE public.email TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.email TO piga_relay;

GRANT SELECT(id) ON TABLE public.email TO piga_relay;

GRANT SELECT(state) ON TABLE public.email TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.email TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.email_account TO piga_app;

GRANT SELECT(tenant_id) ON TABLE public.email_account TO piga_relay;

GRANT SELECT ON TABLE public.entry TO piga_app;
GRANT SELECT,INSERT ON TABLE public.entry TO piga_ledger;
GRANT SELECT ON TABLE public.entry TO piga_verify;

GRANT UPDATE(detail) ON TABLE public.entry TO piga_ledger;

GRANT SELECT,INSERT,UPDATE ON TABLE public.event TO piga_app;
GRANT DELETE ON TABLE public.event TO piga_relay;
GRANT INSERT ON TABLE public.event TO piga_lookup;

GRANT SELECT(tenant_id) ON TABLE public.event TO piga_relay;
GRANT SELECT(tenant_id) ON TABLE public.event TO piga_lookup;

GRANT SELECT(id) ON TABLE public.event TO piga_relay;
GRANT SELECT(id) ON TABLE public.event TO piga_lookup;

GRANT SELECT(state) ON TABLE public.event TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.event TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.event_subscription TO piga_app;

GRANT SELECT(tenant_id) ON TABLE public.event_subscription TO piga_lookup;

GRANT SELECT(id) ON TABLE public.event_subscription TO piga_lookup;

GRANT SELECT(kinds) ON TABLE public.event_subscription TO piga_lookup;

GRANT SELECT(state) ON TABLE public.event_subscription TO piga_lookup;

GRANT SELECT,INSERT,UPDATE ON TABLE public.expected_payment TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.export TO piga_app;
GRANT DELETE ON TABLE public.export TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.export TO piga_relay;

GRANT SELECT(id) ON TABLE public.export TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.export TO piga_relay;

GRANT SELECT,INSERT,DELETE ON TABLE public.export_part TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.first_use TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.float_ask TO piga_app;
GRANT SELECT ON TABLE public.float_ask TO piga_verify;

GRANT SELECT(tenant_id) ON TABLE public.float_ask TO piga_relay;

GRANT SELECT(id) ON TABLE public.float_ask TO piga_relay;

GRANT SELECT(state) ON TABLE public.float_ask TO piga_relay;

GRANT SELECT(expires_at) ON TABLE public.float_ask TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.float_offer TO piga_app;
GRANT SELECT ON TABLE public.float_offer TO piga_verify;

GRANT SELECT(tenant_id) ON TABLE public.float_offer TO piga_relay;

GRANT SELECT(id) ON TABLE public.float_offer TO piga_relay;

GRANT SELECT(state) ON TABLE public.float_offer TO piga_relay;

GRANT SELECT(expires_at) ON TABLE public.float_offer TO piga_relay;

GRANT SELECT,INSERT ON TABLE public.fuel_acknowledgement TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fuel_attendant TO piga_app;

GRANT SELECT,INSERT ON TABLE public.fuel_chart TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fuel_complaint TO piga_app;

GRANT SELECT(tenant_id) ON TABLE public.fuel_complaint TO piga_relay;

GRANT SELECT(id) ON TABLE public.fuel_complaint TO piga_relay;

GRANT SELECT(state) ON TABLE public.fuel_complaint TO piga_relay;

GRANT SELECT(due_at) ON TABLE public.fuel_complaint TO piga_relay;

GRANT SELECT,INSERT ON TABLE public.fuel_delivery TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fuel_dip TO piga_app;

GRANT SELECT(tenant_id) ON TABLE public.fuel_dip TO piga_relay;

GRANT SELECT(state) ON TABLE public.fuel_dip TO piga_relay;

GRANT SELECT(reckoned_at) ON TABLE public.fuel_dip TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fuel_nozzle TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fuel_points TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fuel_points_rule TO piga_app;

GRANT SELECT,INSERT ON TABLE public.fuel_price TO piga_app;

GRANT SELECT,INSERT ON TABLE public.fuel_price_line TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fuel_product TO piga_app;

GRANT SELECT,INSERT ON TABLE public.fuel_publication TO piga_app;

GRANT SELECT(tenant_id) ON TABLE public.fuel_publication TO piga_relay;

GRANT SELECT(valid_from) ON TABLE public.fuel_publication TO piga_relay;

GRANT SELECT,INSERT ON TABLE public.fuel_reading TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fuel_sale TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fuel_shift TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fuel_station TO piga_app;

GRANT SELECT,INSERT ON TABLE public.fuel_stock_alarm TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fuel_stock_day TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fuel_stock_limits TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fuel_tank TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fuel_tariff TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.funnel_day TO piga_app;
GRANT DELETE ON TABLE public.funnel_day TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.funnel_day TO piga_relay;

GRANT SELECT(day) ON TABLE public.funnel_day TO piga_relay;

GRANT SELECT(service_id) ON TABLE public.funnel_day TO piga_relay;

GRANT SELECT(language) ON TABLE public.funnel_day TO piga_relay;

GRANT SELECT(network) ON TABLE public.funnel_day TO piga_relay;

GRANT SELECT(place) ON TABLE public.funnel_day TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.funnel_mark TO piga_app;

GRANT SELECT,INSERT ON TABLE public.gateway_cost TO piga_app;
GRANT DELETE ON TABLE public.gateway_cost TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.gateway_cost TO piga_relay;

GRANT SELECT(kind) ON TABLE public.gateway_cost TO piga_relay;

GRANT SELECT(reference) ON TABLE public.gateway_cost TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.gateway_cost TO piga_relay;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.handover TO piga_app;
GRANT DELETE ON TABLE public.handover TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.handover TO piga_relay;

GRANT SELECT(subscriber_id) ON TABLE public.handover TO piga_relay;

GRANT SELECT(until) ON TABLE public.handover TO piga_relay;

GRANT SELECT ON TABLE public.hold TO piga_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.hold TO piga_ledger;
GRANT SELECT ON TABLE public.hold TO piga_relay;
GRANT SELECT ON TABLE public.hold TO piga_verify;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inbound_file TO piga_app;
GRANT DELETE ON TABLE public.inbound_file TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.inbound_file TO piga_relay;

GRANT SELECT(id) ON TABLE public.inbound_file TO piga_relay;

GRANT SELECT(state) ON TABLE public.inbound_file TO piga_relay;

GRANT SELECT(received_at) ON TABLE public.inbound_file TO piga_relay;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inbound_message TO piga_app;
GRANT DELETE ON TABLE public.inbound_message TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.inbound_message TO piga_relay;

GRANT SELECT(id) ON TABLE public.inbound_message TO piga_relay;

GRANT SELECT(state) ON TABLE public.inbound_message TO piga_relay;

GRANT SELECT(received_at) ON TABLE public.inbound_message TO piga_relay;

GRANT SELECT ON TABLE public.installation TO piga_app;
GRANT SELECT ON TABLE public.installation TO piga_relay;
GRANT SELECT ON TABLE public.installation TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.intent TO piga_app;
GRANT SELECT,DELETE ON TABLE public.intent TO piga_relay;
GRANT SELECT ON TABLE public.intent TO piga_verify;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.known_id TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.loan TO piga_app;
GRANT SELECT ON TABLE public.loan TO piga_verify;

GRANT SELECT(tenant_id) ON TABLE public.loan TO piga_relay;

GRANT SELECT(state) ON TABLE public.loan TO piga_relay;

GRANT SELECT,INSERT ON TABLE public.loan_decision TO piga_app;
GRANT SELECT ON TABLE public.loan_decision TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.loan_guarantor TO piga_app;
GRANT SELECT ON TABLE public.loan_guarantor TO piga_verify;

GRANT SELECT,INSERT ON TABLE public.loan_instalment TO piga_app;
GRANT SELECT ON TABLE public.loan_instalment TO piga_verify;

GRANT SELECT,INSERT ON TABLE public.loan_payment TO piga_app;
GRANT SELECT ON TABLE public.loan_payment TO piga_verify;

GRANT SELECT,INSERT ON TABLE public.loan_penalty TO piga_app;
GRANT SELECT ON TABLE public.loan_penalty TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.loan_product TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.loan_provisioning TO piga_app;

GRANT SELECT,INSERT ON TABLE public.loan_reversal TO piga_app;
GRANT SELECT ON TABLE public.loan_reversal TO piga_verify;

GRANT SELECT,INSERT ON TABLE public.loan_split TO piga_app;
GRANT SELECT ON TABLE public.loan_split TO piga_verify;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.long_text TO piga_app;
GRANT DELETE ON TABLE public.long_text TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.long_text TO piga_relay;

GRANT SELECT(id) ON TABLE public.long_text TO piga_relay;

GRANT SELECT(received_at) ON TABLE public.long_text TO piga_relay;

GRANT SELECT(ended_at) ON TABLE public.long_text TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.lookup_hour TO piga_app;
GRANT DELETE ON TABLE public.lookup_hour TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.lookup_hour TO piga_relay;

GRANT SELECT(subscriber_id) ON TABLE public.lookup_hour TO piga_relay;

GRANT SELECT(hour) ON TABLE public.lookup_hour TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.membership TO piga_app;
GRANT SELECT ON TABLE public.membership TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.message TO piga_app;
GRANT SELECT ON TABLE public.message TO piga_relay;
GRANT SELECT ON TABLE public.message TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.message_meter TO piga_app;

GRANT SELECT,INSERT ON TABLE public.message_receipt TO piga_app;
GRANT DELETE ON TABLE public.message_receipt TO piga_relay;
GRANT SELECT ON TABLE public.message_receipt TO piga_verify;

GRANT SELECT(tenant_id) ON TABLE public.message_receipt TO piga_relay;
GRANT SELECT(tenant_id) ON TABLE public.message_receipt TO piga_lookup;

GRANT SELECT(provider) ON TABLE public.message_receipt TO piga_relay;
GRANT SELECT(provider) ON TABLE public.message_receipt TO piga_lookup;

GRANT SELECT(provider_message_id) ON TABLE public.message_receipt TO piga_relay;
GRANT SELECT(provider_message_id) ON TABLE public.message_receipt TO piga_lookup;

GRANT SELECT(created_at) ON TABLE public.message_receipt TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.missing_money TO piga_app;
GRANT DELETE ON TABLE public.missing_money TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.missing_money TO piga_relay;

GRANT SELECT(id) ON TABLE public.missing_money TO piga_relay;

GRANT SELECT(state) ON TABLE public.missing_money TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.missing_money TO piga_relay;

GRANT SELECT,INSERT,DELETE ON TABLE public.name_word TO piga_app;

GRANT SELECT,INSERT ON TABLE public.opt_out TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.organisation TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.outbox TO piga_app;
GRANT SELECT,DELETE,UPDATE ON TABLE public.outbox TO piga_relay;
GRANT SELECT ON TABLE public.outbox TO piga_verify;
GRANT INSERT ON TABLE public.outbox TO piga_lookup;

GRANT SELECT,INSERT ON TABLE public.party_change TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.payment TO piga_app;
GRANT SELECT ON TABLE public.payment TO piga_verify;

GRANT SELECT(tenant_id) ON TABLE public.payment TO piga_relay;

GRANT SELECT(kind) ON TABLE public.payment TO piga_relay;

GRANT SELECT(wallet) ON TABLE public.payment TO piga_relay;

GRANT SELECT(state) ON TABLE public.payment TO piga_relay;

GRANT SELECT(reason) ON TABLE public.payment TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.payment TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.payment_exception TO piga_app;
GRANT SELECT ON TABLE public.payment_exception TO piga_verify;

GRANT SELECT,INSERT ON TABLE public.payment_hint TO piga_app;
GRANT DELETE ON TABLE public.payment_hint TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.payment_hint TO piga_relay;

GRANT SELECT(id) ON TABLE public.payment_hint TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.payment_hint TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.payment_text TO piga_app;
GRANT DELETE ON TABLE public.payment_text TO piga_relay;
GRANT SELECT ON TABLE public.payment_text TO piga_verify;

GRANT SELECT(tenant_id) ON TABLE public.payment_text TO piga_relay;

GRANT SELECT(id) ON TABLE public.payment_text TO piga_relay;

GRANT SELECT(state) ON TABLE public.payment_text TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.payment_text TO piga_relay;

GRANT SELECT,INSERT,DELETE ON TABLE public.payment_token TO piga_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pin_proposal TO piga_app;
GRANT DELETE ON TABLE public.pin_proposal TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.pin_proposal TO piga_relay;

GRANT SELECT(session) ON TABLE public.pin_proposal TO piga_relay;

GRANT SELECT(expires_at) ON TABLE public.pin_proposal TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.place TO piga_app;

GRANT SELECT ON TABLE public.posting TO piga_app;
GRANT SELECT,INSERT ON TABLE public.posting TO piga_ledger;
GRANT SELECT ON TABLE public.posting TO piga_verify;

GRANT SELECT,INSERT ON TABLE public.price_book TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.price_quote TO piga_app;
GRANT DELETE ON TABLE public.price_quote TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.price_quote TO piga_relay;

GRANT SELECT(id) ON TABLE public.price_quote TO piga_relay;

GRANT SELECT(expires_at) ON TABLE public.price_quote TO piga_relay;

GRANT SELECT(confirmed_at) ON TABLE public.price_quote TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.product TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.provider_movement TO piga_app;
GRANT SELECT ON TABLE public.provider_movement TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.provider_template TO piga_app;

GRANT SELECT,INSERT ON TABLE public.rate TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.rate_alert TO piga_app;
GRANT DELETE ON TABLE public.rate_alert TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.rate_alert TO piga_relay;

GRANT SELECT(id) ON TABLE public.rate_alert TO piga_relay;

GRANT SELECT(state) ON TABLE public.rate_alert TO piga_relay;

GRANT SELECT(ended_at) ON TABLE public.rate_alert TO piga_relay;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.rate_asked TO piga_app;
GRANT DELETE ON TABLE public.rate_asked TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.rate_asked TO piga_relay;

GRANT SELECT(subscriber_id) ON TABLE public.rate_asked TO piga_relay;

GRANT SELECT(source) ON TABLE public.rate_asked TO piga_relay;

GRANT SELECT(destination) ON TABLE public.rate_asked TO piga_relay;

GRANT SELECT(asked_at) ON TABLE public.rate_asked TO piga_relay;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.rate_daily TO piga_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.rate_margin TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.rate_pair TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.rate_plan TO piga_app;
GRANT SELECT ON TABLE public.rate_plan TO piga_relay;
GRANT SELECT ON TABLE public.rate_plan TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.rate_run TO piga_app;
GRANT DELETE ON TABLE public.rate_run TO piga_relay;
GRANT SELECT ON TABLE public.rate_run TO piga_verify;

GRANT SELECT(tenant_id) ON TABLE public.rate_run TO piga_relay;

GRANT SELECT(id) ON TABLE public.rate_run TO piga_relay;

GRANT SELECT(started_at) ON TABLE public.rate_run TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.reconciliation TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.refresh_token TO piga_app;
GRANT DELETE ON TABLE public.refresh_token TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.refresh_token TO piga_relay;

GRANT SELECT(token_hash) ON TABLE public.refresh_token TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.refresh_token TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.ride TO piga_app;
GRANT SELECT ON TABLE public.ride TO piga_verify;

GRANT SELECT(tenant_id) ON TABLE public.ride TO piga_relay;

GRANT SELECT(id) ON TABLE public.ride TO piga_relay;

GRANT SELECT(state) ON TABLE public.ride TO piga_relay;

GRANT SELECT,INSERT ON TABLE public.ride_event TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.ride_offer TO piga_app;
GRANT SELECT ON TABLE public.ride_offer TO piga_verify;

GRANT SELECT(tenant_id) ON TABLE public.ride_offer TO piga_relay;

GRANT SELECT(ride_id) ON TABLE public.ride_offer TO piga_relay;

GRANT SELECT(state) ON TABLE public.ride_offer TO piga_relay;

GRANT SELECT(expires_at) ON TABLE public.ride_offer TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.ride_tariff TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.sale_reversal TO piga_app;
GRANT SELECT ON TABLE public.sale_reversal TO piga_verify;

GRANT SELECT(tenant_id) ON TABLE public.sale_reversal TO piga_relay;

GRANT SELECT(id) ON TABLE public.sale_reversal TO piga_relay;

GRANT SELECT(state) ON TABLE public.sale_reversal TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_area TO piga_app;

GRANT SELECT,INSERT ON TABLE public.savings_ballot TO piga_app;
GRANT SELECT ON TABLE public.savings_ballot TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_book TO piga_app;
GRANT SELECT ON TABLE public.savings_book TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_cash TO piga_app;
GRANT SELECT ON TABLE public.savings_cash TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_consent TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_constitution TO piga_app;

GRANT SELECT(tenant_id) ON TABLE public.savings_constitution TO piga_relay;

GRANT SELECT(valid_until) ON TABLE public.savings_constitution TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_correction TO piga_app;
GRANT SELECT ON TABLE public.savings_correction TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_fine TO piga_app;
GRANT SELECT ON TABLE public.savings_fine TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_group TO piga_app;
GRANT SELECT ON TABLE public.savings_group TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_group_area TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_meeting TO piga_app;
GRANT SELECT ON TABLE public.savings_meeting TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_meeting_cash TO piga_app;
GRANT SELECT ON TABLE public.savings_meeting_cash TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_meeting_line TO piga_app;
GRANT SELECT ON TABLE public.savings_meeting_line TO piga_verify;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.savings_next_of_kin TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_office TO piga_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.savings_reminder TO piga_app;
GRANT DELETE ON TABLE public.savings_reminder TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.savings_reminder TO piga_relay;

GRANT SELECT(kind) ON TABLE public.savings_reminder TO piga_relay;

GRANT SELECT(subject_id) ON TABLE public.savings_reminder TO piga_relay;

GRANT SELECT(subscriber_id) ON TABLE public.savings_reminder TO piga_relay;

GRANT SELECT(day) ON TABLE public.savings_reminder TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.savings_reminder TO piga_relay;

GRANT SELECT,INSERT,DELETE ON TABLE public.savings_reminder_off TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_share_out TO piga_app;
GRANT SELECT ON TABLE public.savings_share_out TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_share_out_line TO piga_app;
GRANT SELECT ON TABLE public.savings_share_out_line TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_vote TO piga_app;
GRANT SELECT ON TABLE public.savings_vote TO piga_verify;

GRANT SELECT(tenant_id) ON TABLE public.savings_vote TO piga_relay;

GRANT SELECT(id) ON TABLE public.savings_vote TO piga_relay;

GRANT SELECT(state) ON TABLE public.savings_vote TO piga_relay;

GRANT SELECT(ends_at) ON TABLE public.savings_vote TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.savings_vote_choice TO piga_app;
GRANT SELECT ON TABLE public.savings_vote_choice TO piga_verify;

GRANT SELECT,INSERT,DELETE ON TABLE public.sender_claim TO piga_app;
GRANT SELECT ON TABLE public.sender_claim TO piga_lookup;

GRANT SELECT,INSERT,UPDATE ON TABLE public.service TO piga_app;
GRANT SELECT ON TABLE public.service TO piga_lookup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_address TO piga_app;
GRANT SELECT ON TABLE public.service_address TO piga_lookup;

GRANT SELECT,INSERT,UPDATE ON TABLE public.shop TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.shop_order TO piga_app;
GRANT SELECT ON TABLE public.shop_order TO piga_verify;

GRANT SELECT(tenant_id) ON TABLE public.shop_order TO piga_relay;

GRANT SELECT(id) ON TABLE public.shop_order TO piga_relay;

GRANT SELECT(payment) ON TABLE public.shop_order TO piga_relay;

GRANT SELECT(state) ON TABLE public.shop_order TO piga_relay;

GRANT SELECT(reserved_until) ON TABLE public.shop_order TO piga_relay;

GRANT SELECT(due_on) ON TABLE public.shop_order TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.shop_order_line TO piga_app;
GRANT SELECT ON TABLE public.shop_order_line TO piga_verify;

GRANT SELECT,INSERT ON TABLE public.shop_order_step TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.sign_in TO piga_app;
GRANT DELETE ON TABLE public.sign_in TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.sign_in TO piga_relay;

GRANT SELECT(id) ON TABLE public.sign_in TO piga_relay;

GRANT SELECT(expires_at) ON TABLE public.sign_in TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.sign_in_code TO piga_app;
GRANT DELETE ON TABLE public.sign_in_code TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.sign_in_code TO piga_relay;

GRANT SELECT(id) ON TABLE public.sign_in_code TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.sign_in_code TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.spending_limit TO piga_app;
GRANT DELETE ON TABLE public.spending_limit TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.spending_limit TO piga_relay;

GRANT SELECT(subscriber_id) ON TABLE public.spending_limit TO piga_relay;

GRANT SELECT(until) ON TABLE public.spending_limit TO piga_relay;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staff_backup_code TO piga_app;

GRANT SELECT,INSERT ON TABLE public.staff_challenge TO piga_app;
GRANT DELETE ON TABLE public.staff_challenge TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.staff_challenge TO piga_relay;

GRANT SELECT(challenge) ON TABLE public.staff_challenge TO piga_relay;

GRANT SELECT(used_at) ON TABLE public.staff_challenge TO piga_relay;

GRANT SELECT,INSERT,DELETE ON TABLE public.staff_device TO piga_app;
GRANT DELETE ON TABLE public.staff_device TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.staff_device TO piga_relay;

GRANT SELECT(token_hash) ON TABLE public.staff_device TO piga_relay;

GRANT SELECT(expires_at) ON TABLE public.staff_device TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.staff_invitation TO piga_app;
GRANT DELETE ON TABLE public.staff_invitation TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.staff_invitation TO piga_relay;

GRANT SELECT(token_hash) ON TABLE public.staff_invitation TO piga_relay;

GRANT SELECT(expires_at) ON TABLE public.staff_invitation TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.staff_member TO piga_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staff_passkey TO piga_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.staff_role TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.staff_session TO piga_app;
GRANT DELETE ON TABLE public.staff_session TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.staff_session TO piga_relay;

GRANT SELECT(token_hash) ON TABLE public.staff_session TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.staff_session TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.staff_try TO piga_app;
GRANT DELETE ON TABLE public.staff_try TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.staff_try TO piga_relay;

GRANT SELECT(what) ON TABLE public.staff_try TO piga_relay;

GRANT SELECT(until) ON TABLE public.staff_try TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.stock TO piga_app;
GRANT SELECT ON TABLE public.stock TO piga_verify;

GRANT SELECT,INSERT ON TABLE public.stock_movement TO piga_app;
GRANT SELECT ON TABLE public.stock_movement TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.subscriber TO piga_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tariff TO piga_app;
GRANT SELECT ON TABLE public.tariff TO piga_verify;

GRANT SELECT,INSERT,UPDATE ON TABLE public.tenant TO piga_app;
GRANT SELECT ON TABLE public.tenant TO piga_verify;
GRANT SELECT ON TABLE public.tenant TO piga_lookup;

GRANT SELECT(id) ON TABLE public.tenant TO piga_relay;

GRANT SELECT(settings) ON TABLE public.tenant TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.text_device TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.trade_credit TO piga_app;

GRANT SELECT,INSERT ON TABLE public.trust_balance TO piga_app;
GRANT DELETE ON TABLE public.trust_balance TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.trust_balance TO piga_relay;

GRANT SELECT(id) ON TABLE public.trust_balance TO piga_relay;

GRANT SELECT(created_at) ON TABLE public.trust_balance TO piga_relay;

GRANT SELECT,INSERT ON TABLE public.turn TO piga_app;
GRANT SELECT,INSERT ON TABLE public.turn TO piga_relay;

GRANT UPDATE(screen_key) ON TABLE public.turn TO piga_app;

GRANT UPDATE(screen_sealed) ON TABLE public.turn TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.usage_day TO piga_app;
GRANT DELETE ON TABLE public.usage_day TO piga_relay;
GRANT SELECT ON TABLE public.usage_day TO piga_verify;

GRANT SELECT(tenant_id) ON TABLE public.usage_day TO piga_relay;

GRANT SELECT(subscriber_id) ON TABLE public.usage_day TO piga_relay;

GRANT SELECT(operation) ON TABLE public.usage_day TO piga_relay;

GRANT SELECT(day) ON TABLE public.usage_day TO piga_relay;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.wallet_outage TO piga_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.warehouse TO piga_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.work_claim TO piga_app;
GRANT DELETE ON TABLE public.work_claim TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.work_claim TO piga_relay;

GRANT SELECT(kind) ON TABLE public.work_claim TO piga_relay;

GRANT SELECT(object_id) ON TABLE public.work_claim TO piga_relay;

GRANT SELECT(until) ON TABLE public.work_claim TO piga_relay;

GRANT SELECT,INSERT,UPDATE ON TABLE public.wrong_pin TO piga_app;
GRANT DELETE ON TABLE public.wrong_pin TO piga_relay;

GRANT SELECT(tenant_id) ON TABLE public.wrong_pin TO piga_relay;

GRANT SELECT(subscriber_id) ON TABLE public.wrong_pin TO piga_relay;

GRANT SELECT(wrong_at) ON TABLE public.wrong_pin TO piga_relay;
