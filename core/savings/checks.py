"""What must be true of contributions, over all tenants."""

from core.money.verify import Check, has_receipts, moves_what_was_shown


def _on(account: str) -> str:
    """What the postings `p` of a group of rows come to on an account."""
    return f"coalesce(sum(p.amount_minor) FILTER (WHERE p.account_id = {account}), 0)"


CHECKS = (
    Check(
        "contributions_match",
        "every contribution has its entry and every entry of one its contribution, with the same"
        " amount and fee, from the payer's wallet into the payer's savings in the group",
        "SELECT coalesce(c.tenant_id, e.tenant_id), coalesce(c.entry_id, e.id)"
        " FROM contribution c FULL JOIN (SELECT * FROM entry WHERE kind = 'contribution') e"
        " ON e.tenant_id = c.tenant_id AND e.id = c.entry_id"
        " WHERE c.entry_id IS NULL OR e.id IS NULL"
        " UNION ALL SELECT c.tenant_id, c.entry_id FROM contribution c"
        " LEFT JOIN membership m ON m.tenant_id = c.tenant_id AND m.group_id = c.group_id"
        " AND m.subscriber_id = c.subscriber_id"
        " LEFT JOIN posting p ON p.tenant_id = c.tenant_id AND p.entry_id = c.entry_id"
        " AND p.currency = c.currency"
        " LEFT JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        " GROUP BY c.tenant_id, c.entry_id, c.amount_minor, c.fee_minor"
        " HAVING c.amount_minor IS DISTINCT FROM"
        "  sum(p.amount_minor) FILTER (WHERE p.account_id = m.savings_account_id)"
        " OR c.fee_minor <> coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'fees'), 0)"
        " OR -(c.amount_minor + c.fee_minor) IS DISTINCT FROM sum(p.amount_minor)"
        "  FILTER (WHERE a.kind = 'wallet' AND a.owner_id = c.subscriber_id)",
    ),
    Check(
        "meetings_match",
        "a line of a closed meeting has its entry, out of the box's cash into the member's savings,"
        " the social fund and the loan fund, with the same amounts; no other entry is a meeting's",
        "SELECT l.tenant_id, l.meeting_id FROM savings_meeting_line l"
        " JOIN savings_meeting m ON m.tenant_id = l.tenant_id AND m.id = l.meeting_id"
        " LEFT JOIN savings_book b ON b.tenant_id = m.tenant_id AND b.group_id = m.group_id"
        " LEFT JOIN membership s ON s.tenant_id = m.tenant_id AND s.group_id = m.group_id"
        "  AND s.subscriber_id = l.subscriber_id"
        " LEFT JOIN posting p ON p.tenant_id = l.tenant_id AND p.entry_id = l.entry_id"
        "  AND p.currency = m.currency"
        " GROUP BY l.tenant_id, l.meeting_id, l.subscriber_id, m.state, l.entry_id, l.saved_minor,"
        "  l.social_minor, l.fine_minor"
        " HAVING CASE WHEN m.state = 'closed' THEN"
        "  (coalesce(l.saved_minor, 0), l.social_minor, l.fine_minor,"
        "   -coalesce(l.saved_minor, 0) - l.social_minor - l.fine_minor) IS DISTINCT FROM"
        f"  ({_on('s.savings_account_id')}, {_on('b.social_fund_account_id')},"
        f"   {_on('b.loan_fund_account_id')}, {_on('b.cash_account_id')})"
        "  ELSE l.entry_id IS NOT NULL END"
        " UNION ALL SELECT e.tenant_id, e.id FROM entry e"
        " LEFT JOIN savings_meeting_line l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id"
        " LEFT JOIN savings_correction c ON c.tenant_id = e.tenant_id"
        "  AND e.id IN (c.entry_id, c.reversal_entry_id)"
        " WHERE e.kind IN ('meeting', 'meeting_reversal') AND l.entry_id IS NULL"
        "  AND c.meeting_id IS NULL",
    ),
    Check(
        "group_cash_is_there",
        "a group's box has no less than nothing in it, and its social fund is not below zero",
        "SELECT b.tenant_id, b.group_id FROM savings_book b"
        " JOIN posting p ON p.tenant_id = b.tenant_id"
        "  AND p.account_id IN (b.cash_account_id, b.social_fund_account_id)"
        " GROUP BY 1, 2, b.cash_account_id, b.social_fund_account_id"
        f" HAVING {_on('b.cash_account_id')} > 0 OR {_on('b.social_fund_account_id')} < 0",
    ),
    Check(
        "share_outs_match",
        "a line of a share-out that was paid has its entry, out of the member's savings, with the"
        " same amounts for a loan, in cash and to the wallet; no other entry is a share-out's, and"
        " nothing is left between parts and loans",
        "SELECT l.tenant_id, l.share_out_id FROM savings_share_out_line l JOIN savings_share_out s"
        " ON s.tenant_id = l.tenant_id AND s.id = l.share_out_id"
        " LEFT JOIN posting p ON p.tenant_id = l.tenant_id AND p.entry_id = l.entry_id"
        " LEFT JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        " GROUP BY l.tenant_id, l.share_out_id, l.subscriber_id, s.state, l.entry_id,"
        "  l.saved_minor, l.netted_minor, l.cash_minor, l.wallet_minor"
        " HAVING CASE WHEN s.state IN ('paid', 'closed') THEN"
        "  (l.saved_minor, l.netted_minor, l.cash_minor, l.wallet_minor) IS DISTINCT FROM"
        "  (coalesce(-sum(p.amount_minor) FILTER (WHERE a.kind = 'savings'"
        "    AND a.owner_id = l.subscriber_id), 0),"
        "   coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'share_out'), 0),"
        "   coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'group_cash'), 0),"
        "   coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'wallet'"
        "    AND a.owner_id = l.subscriber_id), 0))"
        "  ELSE l.entry_id IS NOT NULL END"
        " UNION ALL SELECT e.tenant_id, e.id FROM entry e LEFT JOIN savings_share_out_line l"
        " ON l.tenant_id = e.tenant_id AND l.entry_id = e.id"
        " WHERE e.kind = 'share_out' AND l.entry_id IS NULL"
        " UNION ALL SELECT a.tenant_id, a.id FROM account a JOIN posting p"
        " ON p.tenant_id = a.tenant_id AND p.account_id = a.id WHERE a.kind = 'share_out'"
        " GROUP BY 1, 2 HAVING sum(p.amount_minor) <> 0",
    ),
    Check(
        "votes_add_up",
        "the votes of a question come to as many as have voted, no more than there are members; and"
        " each choice of an open ballot to those who made it",
        "SELECT v.tenant_id, v.id FROM savings_vote v"
        " LEFT JOIN (SELECT tenant_id, vote_id, sum(votes) AS votes FROM savings_vote_choice"
        "  GROUP BY 1, 2) c ON c.tenant_id = v.tenant_id AND c.vote_id = v.id"
        " LEFT JOIN (SELECT tenant_id, vote_id, count(*) AS cast_by FROM savings_ballot"
        "  GROUP BY 1, 2) b ON b.tenant_id = v.tenant_id AND b.vote_id = v.id"
        " WHERE coalesce(c.votes, 0) <> coalesce(b.cast_by, 0)"
        " OR coalesce(b.cast_by, 0) > v.members"
        " UNION ALL SELECT c.tenant_id, c.vote_id FROM savings_vote_choice c JOIN savings_vote v"
        " ON v.tenant_id = c.tenant_id AND v.id = c.vote_id AND NOT v.secret"
        " WHERE c.votes <> (SELECT count(*) FROM savings_ballot b WHERE b.tenant_id = c.tenant_id"
        "  AND b.vote_id = c.vote_id AND b.number = c.number)",
    ),
    has_receipts("share_out", 1),
    moves_what_was_shown("contribute", "i.amount_minor + i.fee_minor"),
    has_receipts("contribution", 1),
)
