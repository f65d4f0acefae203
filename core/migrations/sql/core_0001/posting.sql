-- No name in these functions is looked up where their caller can put one.
-- They work as their owner, and plpgsql reads the types of a function's variables in whatever path
-- its first caller in a connection has, even where the function sets one (`plpgsql_validator` may be
-- called by anybody): so these are written with their schema, always.
-- Refusals, which may well happen:
--   PG001 not enough (detail: available)   PG002 frozen   PG004 the hold is gone
-- Faults of the caller:
--   PG003 same key, other inputs           PG005 a wrong call

-- Raise a refusal. An ERROR in the server's log is for people to look at, and this is none: so what
-- is raised in this transaction from here on, which is nothing more, is not logged. An administrator
-- has to allow it: GRANT SET ON PARAMETER log_min_messages TO piga_ledger.
CREATE FUNCTION refuse(p_state text, p_message text, p_available bigint DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF has_parameter_privilege('log_min_messages', 'SET') THEN
        PERFORM set_config('log_min_messages', 'fatal', true);
    END IF;
    RAISE EXCEPTION USING ERRCODE = p_state, MESSAGE = p_message,
        DETAIL = coalesce(p_available::text, '');
END $$;

-- The one way money moves. Who comes first holds the key until the end: a copy of the call waits
-- there, and then finds what was posted. With `p_tenant` the call is a whole transaction, one round
-- trip in all; inside another's it may not name a tenant of its own.
-- To set a path costs some per cent of each call: here functions have their schema too, instead.
CREATE FUNCTION post_entry(
    p_tenant uuid, p_entry uuid, p_kind text, p_reference text, p_key text, p_inputs_hash bytea,
    p_accounts uuid[], p_amounts bigint[], p_currency text,
    p_actor uuid, p_detail jsonb, p_hold uuid,
    OUT entry_id uuid, OUT was_new boolean, OUT balances bigint[]
) LANGUAGE plpgsql SECURITY DEFINER AS $$
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

-- Set money aside. The same id again with the same inputs is the same hold.
CREATE FUNCTION place_hold(
    p_hold uuid, p_account uuid, p_amount bigint, p_currency text, p_expires_at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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

-- Give back what was set aside. Answers whether this call ended the hold.
CREATE FUNCTION void_hold(p_hold uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
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

-- A document with none of these names in it: a text that is one, or begins with one and a space,
-- has "-" there.
CREATE FUNCTION without_names(p_document jsonb, p_names text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_object_agg(d.name, coalesce(
        (SELECT to_jsonb('-' || substr(d.value #>> '{}', length(n) + 1))
         FROM unnest(p_names) n WHERE jsonb_typeof(d.value) = 'string'
         AND (d.value #>> '{}' = n OR starts_with(d.value #>> '{}', n || ' '))
         ORDER BY length(n) DESC LIMIT 1), d.value)), '{}')
    FROM jsonb_each(p_document) AS d(name, value)
$$;

-- Take somebody's names out of the words of the entries that moved their money. Nothing else of an
-- entry changes, and no amount does. Answers how many entries had one.
CREATE FUNCTION erase_names(p_person uuid, p_names text[]) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
