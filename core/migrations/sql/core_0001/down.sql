-- The roles stay: other databases of the same server may use them. So does who may make temporary
-- things: it is a right on the database, which the next way up takes away again.
DROP FUNCTION tenants_of_report(text, text, text, bytea), sender_owner(text, text),
    tenants_changed(bigint), pauses(), find_tenant(text), all_services(),
    find_services(text, text, text[], uuid);
DROP TRIGGER code_is_free ON service_address;
DROP FUNCTION code_is_free(), codes_in_the_way(uuid, text, text, text);
DROP TABLE credit_repayment, trade_credit, credit_application, credit_policy;
DROP TABLE stock_movement, shop_order_step, shop_order_line, shop_order, stock, warehouse;
DROP TABLE fuel_stock_alarm, fuel_stock_day, fuel_delivery, fuel_dip, fuel_chart, fuel_stock_limits;
DROP TABLE fuel_complaint, fuel_points, fuel_sale, fuel_points_rule;
DROP TABLE fuel_reading, fuel_shift;
DROP TABLE fuel_acknowledgement, fuel_price_line, fuel_price, fuel_publication, fuel_attendant,
    fuel_nozzle, fuel_tank, fuel_station, fuel_tariff, fuel_product;
DROP TABLE ride_offer, ride_event, ride, driver_reminder, driver_papers, driver, ride_tariff;
DROP TABLE price_quote, shop, price_book, product;
DROP TABLE rate_margin, rate_asked, rate_daily, rate_alert, rate_run, rate, rate_pair, rate_plan;
DROP TABLE loan_penalty, loan_reversal, loan_split, loan_payment, loan_instalment, loan_decision, loan_guarantor, loan,
    loan_provisioning, loan_product;
DROP TABLE long_text;
DROP TABLE name_word, work_claim, staff_challenge, staff_try, staff_session, staff_device, staff_backup_code,
    staff_passkey, staff_invitation, staff_role, staff_member;
DROP TRIGGER chain_audit ON audit;
DROP FUNCTION chain_audit(), audit_hash(bytea, bigint, audit);
DROP TABLE audit_seal, audit_link;
DROP TABLE email, email_account;
DROP TABLE export_part, export;
DROP TABLE event, event_subscription, broadcast_recipient, broadcast;
DROP TABLE refresh_token, sign_in, sign_in_code;
DROP TABLE provider_template, party_change, known_id;
DROP TABLE chat_link_try, chat_link, handover, inbound_file, inbound_message, conversation, opt_out;
DROP TABLE reconciliation, missing_money, payment_exception, expected_payment, payment_token, payment_text, text_device;
DROP TABLE api_result, api_key, place;
DROP TABLE trust_balance, wallet_outage, payment_hint, provider_movement, payment;
DROP TABLE savings_share_out_line, savings_share_out, savings_ballot, savings_vote_choice, savings_vote;
DROP TABLE savings_group_area, savings_area;
DROP TABLE savings_next_of_kin, savings_consent;
DROP TABLE savings_fine, savings_reminder_off, savings_reminder;
DROP TABLE savings_cash, savings_meeting_cash, savings_correction, savings_meeting_line, savings_meeting, savings_book, savings_office,
    savings_constitution;
DROP TABLE alarm, funnel_mark, funnel_day, message_meter, gateway_cost, turn, early_report, message_receipt, message, outbox, approval, float_offer, float_ask, sale_reversal, agent_signal, lookup_hour, agent,
    contribution, membership, savings_group, organisation, usage_day, intent, hold, posting, entry,
    account, call_back, audit, pin_proposal, wrong_pin, first_use, address, subscriber, tariff, sender_claim,
    approval_request, spending_limit, service_address, service, pause, tenant, installation;
DROP SEQUENCE config_version;
DROP FUNCTION staff_scopes(), tell_console(), note_event(), make_partitions(integer), drop_old_turns(integer), uuid7_floor(timestamptz),
    erase_names(uuid, text[]), without_names(jsonb, text[]),
    void_hold(uuid), place_hold(uuid, uuid, bigint, text, timestamptz),
    post_entry(uuid, uuid, text, text, text, bytea, uuid[], bigint[], text, uuid, jsonb, uuid),
    refuse(text, text, bigint), pin_attempt(uuid, uuid, smallint, integer), current_tenant();
