-- An account has one line in an entry: that is its primary key, and in this order it is also what a
-- statement is read from. The lines of one entry lie beside each other, so that a few pages of index
-- are enough to find them. A line of nothing is refused where lines are written, by `post_entry`.
ALTER TABLE posting
    DROP CONSTRAINT posting_pkey,
    DROP CONSTRAINT posting_amount_minor_check;
DROP INDEX posting_account;
ALTER TABLE posting ADD PRIMARY KEY (tenant_id, account_id, entry_id);
CREATE INDEX posting_entry ON posting USING brin (entry_id) WITH (autosummarize = on);
