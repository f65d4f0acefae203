-- One constraint where there were three: each is read and prepared for every statement that changes
-- a balance. An account that only collects is never written, so it keeps its zeros.
ALTER TABLE account
    ADD CONSTRAINT account_covers_holds
        CHECK (held_minor >= 0 AND balance_minor >= held_minor) NOT VALID,
    DROP CONSTRAINT account_held_minor_check,
    DROP CONSTRAINT account_check,
    DROP CONSTRAINT account_check1;
ALTER TABLE account VALIDATE CONSTRAINT account_covers_holds;
