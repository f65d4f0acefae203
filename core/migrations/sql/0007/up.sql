-- A sale that was approved or refused is told to the session that did it, also when nobody knows
-- that session any more.
ALTER TABLE approval ADD COLUMN ended_session text NOT NULL DEFAULT '';
