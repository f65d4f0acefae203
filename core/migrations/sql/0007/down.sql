ALTER TABLE approval DROP COLUMN ended_session;
