-- Who runs a region or a station sees what is of it and changes nothing else, whatever is asked: the
-- console says the scopes of its visit (core/staff/scopes.py), a line each, such as "region:Kigali".
-- For phones and jobs nothing is said, and nothing is narrower.
CREATE FUNCTION staff_scopes() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN pg_catalog.string_to_array(
        NULLIF(pg_catalog.current_setting('piga.scopes', true), ''), E'\n');
CREATE POLICY within_scopes ON fuel_station AS RESTRICTIVE TO piga_app
    USING (staff_scopes() IS NULL OR ARRAY['region:' || region, 'station:' || name,
        'station:' || number] && staff_scopes());
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['fuel_tank', 'fuel_nozzle', 'fuel_attendant',
        'fuel_acknowledgement', 'fuel_shift', 'fuel_sale', 'fuel_complaint']
    LOOP
        EXECUTE format('CREATE POLICY within_scopes ON %I AS RESTRICTIVE TO piga_app USING ('
            'staff_scopes() IS NULL OR EXISTS (SELECT FROM fuel_station s'
            ' WHERE s.tenant_id = %I.tenant_id AND s.id = %I.station_id))', one, one, one);
    END LOOP;
    FOREACH one IN ARRAY ARRAY['fuel_chart', 'fuel_dip', 'fuel_delivery', 'fuel_stock_day',
        'fuel_stock_alarm']
    LOOP
        EXECUTE format('CREATE POLICY within_scopes ON %I AS RESTRICTIVE TO piga_app USING ('
            'staff_scopes() IS NULL OR EXISTS (SELECT FROM fuel_tank t'
            ' WHERE t.tenant_id = %I.tenant_id AND t.id = %I.tank_id))', one, one, one);
    END LOOP;
END $$;
