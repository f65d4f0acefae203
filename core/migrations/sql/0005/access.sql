ALTER TABLE entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE entry FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON entry USING (tenant_id = current_tenant());
CREATE POLICY auditor ON entry FOR SELECT TO piga_verify USING (true);
GRANT SELECT ON entry TO piga_app, piga_verify;
GRANT SELECT, INSERT ON entry TO piga_ledger;
