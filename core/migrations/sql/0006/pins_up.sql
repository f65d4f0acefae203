-- How often in a row the PIN was locked, without a right one in between.
ALTER TABLE subscriber ADD COLUMN pin_locks smallint NOT NULL DEFAULT 0 CHECK (pin_locks >= 0);

-- A guess is counted, and that is committed, before it is verified: parallel guesses count too.
-- The last one locks at once, so that a process killed between guess and verdict leaves a lock that
-- runs out, and a right PIN takes the lock off again.
-- Without a right one in between each lock lasts twice as long as the one before, up to eight times
-- p_lock_s: who only waits would otherwise have as many tries again, for ever.
-- Answers (hash, tries left after this one, seconds locked from now on); hash is null when refused.
CREATE OR REPLACE FUNCTION pin_attempt(
    p_tenant uuid, p_subscriber uuid, p_tries smallint, p_lock_s integer,
    OUT pin_hash text, OUT tries_left integer, OUT locked_s integer
) LANGUAGE plpgsql AS $$
DECLARE
    who record;
    attempts integer;
BEGIN
    PERFORM set_config('piga.tenant', p_tenant::text, true);
    SELECT s.pin_hash, s.pin_attempts, s.pin_locked_until, s.pin_locks INTO who
        FROM subscriber s WHERE s.tenant_id = p_tenant AND s.id = p_subscriber
        FOR NO KEY UPDATE;
    tries_left := 0;
    IF who.pin_hash IS NULL THEN
        RETURN;
    END IF;
    IF who.pin_locked_until > now() THEN
        locked_s := ceil(extract(epoch FROM who.pin_locked_until - now()));
        RETURN;
    END IF;
    -- A lock that ran out begins a fresh count.
    attempts := CASE WHEN who.pin_locked_until IS NULL THEN who.pin_attempts ELSE 0 END + 1;
    IF attempts >= p_tries THEN
        locked_s := p_lock_s * 2 ^ least(who.pin_locks, 3);
    END IF;
    UPDATE subscriber s SET
        pin_attempts = attempts,
        pin_locked_until = now() + make_interval(secs => locked_s),
        pin_locks = who.pin_locks + CASE WHEN attempts >= p_tries THEN 1 ELSE 0 END
    WHERE s.tenant_id = p_tenant AND s.id = p_subscriber;
    pin_hash := who.pin_hash;
    tries_left := greatest(0, p_tries - attempts);
END $$;
