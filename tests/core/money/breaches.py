"""Breaches of the invariants: the name of the one that finds it, and what breaks it."""

CONTRIBUTION = "(SELECT id FROM entry WHERE kind = 'contribution')"
FIRST = "(SELECT entry_id, ordinal FROM posting ORDER BY entry_id, ordinal LIMIT 1)"
BREACHES = [
    ("books_balance", "UPDATE posting SET amount_minor = amount_minor + 1"),
    ("books_balance", f"UPDATE posting SET currency = 'KES' WHERE (entry_id, ordinal) = {FIRST}"),
    ("entries_balance", f"DELETE FROM posting WHERE (entry_id, ordinal) = {FIRST}"),
    (
        "entries_balance",
        "UPDATE posting SET entry_id = (SELECT max(id::text)::uuid FROM entry), ordinal = 99,"
        f" account_id = gen_random_uuid() WHERE (entry_id, ordinal) = {FIRST}",
    ),
    ("entries_balance", "UPDATE posting SET amount_minor = -amount_minor WHERE ordinal = 1"),
    ("postings_belong", f"DELETE FROM entry WHERE id = {CONTRIBUTION}"),
    ("postings_belong", "DELETE FROM account WHERE kind = 'savings'"),
    ("postings_belong", "UPDATE account SET currency = 'KES' WHERE kind = 'savings'"),
    (
        "entries_balance",
        "INSERT INTO posting SELECT tenant_id, entry_id, 99, gen_random_uuid(), 0, currency"
        f" FROM posting WHERE (entry_id, ordinal) = {FIRST}",
    ),
    (
        "keys_are_used_once",
        "INSERT INTO entry SELECT tenant_id, gen_random_uuid(), kind, reference, key, inputs_hash"
        " FROM entry WHERE kind = 'topup' LIMIT 1",
    ),
    ("balances_match", "UPDATE account SET balance_minor = balance_minor + 1 WHERE guarded"),
    ("nothing_overdrawn", "UPDATE account SET held_minor = balance_minor + 1 WHERE guarded"),
    ("nothing_overdrawn", "UPDATE account SET balance_minor = -1 WHERE guarded"),
    ("holds_match", "UPDATE account SET held_minor = 0"),
    ("holds_match", "DELETE FROM hold WHERE state = 'pending'"),
    ("holds_match", "UPDATE hold SET account_id = gen_random_uuid()"),
    (
        "posted_holds_have_entries",
        "UPDATE hold SET entry_id = gen_random_uuid() WHERE state = 'posted'",
    ),
    (
        "posted_holds_have_entries",
        f"UPDATE hold SET entry_id = {CONTRIBUTION} WHERE state = 'posted'",
    ),
    (
        "done_intents_have_entries",
        "UPDATE intent SET entry_id = gen_random_uuid() WHERE operation = 'contribute'",
    ),
    (
        "entries_of_intents_are_done",
        "UPDATE intent SET state = 'void', entry_id = NULL WHERE operation = 'contribute'",
    ),
    ("entries_of_intents_are_done", "DELETE FROM intent WHERE operation = 'contribute'"),
    ("contributions_match", "DELETE FROM contribution"),
    ("contributions_match", "UPDATE contribution SET amount_minor = amount_minor + 1"),
    ("contributions_match", "UPDATE contribution SET fee_minor = fee_minor - 1"),
    ("contributions_match", "UPDATE contribution SET subscriber_id = gen_random_uuid()"),
    ("contributions_match", "UPDATE contribution SET group_id = gen_random_uuid()"),
    ("contributions_match", "UPDATE contribution SET currency = 'KES'"),
    (
        "contributions_match",
        "INSERT INTO contribution SELECT tenant_id, gen_random_uuid(), group_id, subscriber_id,"
        " 1, 0, 'RWF' FROM contribution",
    ),
    ("topup_moves_what_was_shown", "UPDATE intent SET amount_minor = 999 WHERE state = 'done'"),
    ("contribute_moves_what_was_shown", "UPDATE intent SET amount_minor = 999"),
    ("intents_match_fees", "UPDATE intent SET fee_minor = 0 WHERE operation = 'topup'"),
    ("approvals_match", "UPDATE approval SET amount_minor = 1"),
    ("approvals_match", "UPDATE approval SET state = 'approved' WHERE state = 'pending'"),
    ("approvals_match", "UPDATE approval SET state = 'expired' WHERE state = 'approved'"),
    (
        "approvals_match",
        "UPDATE hold h SET state = 'voided' FROM approval a"
        " WHERE a.hold_id = h.id AND a.state = 'pending'",
    ),
    (
        "approvals_match",
        "UPDATE hold h SET state = 'pending' FROM approval a"
        " WHERE a.hold_id = h.id AND a.state = 'refused'",
    ),
    ("receipts_have_entries", "UPDATE message SET entry_id = gen_random_uuid()"),
    (
        "contribution_has_receipts",
        f"UPDATE message SET entry_id = NULL WHERE entry_id = {CONTRIBUTION}",
    ),
    (
        "topup_has_receipts",
        "DELETE FROM message WHERE template = 'topup_customer'",
    ),
    (
        "contribution_has_receipts",
        "INSERT INTO message (tenant_id, id, subscriber_id, service_id, template, params, entry_id)"
        " SELECT tenant_id, gen_random_uuid(), subscriber_id, service_id, template, params,"
        f" entry_id FROM message WHERE entry_id = {CONTRIBUTION}",
    ),
    *(
        (f"{move}_moves_what_was_shown", f"UPDATE intent SET amount_minor = 9 {of}")
        for move in ("float_sale", "float_return", "float_purchase", "cash_out")
        for of in (f"WHERE operation = '{move}'",)
    ),
    *(
        (f"{move}_has_receipts", f"DELETE FROM message WHERE template = '{template}'")
        for move in ("float_sale", "float_return")
        for template in ("float_sent", "float_received")
    ),
    (
        "float_offers_match",
        "UPDATE hold SET state = 'voided' WHERE id IN (SELECT hold_id FROM float_offer"
        " WHERE state = 'offered')",
    ),
    (
        "float_offers_match",
        "UPDATE float_offer SET state = 'expired' WHERE state = 'taken'",
    ),
    ("float_asks_are_given", "UPDATE float_ask SET amount_minor = amount_minor + 1"),
    ("float_purchase_has_receipts", "DELETE FROM message WHERE template = 'float_bought'"),
    ("commission_payout_has_receipts", "DELETE FROM message WHERE template = 'commission_paid'"),
    (
        "commission_taken_back_has_receipts",
        "DELETE FROM message WHERE template = 'commission_taken_back'",
    ),
    ("sale_reversal_has_receipts", "DELETE FROM message WHERE template = 'sale_reversed'"),
    (
        "reversals_hold",
        "UPDATE hold SET state = 'voided' WHERE id IN (SELECT hold_id FROM sale_reversal"
        " WHERE state NOT IN ('done', 'dropped'))",
    ),
    (
        "reversals_mirror_sales",
        "UPDATE posting SET amount_minor = 2 * amount_minor"
        " WHERE entry_id IN (SELECT id FROM entry WHERE kind = 'sale_reversal')",
    ),
    (
        "commission_is_never_overpaid",
        "UPDATE posting SET amount_minor = abs(amount_minor)"
        " WHERE account_id IN (SELECT id FROM account WHERE kind = 'commission_owed')",
    ),
    ("cash_out_has_receipts", "DELETE FROM message WHERE template = 'cash_out_agent'"),
    ("bookings_have_two_officers", "DELETE FROM approval_request WHERE kind = 'booking'"),
    (
        "bookings_have_two_officers",
        "UPDATE approval_request SET state = 'refused' WHERE kind = 'booking'",
    ),
    ("bookings_have_two_officers", "DELETE FROM entry WHERE kind = 'booking_reversal'"),
    (
        "bookings_move_what_was_asked",
        "UPDATE approval_request SET params = params || '{\"amount_minor\": 1}'",
    ),
    (
        "bookings_move_what_was_asked",
        "UPDATE approval_request SET params = params || jsonb_build_object('target', id)",
    ),
    (
        "broadcasts_go_on",
        "INSERT INTO broadcast (tenant_id, id, service_id, audience, words_sealed, fingerprint,"
        " people, state, created_by) SELECT id, gen_random_uuid(), gen_random_uuid(), 'a list', '',"
        " '', 1, 'running', 'officer ann' FROM tenant",
    ),
    (
        "broadcasts_written_once",
        "INSERT INTO broadcast_recipient (tenant_id, broadcast_id, number, subscriber_id, state,"
        " message_id) SELECT tenant_id, gen_random_uuid(), 1, id, 'written', gen_random_uuid()"
        " FROM subscriber LIMIT 1",
    ),
    ("broadcasts_written_once", "UPDATE message SET template = 'broadcast'"),
    ("movements_are_booked", "UPDATE provider_movement SET entry_id = gen_random_uuid()"),
    ("movements_are_booked", "UPDATE provider_movement SET amount_minor = 1"),
    ("wallets_hold_what_moved", "DELETE FROM provider_movement WHERE provider_txid = '1'"),
    (
        "wallets_hold_what_moved",
        "INSERT INTO provider_movement SELECT tenant_id, gen_random_uuid(), wallet, '9', source,"
        " seen_by, amount_minor, currency, NULL, NULL, happened_at, state, entry_id"
        " FROM provider_movement LIMIT 1",
    ),
    (
        "suspense_is_explained",
        "UPDATE provider_movement SET state = 'allocated' WHERE state = 'suspense'",
    ),
    ("suspense_is_explained", "UPDATE provider_movement SET state = 'suspense'"),
    (
        "texts_in_suspense_are_queued",
        "UPDATE provider_movement SET state = 'suspense', source = 'sms'",
    ),
    ("paid_payments_moved_money", "UPDATE payment SET amount_minor = 299 WHERE state = 'paid'"),
    ("paid_payments_moved_money", "UPDATE payment SET currency = 'KES' WHERE state = 'paid'"),
    ("paid_payments_moved_money", "UPDATE provider_movement SET payment_id = NULL"),
    (
        "payments_end_their_intents",
        "UPDATE intent SET state = 'void' WHERE operation = 'deposit' AND state = 'pending'",
    ),
    (
        "payments_end_their_intents",
        "UPDATE intent SET state = 'pending' WHERE operation = 'deposit' AND state = 'void'",
    ),
    ("payments_end_their_intents", "UPDATE payment SET state = 'paid' WHERE state = 'pending'"),
    (
        "payouts_are_covered",
        "UPDATE hold SET state = 'voided' FROM payment p WHERE p.hold_id = hold.id",
    ),
    (
        "payouts_are_covered",
        "UPDATE hold SET expires_at = now() FROM payment p WHERE p.hold_id = hold.id",
    ),
    ("payouts_are_covered", "UPDATE payment SET state = 'failed' WHERE hold_id IS NOT NULL"),
    ("meetings_match", "UPDATE savings_meeting_line SET saved_minor = 1"),
    ("meetings_match", "UPDATE savings_meeting_line SET entry_id = NULL"),
    ("meetings_match", "UPDATE savings_meeting SET state = 'stopped'"),
    ("meetings_match", "DELETE FROM savings_correction"),
    (
        "group_cash_is_there",
        "UPDATE savings_book SET cash_account_id = social_fund_account_id",
    ),
    ("stock_matches_movements", "UPDATE stock SET on_hand = on_hand + 1"),
    ("stock_matches_movements", "DELETE FROM stock_movement WHERE reason = 'opening'"),
    ("stock_is_promised_to_orders", "UPDATE stock SET reserved = reserved + 1"),
    (
        "stock_is_promised_to_orders",
        "UPDATE shop_order SET state = 'expired' WHERE state = 'confirmed'",
    ),
    ("deliveries_left_the_warehouse", "UPDATE shop_order_line SET delivered = 0"),
    (
        "orders_match_ledger",
        "UPDATE shop_order SET delivered_minor = delivered_minor + 1 WHERE state = 'invoiced'",
    ),
    (
        "orders_match_ledger",
        "UPDATE shop_order SET paid_minor = paid_minor - 1 WHERE paid_minor > 0",
    ),
    ("orders_match_ledger", "UPDATE shop_order SET state = 'settled' WHERE state = 'invoiced'"),
    (
        "orders_match_ledger",
        "UPDATE credit_repayment SET late_fee_minor = late_fee_minor + 1",
    ),
    ("late_fees_are_owed", "UPDATE shop_order SET late_fee_minor = late_fee_minor + 1"),
    ("repayments_add_up", "UPDATE credit_repayment SET invoice_minor = invoice_minor + 1"),
    (
        "shops_owe_their_invoices",
        "UPDATE shop_order SET paid_minor = paid_minor + 1 WHERE state = 'invoiced'",
    ),
    (
        "orders_hold_their_money",
        "UPDATE hold SET state = 'voided' WHERE id IN (SELECT hold_id FROM shop_order)",
    ),
    (
        "orders_hold_their_money",
        "UPDATE shop_order SET state = 'cancelled' WHERE payment = 'wallet'",
    ),
    ("loans_match_ledger", "UPDATE loan SET principal_minor = principal_minor + 1"),
    (
        "loans_match_ledger",
        "UPDATE posting SET amount_minor = amount_minor + 1 WHERE account_id IN"
        " (SELECT account_id FROM loan)",
    ),
    (
        "loans_match_ledger",
        "UPDATE loan SET state = 'refused', entry_id = NULL, disbursed_on = NULL",
    ),
    (
        "ended_loans_owe_nothing",
        "UPDATE loan SET state = 'closed' WHERE state IN ('disbursed', 'repaying')",
    ),
    ("ended_loans_owe_nothing", "UPDATE loan SET lost_minor = 5"),
    ("loan_entries_have_loans", "UPDATE loan SET entry_id = gen_random_uuid()"),
    ("loan_entries_have_loans", "DELETE FROM loan_payment"),
    ("loan_payments_are_split", "UPDATE loan_payment SET amount_minor = amount_minor + 1"),
    ("loan_payments_are_split", "UPDATE loan_split SET interest_minor = interest_minor + 1"),
    ("loan_reversals_are_booked", "UPDATE loan_reversal SET entry_id = gen_random_uuid()"),
    (
        "loan_splits_are_booked",
        "UPDATE loan_split SET interest_minor = interest_minor + 1,"
        " principal_minor = principal_minor - 1",
    ),
    ("loan_plans_add_up", "UPDATE loan_instalment SET principal_minor = principal_minor + 1"),
    ("loan_plans_add_up", "DELETE FROM loan_instalment"),
    (
        "pledges_are_held",
        "UPDATE hold h SET state = 'voided' FROM loan_guarantor n WHERE n.hold_id = h.id",
    ),
    ("pledges_are_held", "UPDATE loan_guarantor SET amount_minor = amount_minor + 1"),
    ("pledges_are_held", "UPDATE loan_guarantor SET state = 'released'"),
    ("loans_have_approvals", "DELETE FROM loan_decision"),
    (
        "loans_have_approvals",
        "UPDATE loan SET borrower_id = (SELECT subscriber_id FROM"
        " loan_decision d WHERE d.loan_id = loan.id LIMIT 1)",
    ),
    (
        "share_outs_match",
        "UPDATE savings_share_out_line SET cash_minor = cash_minor + 1,"
        " part_minor = part_minor + 1",
    ),
    ("share_outs_match", "UPDATE savings_share_out_line SET entry_id = NULL"),
    ("share_outs_match", "UPDATE savings_share_out SET state = 'frozen'"),
    ("share_out_has_receipts", "DELETE FROM message WHERE template = 'share_out_paid'"),
    ("votes_add_up", "DELETE FROM savings_ballot"),
    ("votes_add_up", "UPDATE savings_vote_choice SET votes = 1 - votes WHERE votes < 2"),
    ("votes_add_up", "UPDATE savings_ballot SET number = 2 WHERE number = 1"),
    ("votes_add_up", "UPDATE savings_vote SET members = 0"),
    ("loan_cash_was_seen_by_two", "DELETE FROM savings_meeting_cash"),
    ("loan_cash_was_seen_by_two", "DELETE FROM savings_cash"),
    ("loan_cash_was_seen_by_two", "UPDATE savings_cash SET amount_minor = amount_minor + 1"),
    ("loan_cash_was_seen_by_two", "UPDATE savings_meeting_cash SET entry_id = NULL"),
    (
        "repay_loan_moves_what_was_shown",
        "UPDATE intent SET amount_minor = 9 WHERE operation = 'repay_loan'",
    ),
    ("rides_match_ledger", "UPDATE ride SET fare_minor = fare_minor + 1"),
    ("rides_match_ledger", "UPDATE ride SET entry_id = NULL"),
    (
        "ride_holds_end",
        "UPDATE hold h SET state = 'pending' FROM ride r WHERE r.hold_id = h.id",
    ),
    (
        "ride_holds_end",
        "UPDATE hold h SET state = 'voided' FROM ride r WHERE r.hold_id = h.id"
        " AND r.ended_at IS NULL",
    ),
    ("ride_offers_match", "UPDATE ride_offer SET state = 'expired' WHERE state = 'open'"),
    ("ride_offers_match", "DELETE FROM ride_offer WHERE state = 'accepted'"),
    ("ride_entries_have_rides", "UPDATE ride SET entry_id = gen_random_uuid()"),
    ("ride_fare_has_receipts", "DELETE FROM message WHERE template = 'ride_earned'"),
    ("ride_cancellation_has_receipts", "DELETE FROM message WHERE template = 'cancellation_paid'"),
    ("loan_disbursement_has_receipts", "DELETE FROM message WHERE template = 'loan_disbursed'"),
    ("loan_repayment_has_receipts", "DELETE FROM message WHERE template = 'loan_repaid'"),
    ("texts_have_jobs", "DELETE FROM outbox"),
    ("texts_have_jobs", "UPDATE outbox SET state = 'done'"),
]
