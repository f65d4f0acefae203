"""What must be true of loans, over all tenants."""

from core.money.verify import Check, has_receipts, moves_what_was_shown

_OWED = (
    "SELECT l.tenant_id, l.id, l.state, l.principal_minor, l.lost_minor, l.account_id,"
    " coalesce((SELECT sum(s.principal_minor) FROM loan_split s"
    "  WHERE s.tenant_id = l.tenant_id AND s.loan_id = l.id), 0) AS repaid_minor,"
    " coalesce((SELECT sum(p.amount_minor) FROM posting p WHERE p.tenant_id = l.tenant_id"
    "  AND p.account_id = l.account_id AND p.currency = l.currency), 0) AS booked_minor FROM loan l"
)
_LENT = "state IN ('disbursed', 'repaying', 'closed', 'written_off')"
_SPLIT = "s.penalty_minor + s.fee_minor + s.interest_minor + s.principal_minor"

CHECKS = (
    Check(
        "loans_match_ledger",
        "a loan's account holds what was lent and is neither repaid nor written off; nothing where"
        " it was not paid out",
        f"SELECT tenant_id, id FROM ({_OWED}) o WHERE booked_minor <> CASE WHEN {_LENT}"
        "  THEN repaid_minor + lost_minor - principal_minor ELSE 0 END",
    ),
    Check(
        "ended_loans_owe_nothing",
        "a loan that is closed or written off has nothing on its account; what is lost was written"
        " off",
        f"SELECT tenant_id, id FROM ({_OWED}) o"
        " WHERE (state IN ('closed', 'written_off') AND booked_minor <> 0)"
        " OR (state <> 'written_off' AND lost_minor <> 0)",
    ),
    Check(
        "loan_entries_have_loans",
        "an entry of a loan's payout has its loan, one of a repayment its payment, and each of"
        " these its entry",
        "SELECT coalesce(e.tenant_id, l.tenant_id), coalesce(e.id, l.entry_id)"
        " FROM (SELECT * FROM entry WHERE kind = 'loan_disbursement') e"
        " FULL JOIN (SELECT * FROM loan WHERE entry_id IS NOT NULL) l"
        " ON l.tenant_id = e.tenant_id AND l.entry_id = e.id"
        " WHERE e.id IS NULL OR l.id IS NULL"
        " UNION ALL SELECT coalesce(e.tenant_id, p.tenant_id), coalesce(e.id, p.id)"
        " FROM (SELECT * FROM entry WHERE kind = 'loan_repayment') e"
        " FULL JOIN loan_payment p ON p.tenant_id = e.tenant_id AND p.id = e.id"
        " WHERE e.id IS NULL OR p.id IS NULL",
    ),
    Check(
        "loan_payments_are_split",
        "the parts of a payment come to its amount, which its entry takes from the payer; those of"
        " one that was taken back to nothing",
        "SELECT p.tenant_id, p.id FROM loan_payment p LEFT JOIN loan_reversal r"
        " ON r.tenant_id = p.tenant_id AND r.payment_id = p.id"
        " LEFT JOIN (SELECT s.tenant_id, s.payment_id,"
        f" sum({_SPLIT}) AS total FROM loan_split s GROUP BY 1, 2) s"
        " ON s.tenant_id = p.tenant_id AND s.payment_id = p.id"
        " LEFT JOIN (SELECT o.tenant_id, o.entry_id, sum(o.amount_minor) AS taken FROM posting o"
        "  JOIN account a ON a.tenant_id = o.tenant_id AND a.id = o.account_id"
        "   AND (a.guarded OR a.kind IN ('group_cash', 'share_out'))"
        "  GROUP BY 1, 2) o ON o.tenant_id = p.tenant_id AND o.entry_id = p.id"
        " WHERE CASE WHEN r.entry_id IS NULL THEN p.amount_minor ELSE 0 END"
        "  IS DISTINCT FROM s.total"
        " OR -p.amount_minor IS DISTINCT FROM o.taken",
    ),
    Check(
        "loan_reversals_are_booked",
        "a payment in cash that was taken back has its entry, which gives the box what it had"
        " taken, and each such entry its payment",
        "SELECT coalesce(e.tenant_id, r.tenant_id), coalesce(e.id, r.entry_id)"
        " FROM (SELECT * FROM entry WHERE kind = 'loan_repayment_reversal') e"
        " FULL JOIN loan_reversal r ON r.tenant_id = e.tenant_id AND r.entry_id = e.id"
        " LEFT JOIN loan_payment p ON p.tenant_id = r.tenant_id AND p.id = r.payment_id"
        " LEFT JOIN (SELECT o.tenant_id, o.entry_id, sum(o.amount_minor) AS given FROM posting o"
        "  JOIN account a ON a.tenant_id = o.tenant_id AND a.id = o.account_id"
        "   AND a.kind = 'group_cash' GROUP BY 1, 2) o"
        " ON o.tenant_id = r.tenant_id AND o.entry_id = r.entry_id"
        " WHERE e.id IS NULL OR r.entry_id IS NULL OR p.amount_minor IS DISTINCT FROM o.given",
    ),
    Check(
        "loan_splits_are_booked",
        "each part of a payment is on the group's account for it, by the entry that the split"
        " names",
        "SELECT s.tenant_id, s.entry_id FROM loan_split s JOIN loan l"
        " ON l.tenant_id = s.tenant_id AND l.id = s.loan_id"
        " LEFT JOIN posting p ON p.tenant_id = s.tenant_id AND p.entry_id = s.entry_id"
        " LEFT JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        "  AND (a.owner_id = l.group_id OR a.id = l.account_id)"
        " GROUP BY s.tenant_id, s.entry_id, s.payment_id, s.penalty_minor, s.fee_minor,"
        "  s.interest_minor, s.principal_minor HAVING"
        "  (coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'loan'), 0),"
        "   coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'loan_interest'), 0),"
        "   coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'loan_fees'), 0),"
        "   coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'loan_penalties'), 0))"
        "  <> (s.principal_minor, s.interest_minor, s.fee_minor, s.penalty_minor)",
    ),
    Check(
        "loan_plans_add_up",
        "the instalments of a loan's first plan come to what was lent",
        "SELECT l.tenant_id, l.id FROM loan l LEFT JOIN (SELECT tenant_id, loan_id,"
        " sum(principal_minor) AS total FROM loan_instalment WHERE version = 1 GROUP BY 1, 2) i"
        " ON i.tenant_id = l.tenant_id AND i.loan_id = l.id"
        " WHERE l.entry_id IS NOT NULL AND i.total IS DISTINCT FROM l.principal_minor",
    ),
    Check(
        "pledges_are_held",
        "what a guarantor pledged is held for as long as the loan lives, and no longer",
        "SELECT n.tenant_id, n.loan_id FROM loan_guarantor n"
        " JOIN loan l ON l.tenant_id = n.tenant_id AND l.id = n.loan_id"
        " LEFT JOIN hold h ON h.tenant_id = n.tenant_id AND h.id = n.hold_id"
        " WHERE (n.state = 'accepted' AND (h.state IS DISTINCT FROM 'pending'"
        "   OR h.expires_at IS NOT NULL OR h.amount_minor <> n.amount_minor - n.called_minor"
        "   OR l.state IN ('closed', 'written_off', 'refused', 'withdrawn')))"
        " OR (n.state IN ('asked', 'refused') AND n.hold_id IS NOT NULL)"
        " OR (n.state IN ('released', 'called') AND h.state = 'pending')",
    ),
    Check(
        "loans_have_approvals",
        "a loan that was paid out was agreed to by as many officers as its terms ask for, none of"
        " them its borrower or guarantor",
        "SELECT l.tenant_id, l.id FROM loan l LEFT JOIN loan_decision d"
        " ON d.tenant_id = l.tenant_id AND d.loan_id = l.id AND d.approved"
        " AND d.subscriber_id <> l.borrower_id AND NOT EXISTS (SELECT 1 FROM loan_guarantor n"
        "  WHERE n.tenant_id = l.tenant_id AND n.loan_id = l.id"
        "  AND n.subscriber_id = d.subscriber_id)"
        " WHERE l.entry_id IS NOT NULL GROUP BY l.tenant_id, l.id, l.terms"
        " HAVING count(d.subscriber_id) < (l.terms ->> 'approvals')::int",
    ),
    Check(
        "loan_cash_was_seen_by_two",
        "cash of a loan that was posted stands in a closed meeting, or was recorded by one and"
        " confirmed by another, with the same amount; and none of these has no entry",
        "SELECT e.tenant_id, e.id FROM entry e JOIN posting p ON p.tenant_id = e.tenant_id"
        " AND p.entry_id = e.id JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        " AND a.kind = 'group_cash'"
        " LEFT JOIN savings_meeting_cash c ON c.tenant_id = e.tenant_id AND c.entry_id = e.id"
        " LEFT JOIN savings_cash o ON o.tenant_id = e.tenant_id AND o.entry_id = e.id"
        " WHERE e.kind IN ('loan_disbursement', 'loan_repayment')"
        " AND p.amount_minor IS DISTINCT FROM coalesce(-c.amount_minor,"
        "  CASE o.purpose WHEN 'loan_payout' THEN o.amount_minor ELSE -o.amount_minor END)"
        " UNION ALL SELECT c.tenant_id, c.meeting_id FROM savings_meeting_cash c"
        " JOIN savings_meeting m ON m.tenant_id = c.tenant_id AND m.id = c.meeting_id"
        " WHERE (m.state = 'closed' AND c.amount_minor <> 0) <> (c.entry_id IS NOT NULL)"
        " UNION ALL SELECT o.tenant_id, o.id FROM savings_cash o"
        " LEFT JOIN entry e ON e.tenant_id = o.tenant_id AND e.id = o.entry_id"
        " WHERE o.state = 'approved' AND e.id IS NULL",
    ),
    moves_what_was_shown("repay_loan", "i.amount_minor"),
    has_receipts("loan_disbursement", 1),
    has_receipts("loan_repayment", 1),
)
