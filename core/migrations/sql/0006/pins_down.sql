-- A guess is counted, and that is committed, before it is verified: parallel guesses count too.
-- The last one locks at once, so that a process killed between guess and verdict leaves a lock that
-- runs out, and a right PIN takes the lock off again.
-- Answers (hash, tries left after this one, seconds still locked); hash is null when refused.
CREATE OR REPLACE FUNCTION pin_attempt(
    p_tenant uuid, p_subscriber uuid, p_tries smallint, p_lock_s integer,
    OUT pin_hash text, OUT tries_left integer, OUT locked_s integer
) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('piga.tenant', p_tenant::text, true);
    UPDATE subscriber s SET
        -- A lock that ran out begins a fresh count.
        pin_attempts = CASE WHEN s.pin_locked_until IS NULL THEN s.pin_attempts ELSE 0 END + 1,
        pin_locked_until =
            CASE WHEN CASE WHEN s.pin_locked_until IS NULL THEN s.pin_attempts ELSE 0 END + 1
                      >= p_tries
                 THEN now() + make_interval(secs => p_lock_s) END
    WHERE s.tenant_id = p_tenant AND s.id = p_subscriber AND s.pin_hash IS NOT NULL
      AND (s.pin_locked_until IS NULL OR s.pin_locked_until <= now())
    RETURNING s.pin_hash, greatest(0, p_tries - s.pin_attempts) INTO pin_hash, tries_left;
    IF pin_hash IS NULL THEN
        SELECT 0, ceil(extract(epoch FROM s.pin_locked_until - now()))::integer
          INTO tries_left, locked_s
          FROM subscriber s WHERE s.tenant_id = p_tenant AND s.id = p_subscriber
            AND s.pin_hash IS NOT NULL;
    END IF;
END $$;
ALTER TABLE subscriber DROP COLUMN pin_locks;
