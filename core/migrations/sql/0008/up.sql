-- In a revision, and so a transaction, of its own: while it is built, sales wait, but nobody's dial.
CREATE INDEX approval_lately ON approval (tenant_id, approver_id, created_at DESC);
