DROP INDEX approval_lately;
ALTER TABLE approval DROP COLUMN ended_session;
