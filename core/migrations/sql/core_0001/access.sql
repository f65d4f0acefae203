-- Row-level security everywhere, forced: also the owner sees one tenant at a time.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT c.relname, EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid
                                  AND a.attname = 'tenant_id') AS of_tenant
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND c.relname <> 'alembic_version'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY',
            one.relname);
        IF one.of_tenant THEN
            EXECUTE format('CREATE POLICY own_tenant ON %I USING (tenant_id = current_tenant())',
                one.relname);
        END IF;
    END LOOP;
END $$;
CREATE POLICY own_tenant ON tenant USING (id = current_tenant());
-- For how long each wants what is kept for a while.
GRANT SELECT (id, settings) ON tenant TO piga_relay;
CREATE POLICY all_tenants ON tenant FOR SELECT TO piga_relay USING (true);
CREATE POLICY everybody ON installation USING (true);

-- The application reads and writes, and deletes only what is not a fact. The books it only reads:
-- of an account it may say whose it is and whether it is frozen, never what is on it.
GRANT USAGE ON SCHEMA public TO piga_app, piga_relay, piga_verify, piga_lookup, piga_ledger;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO piga_app;
GRANT INSERT ON tenant, service, service_address, sender_claim, tariff, subscriber, address,
    first_use, pin_proposal, wrong_pin, call_back, audit, intent, usage_day, organisation, savings_group,
    membership, contribution, agent, lookup_hour, approval, outbox, message, message_receipt,
    early_report, turn, alarm, gateway_cost TO piga_app;
GRANT INSERT, UPDATE ON approval_request, spending_limit, agent_signal, sale_reversal,
    float_offer, float_ask TO piga_app;
GRANT INSERT, UPDATE ON loan_product, loan_provisioning, loan, loan_guarantor TO piga_app;
GRANT INSERT ON loan_decision, loan_instalment, loan_payment, loan_split, loan_reversal,
    loan_penalty TO piga_app;
GRANT INSERT ON opt_out TO piga_app;
GRANT INSERT, UPDATE ON place TO piga_app;
GRANT INSERT, UPDATE ON ride_tariff, driver, driver_papers, ride, ride_offer TO piga_app;
GRANT INSERT ON ride_event, driver_reminder TO piga_app;
GRANT INSERT, UPDATE ON fuel_product, fuel_tariff, fuel_station, fuel_tank, fuel_nozzle, fuel_attendant,
    fuel_shift, fuel_points_rule, fuel_sale, fuel_points, fuel_complaint, fuel_stock_limits, fuel_dip,
    fuel_stock_day TO piga_app;
GRANT INSERT ON fuel_reading, fuel_publication, fuel_price, fuel_price_line, fuel_acknowledgement, fuel_chart,
    fuel_delivery, fuel_stock_alarm TO piga_app;
GRANT INSERT, UPDATE ON api_key TO piga_app;
GRANT INSERT ON api_result TO piga_app;
GRANT INSERT, UPDATE ON sign_in_code, sign_in, refresh_token TO piga_app;
GRANT INSERT, UPDATE ON payment, provider_movement TO piga_app;
GRANT INSERT, UPDATE, DELETE ON wallet_outage TO piga_app;
GRANT INSERT ON payment_hint, trust_balance TO piga_app;
GRANT INSERT, DELETE ON name_word TO piga_app;
GRANT INSERT ON audit_link, audit_seal TO piga_app;
GRANT INSERT, UPDATE ON staff_member, staff_invitation, staff_passkey, staff_backup_code,
    staff_session, staff_try TO piga_app;
GRANT INSERT ON staff_challenge TO piga_app;
GRANT INSERT, DELETE ON staff_role, staff_device TO piga_app;
GRANT INSERT, UPDATE, DELETE ON work_claim TO piga_app;
GRANT DELETE ON staff_passkey, staff_backup_code TO piga_app;
GRANT INSERT, UPDATE ON text_device, payment_text, expected_payment, payment_exception,
    missing_money, reconciliation TO piga_app;
GRANT INSERT ON payment_token TO piga_app;
GRANT INSERT (tenant_id, id, kind, currency, owner_id, guarded, frozen) ON account TO piga_app;
GRANT UPDATE ON tenant, service, service_address, tariff, subscriber, address, first_use,
    pin_proposal, intent, usage_day, organisation, savings_group, membership, agent, lookup_hour,
    approval, outbox, message, early_report, wrong_pin, call_back, alarm TO piga_app;
GRANT INSERT, UPDATE ON conversation, inbound_message, inbound_file TO piga_app;
GRANT INSERT, UPDATE ON rate_plan, rate_pair, rate_run, rate_alert TO piga_app;
GRANT INSERT, UPDATE, DELETE ON rate_daily, rate_asked, rate_margin TO piga_app;
GRANT INSERT ON rate TO piga_app;
GRANT INSERT, UPDATE ON export TO piga_app;
GRANT INSERT, UPDATE ON email_account, email TO piga_app;
GRANT INSERT, DELETE ON export_part TO piga_app;
-- Who changes what a group has holds its book: to lock a row is a right to change it.
GRANT INSERT, UPDATE ON savings_book, savings_meeting, savings_meeting_line,
    savings_constitution, savings_office, savings_correction, savings_meeting_cash,
    savings_cash, savings_vote, savings_vote_choice, savings_share_out, savings_share_out_line
    TO piga_app;
GRANT INSERT ON savings_ballot TO piga_app;
GRANT INSERT, UPDATE ON savings_fine, savings_area, savings_group_area, savings_consent TO piga_app;
GRANT INSERT, UPDATE, DELETE ON savings_next_of_kin TO piga_app;
GRANT INSERT, DELETE ON savings_reminder, savings_reminder_off TO piga_app;
GRANT INSERT, UPDATE ON product, shop, price_quote TO piga_app;
GRANT INSERT ON price_book TO piga_app;
GRANT INSERT, UPDATE ON warehouse, stock, shop_order, shop_order_line TO piga_app;
GRANT INSERT ON shop_order_step, stock_movement TO piga_app;
GRANT INSERT ON credit_policy, credit_repayment TO piga_app;
GRANT INSERT, UPDATE ON credit_application, trade_credit TO piga_app;
GRANT INSERT, UPDATE ON broadcast, broadcast_recipient, event_subscription, event TO piga_app;
GRANT INSERT, UPDATE, DELETE ON handover, chat_link TO piga_app;
GRANT INSERT, UPDATE ON chat_link_try TO piga_app;
GRANT INSERT, UPDATE, DELETE ON pause TO piga_app;
GRANT INSERT, UPDATE ON known_id, provider_template TO piga_app;
GRANT INSERT ON party_change TO piga_app;
GRANT INSERT, UPDATE ON message_meter, funnel_day, funnel_mark TO piga_app;
GRANT UPDATE (frozen) ON account TO piga_app;
GRANT INSERT, UPDATE, DELETE ON long_text TO piga_app;
GRANT DELETE ON pin_proposal, early_report, service_address, sender_claim, tariff TO piga_app;
-- Somebody who is erased: what says who they are goes, and what they were shown (core/erasure).
GRANT DELETE ON address, known_id, call_back, inbound_message, inbound_file, payment_token
    TO piga_app;
GRANT UPDATE (screen_key, screen_sealed) ON turn TO piga_app;
GRANT USAGE ON SEQUENCE config_version TO piga_app;

-- The ledger's functions belong to a role of their own, which may do what they do and nothing else;
-- every statement in them names the tenant. Whatever else the application runs cannot write the
-- books.
GRANT SELECT, UPDATE (balance_minor, held_minor) ON account TO piga_ledger;
GRANT SELECT, INSERT, UPDATE (detail) ON entry TO piga_ledger;
GRANT SELECT, INSERT ON posting TO piga_ledger;
GRANT SELECT, INSERT, UPDATE ON hold TO piga_ledger;
DO $$
DECLARE
    -- Before version 16 every member inherits, and a policy has to look who it is: a test for each
    -- row, which is why it is not so everywhere.
    sees CONSTANT text := CASE WHEN current_setting('server_version_num')::int >= 160000
        THEN 'true' ELSE 'current_user = ''piga_ledger''' END;
    one record;
    book text;
BEGIN
    FOREACH book IN ARRAY ARRAY['account', 'entry', 'posting', 'hold'] LOOP
        EXECUTE format('CREATE POLICY ledger ON %I TO piga_ledger USING (%s)', book, sees);
    END LOOP;
    EXECUTE 'GRANT CREATE ON SCHEMA public TO piga_ledger';
    FOR one IN SELECT p.oid::regprocedure AS call FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace
          AND p.proname IN ('post_entry', 'place_hold', 'void_hold', 'erase_names')
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one.call);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO piga_app', one.call);
        EXECUTE format('ALTER FUNCTION %s OWNER TO piga_ledger', one.call);
    END LOOP;
    EXECUTE 'REVOKE CREATE ON SCHEMA public FROM piga_ledger';
END $$;
REVOKE ALL ON FUNCTION refuse(text, text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refuse(text, text, bigint) TO piga_ledger;

-- The relay serves all tenants' outboxes, writes the turn log, and looks for what is due.
GRANT SELECT, UPDATE, DELETE ON outbox TO piga_relay;
GRANT INSERT ON turn TO piga_relay;
GRANT SELECT, INSERT, UPDATE, DELETE ON alarm TO piga_relay;
GRANT SELECT ON hold, approval, approval_request, message, intent, turn, installation
    TO piga_relay;
GRANT SELECT (tenant_id, id, state) ON sale_reversal TO piga_relay;
GRANT SELECT (tenant_id, id, state, expires_at) ON float_offer, float_ask TO piga_relay;
CREATE POLICY all_tenants ON float_offer FOR SELECT TO piga_relay USING (true);
CREATE POLICY all_tenants ON float_ask FOR SELECT TO piga_relay USING (true);
CREATE POLICY all_tenants ON sale_reversal FOR SELECT TO piga_relay USING (true);
CREATE POLICY all_tenants ON outbox TO piga_relay USING (true);
CREATE POLICY all_tenants ON turn TO piga_relay USING (true);
CREATE POLICY all_tenants ON alarm TO piga_relay USING (true);
CREATE POLICY all_tenants ON hold FOR SELECT TO piga_relay USING (true);
CREATE POLICY all_tenants ON approval FOR SELECT TO piga_relay USING (true);
CREATE POLICY all_tenants ON approval_request FOR SELECT TO piga_relay USING (true);
CREATE POLICY all_tenants ON message FOR SELECT TO piga_relay USING (true);
CREATE POLICY all_tenants ON intent FOR SELECT TO piga_relay USING (true);
-- Retention: it deletes what is past its days, and sees the keys and the age of it only.
GRANT DELETE ON early_report, pin_proposal, wrong_pin, lookup_hour, usage_day, message_receipt,
    intent, gateway_cost TO piga_relay;
GRANT DELETE ON spending_limit, inbound_message, handover, chat_link, chat_link_try TO piga_relay;
GRANT DELETE, SELECT (tenant_id, id, state, created_at) ON event TO piga_relay;
CREATE POLICY all_tenants ON event TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, id, created_at) ON export TO piga_relay;
CREATE POLICY all_tenants ON export TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, id, state, created_at) ON email TO piga_relay;
CREATE POLICY all_tenants ON email TO piga_relay USING (true);
-- The schedule looks for tenants that have alarms to write of.
GRANT SELECT (tenant_id) ON email_account TO piga_relay;
CREATE POLICY all_tenants ON email_account FOR SELECT TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, id, created_at) ON broadcast TO piga_relay;
CREATE POLICY all_tenants ON broadcast TO piga_relay USING (true);
GRANT SELECT (tenant_id, id, state, received_at) ON inbound_message TO piga_relay;
GRANT SELECT (tenant_id, subscriber_id, until) ON handover, chat_link_try TO piga_relay;
GRANT SELECT (tenant_id, conversation_id, until) ON chat_link TO piga_relay;
GRANT SELECT (tenant_id, provider, provider_message_id, created_at) ON early_report TO piga_relay;
GRANT SELECT (tenant_id, session, expires_at) ON pin_proposal TO piga_relay;
GRANT SELECT (tenant_id, subscriber_id, wrong_at) ON wrong_pin TO piga_relay;
GRANT SELECT (tenant_id, subscriber_id, hour) ON lookup_hour TO piga_relay;
GRANT SELECT (tenant_id, subscriber_id, operation, day) ON usage_day TO piga_relay;
GRANT SELECT (tenant_id, subscriber_id, until) ON spending_limit TO piga_relay;
-- A provider's id of a text is for its delivery report, which comes within days or never.
GRANT SELECT (tenant_id, provider, provider_message_id, created_at) ON message_receipt
    TO piga_relay;
GRANT SELECT (tenant_id, kind, reference, created_at) ON gateway_cost TO piga_relay;
GRANT DELETE, SELECT (tenant_id, day, service_id, language, network, place) ON funnel_day TO piga_relay;
CREATE POLICY all_tenants ON funnel_day TO piga_relay USING (true);
CREATE POLICY all_tenants ON gateway_cost TO piga_relay USING (true);
CREATE POLICY all_tenants ON early_report TO piga_relay USING (true);
CREATE POLICY all_tenants ON pin_proposal TO piga_relay USING (true);
CREATE POLICY all_tenants ON wrong_pin TO piga_relay USING (true);
CREATE POLICY all_tenants ON lookup_hour TO piga_relay USING (true);
CREATE POLICY all_tenants ON usage_day TO piga_relay USING (true);
CREATE POLICY all_tenants ON spending_limit TO piga_relay USING (true);
CREATE POLICY all_tenants ON message_receipt TO piga_relay USING (true);
CREATE POLICY all_tenants ON inbound_message TO piga_relay USING (true);
CREATE POLICY all_tenants ON handover TO piga_relay USING (true);
CREATE POLICY all_tenants ON chat_link TO piga_relay USING (true);
CREATE POLICY all_tenants ON chat_link_try TO piga_relay USING (true);
-- What only staff's sign-in needed, and for a while.
GRANT DELETE, SELECT (tenant_id, token_hash, created_at) ON staff_session TO piga_relay;
GRANT DELETE, SELECT (tenant_id, token_hash, expires_at) ON staff_invitation, staff_device
    TO piga_relay;
GRANT DELETE, SELECT (tenant_id, what, until) ON staff_try TO piga_relay;
GRANT DELETE, SELECT (tenant_id, challenge, used_at) ON staff_challenge TO piga_relay;
GRANT DELETE, SELECT (tenant_id, kind, object_id, until) ON work_claim TO piga_relay;
CREATE POLICY all_tenants ON staff_session TO piga_relay USING (true);
CREATE POLICY all_tenants ON staff_invitation TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, client, idempotency_key, created_at) ON api_result TO piga_relay;
GRANT DELETE, SELECT (tenant_id, id, expires_at) ON api_key TO piga_relay;
CREATE POLICY all_tenants ON api_result TO piga_relay USING (true);
CREATE POLICY all_tenants ON api_key TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, id, created_at) ON sign_in_code TO piga_relay;
GRANT DELETE, SELECT (tenant_id, token_hash, created_at) ON refresh_token TO piga_relay;
GRANT DELETE, SELECT (tenant_id, id, expires_at) ON sign_in TO piga_relay;
CREATE POLICY all_tenants ON sign_in_code TO piga_relay USING (true);
CREATE POLICY all_tenants ON refresh_token TO piga_relay USING (true);
CREATE POLICY all_tenants ON sign_in TO piga_relay USING (true);
CREATE POLICY all_tenants ON staff_device TO piga_relay USING (true);
CREATE POLICY all_tenants ON staff_try TO piga_relay USING (true);
CREATE POLICY all_tenants ON staff_challenge TO piga_relay USING (true);
CREATE POLICY all_tenants ON work_claim TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, id, state, received_at) ON inbound_file TO piga_relay;
CREATE POLICY all_tenants ON inbound_file TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, id, received_at, ended_at) ON long_text TO piga_relay;
CREATE POLICY all_tenants ON long_text TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, id, state, created_at) ON payment_text TO piga_relay;
CREATE POLICY all_tenants ON payment_text TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, id, state, created_at) ON missing_money TO piga_relay;
CREATE POLICY all_tenants ON missing_money TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, id, created_at) ON payment_hint TO piga_relay;
CREATE POLICY all_tenants ON payment_hint TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, id, created_at) ON trust_balance TO piga_relay;
CREATE POLICY all_tenants ON trust_balance TO piga_relay USING (true);
-- The schedule counts what fails, and sees nobody's payment.
GRANT SELECT (tenant_id, wallet, kind, state, reason, created_at) ON payment TO piga_relay;
CREATE POLICY all_tenants ON payment FOR SELECT TO piga_relay USING (true);
-- The schedule looks for tenants that have loans; of each it reads them as the tenant.
GRANT SELECT (tenant_id, state) ON loan TO piga_relay;
CREATE POLICY all_tenants ON loan FOR SELECT TO piga_relay USING (true);
-- The schedule looks for rides that wait for their next driver, and sees nobody's way.
GRANT SELECT (tenant_id, id, state) ON ride TO piga_relay;
CREATE POLICY all_tenants ON ride FOR SELECT TO piga_relay USING (true);
GRANT SELECT (tenant_id, ride_id, state, expires_at) ON ride_offer TO piga_relay;
CREATE POLICY all_tenants ON ride_offer FOR SELECT TO piga_relay USING (true);
-- And for tenants whose riders' papers end.
GRANT SELECT (tenant_id, licence_until, insurance_until) ON driver TO piga_relay;
CREATE POLICY all_tenants ON driver FOR SELECT TO piga_relay USING (true);
-- It looks for tenants whose groups meet, and forgets reminders that are past their days.
GRANT SELECT (tenant_id, valid_until) ON savings_constitution TO piga_relay;
CREATE POLICY all_tenants ON savings_constitution FOR SELECT TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, kind, subject_id, subscriber_id, day, created_at)
    ON savings_reminder TO piga_relay;
CREATE POLICY all_tenants ON savings_reminder TO piga_relay USING (true);
-- It looks for tenants with new prices, too, whose stations may have to be called.
GRANT SELECT (tenant_id, valid_from) ON fuel_publication TO piga_relay;
CREATE POLICY all_tenants ON fuel_publication FOR SELECT TO piga_relay USING (true);
-- It looks for complaints that no station has answered in time.
GRANT SELECT (tenant_id, id, state, due_at) ON fuel_complaint TO piga_relay;
CREATE POLICY all_tenants ON fuel_complaint FOR SELECT TO piga_relay USING (true);
-- Whose dips have not been held against their books.
GRANT SELECT (tenant_id, state, reckoned_at) ON fuel_dip TO piga_relay;
CREATE POLICY all_tenants ON fuel_dip FOR SELECT TO piga_relay USING (true);
-- It looks for votes whose time is over, too.
GRANT SELECT (tenant_id, id, state, ends_at) ON savings_vote TO piga_relay;
CREATE POLICY all_tenants ON savings_vote FOR SELECT TO piga_relay USING (true);
-- The schedule looks for tenants that poll; what each polls, it reads as the tenant.
GRANT SELECT ON rate_plan TO piga_relay;
CREATE POLICY all_tenants ON rate_plan FOR SELECT TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, id, started_at) ON rate_run TO piga_relay;
CREATE POLICY all_tenants ON rate_run TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, id, confirmed_at, expires_at) ON price_quote TO piga_relay;
CREATE POLICY all_tenants ON price_quote TO piga_relay USING (true);
-- The schedule looks for orders that go on by the clock; each it changes as the tenant.
GRANT SELECT (tenant_id, id, state, payment, reserved_until, due_on) ON shop_order TO piga_relay;
CREATE POLICY all_tenants ON shop_order FOR SELECT TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, id, state, ended_at) ON rate_alert TO piga_relay;
CREATE POLICY all_tenants ON rate_alert TO piga_relay USING (true);
GRANT DELETE, SELECT (tenant_id, subscriber_id, source, destination, asked_at) ON rate_asked
    TO piga_relay;
CREATE POLICY all_tenants ON rate_asked TO piga_relay USING (true);
-- An intent that came to nothing is no fact: nobody answered it, or with No.
CREATE POLICY forgotten ON intent FOR DELETE TO piga_relay
    USING (state IN ('open', 'void') AND created_at < now() - interval '1 day');

-- The auditor reads every book and writes none.
DO $$
DECLARE
    book text;
BEGIN
    FOREACH book IN ARRAY ARRAY['tenant', 'account', 'entry', 'posting', 'hold', 'intent',
        'approval', 'approval_request', 'contribution', 'membership', 'message', 'message_receipt',
        'outbox', 'agent', 'sale_reversal', 'float_offer', 'float_ask', 'savings_group', 'usage_day',
        'broadcast', 'broadcast_recipient', 'payment', 'provider_movement',
        'audit', 'audit_link', 'audit_seal', 'payment_text', 'payment_exception',
        'savings_book', 'savings_meeting', 'savings_meeting_line', 'savings_correction',
        'savings_meeting_cash', 'savings_cash', 'savings_vote', 'savings_vote_choice',
        'savings_ballot', 'savings_share_out', 'savings_share_out_line', 'savings_fine',
        'loan', 'loan_guarantor', 'loan_decision', 'loan_instalment', 'loan_payment', 'loan_split',
        'loan_reversal', 'loan_penalty', 'ride', 'ride_offer', 'stock', 'stock_movement',
        'shop_order', 'shop_order_line', 'credit_repayment',
        'alarm', 'tariff', 'rate_plan', 'rate_run']
    LOOP
        EXECUTE format('GRANT SELECT ON %I TO piga_verify', book);
        EXECUTE format('CREATE POLICY auditor ON %I FOR SELECT TO piga_verify USING (true)', book);
    END LOOP;
END $$;
GRANT SELECT ON installation TO piga_verify;
