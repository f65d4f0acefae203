-- What staff's pages show is pushed to them: with the COMMIT, and told once however many rows of a
-- kind a transaction changed. Only of what is rare and waits for somebody: a NOTIFY holds a lock of the
-- whole database while its transaction commits, so nothing that a turn or a sent text writes has one.
CREATE FUNCTION tell_console() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('piga_live', CASE TG_OP WHEN 'DELETE' THEN OLD.tenant_id ELSE NEW.tenant_id END
        || '["console","' || TG_ARGV[0] || '"]');
    RETURN NULL;
END $$;
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['approval_request', 'alarm', 'call_back', 'missing_money',
        'payment_exception', 'work_claim', 'agent_signal']
    LOOP
        EXECUTE format('CREATE TRIGGER tell_console AFTER INSERT OR UPDATE OR DELETE ON %I'
            ' FOR EACH ROW EXECUTE FUNCTION tell_console(''work'')', one);
    END LOOP;
END $$;
CREATE TRIGGER tell_console AFTER UPDATE OF state ON outbox
    FOR EACH ROW WHEN (NEW.state = 'dead') EXECUTE FUNCTION tell_console('work');
CREATE TRIGGER tell_console AFTER UPDATE OF state ON message
    FOR EACH ROW WHEN (NEW.state IN ('unknown', 'failed')) EXECUTE FUNCTION tell_console('messages');
CREATE TRIGGER tell_console AFTER UPDATE OF state ON payment
    FOR EACH ROW WHEN (NEW.state IN ('unknown', 'review', 'failed'))
    EXECUTE FUNCTION tell_console('payments');
