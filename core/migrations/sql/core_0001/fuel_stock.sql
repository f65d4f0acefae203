-- What is let pass between a tank's book and its dips: dated, as margins are.
CREATE TABLE fuel_stock_limits (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    terms jsonb NOT NULL,
    valid_from timestamptz NOT NULL,
    approved_by text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, valid_from)
);

-- A tank's certificate: heights in mm and litres, both rising, in `chart` as [["0", "66"], …]. Two
-- officers approved it (`request_id`), or it is in the tenant's folder from the start.
CREATE TABLE fuel_chart (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    tank_id uuid NOT NULL,
    certificate text NOT NULL,
    valid_from date NOT NULL,
    chart jsonb NOT NULL,
    source_sha256 text NOT NULL,
    request_id uuid,
    approved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, tank_id, valid_from),
    FOREIGN KEY (tenant_id, tank_id) REFERENCES fuel_tank
);

-- A dip, as one person reads it and another has seen it. `volume_cl` is what is above the water, as
-- observed; `standard_cl` is the same at 15 °C, and never added to it.
CREATE TABLE fuel_dip (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    tank_id uuid NOT NULL,
    chart_id uuid NOT NULL,
    dipped_by uuid NOT NULL,
    dip_mm numeric NOT NULL,
    water_mm numeric NOT NULL,
    volume_cl bigint NOT NULL,
    water_cl bigint NOT NULL,
    cl_a_mm bigint NOT NULL,
    temperature_c numeric,
    density_15 numeric,
    standard_cl bigint,
    state text NOT NULL DEFAULT 'entered',
    seen_by uuid,
    dipped_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    reckoned_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT fuel_dip_mm_check CHECK (dip_mm >= 0 AND water_mm >= 0 AND water_mm <= dip_mm),
    CONSTRAINT fuel_dip_volumes_check CHECK (volume_cl >= 0 AND water_cl >= 0 AND cl_a_mm > 0),
    CONSTRAINT fuel_dip_state_check CHECK (state IN ('entered', 'confirmed', 'refused')),
    CONSTRAINT fuel_dip_seen_check CHECK ((state <> 'entered') = (seen_by IS NOT NULL AND ended_at IS NOT NULL)),
    CONSTRAINT fuel_dip_two_check CHECK (seen_by <> dipped_by),
    CONSTRAINT fuel_dip_standard_check CHECK (
        (temperature_c IS NULL) = (density_15 IS NULL) AND (temperature_c IS NULL) = (standard_cl IS NULL)),
    FOREIGN KEY (tenant_id, tank_id) REFERENCES fuel_tank,
    FOREIGN KEY (tenant_id, chart_id) REFERENCES fuel_chart,
    FOREIGN KEY (tenant_id, dipped_by) REFERENCES subscriber,
    FOREIGN KEY (tenant_id, seen_by) REFERENCES subscriber
);
CREATE INDEX fuel_dip_tank ON fuel_dip (tenant_id, tank_id, dipped_at) WHERE state = 'confirmed';
CREATE INDEX fuel_dip_entered ON fuel_dip (tenant_id, tank_id, id) WHERE state = 'entered';
CREATE INDEX fuel_dip_to_reckon ON fuel_dip (tenant_id) WHERE state = 'confirmed' AND reckoned_at IS NULL;

-- What a lorry brought into a tank: the ticket's litres, and those of the dips before and after with
-- what was sold in between. `short_cl` is what is claimed; 0 where both agree within `limit_cl`.
CREATE TABLE fuel_delivery (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    tank_id uuid NOT NULL,
    received_by uuid NOT NULL,
    waybill text NOT NULL,
    seals text NOT NULL,
    ticket_cl bigint NOT NULL,
    before_mm numeric NOT NULL,
    after_mm numeric NOT NULL,
    sold_cl bigint NOT NULL,
    received_cl bigint NOT NULL,
    limit_cl bigint NOT NULL,
    short_cl bigint NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, waybill, tank_id),
    CONSTRAINT fuel_delivery_mm_check CHECK (before_mm >= 0 AND after_mm > before_mm),
    CONSTRAINT fuel_delivery_volumes_check CHECK (
        ticket_cl > 0 AND sold_cl >= 0 AND received_cl > 0 AND limit_cl >= 0 AND short_cl >= 0),
    FOREIGN KEY (tenant_id, tank_id) REFERENCES fuel_tank,
    FOREIGN KEY (tenant_id, received_by) REFERENCES subscriber
);
CREATE INDEX fuel_delivery_tank ON fuel_delivery (tenant_id, tank_id, received_at);

-- A tank's day as it was reckoned last: opening + delivered - sold = book, against the dip.
CREATE TABLE fuel_stock_day (
    tenant_id uuid NOT NULL,
    tank_id uuid NOT NULL,
    day date NOT NULL,
    opening_cl bigint NOT NULL,
    delivered_cl bigint NOT NULL,
    sold_cl bigint NOT NULL,
    book_cl bigint NOT NULL,
    dip_cl bigint NOT NULL,
    variance_cl bigint NOT NULL,
    tolerance_cl bigint NOT NULL,
    cumulative_cl bigint NOT NULL,
    reckoned_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, tank_id, day),
    CONSTRAINT fuel_stock_day_book_check CHECK (
        book_cl = opening_cl + delivered_cl - sold_cl AND variance_cl = dip_cl - book_cl),
    FOREIGN KEY (tenant_id, tank_id) REFERENCES fuel_tank
);
CREATE INDEX fuel_stock_day_day ON fuel_stock_day (tenant_id, day);

-- Why somebody looks at a tank; told once for the day, or for the month, that it is `about`.
CREATE TABLE fuel_stock_alarm (
    tenant_id uuid NOT NULL,
    tank_id uuid NOT NULL,
    kind text NOT NULL,
    about date NOT NULL,
    seen_on date NOT NULL,
    litres_cl bigint NOT NULL,
    limit_cl bigint NOT NULL,
    told_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, tank_id, kind, about),
    CONSTRAINT fuel_stock_alarm_kind_check CHECK (kind IN ('sudden', 'slow_trend', 'month', 'delivery')),
    FOREIGN KEY (tenant_id, tank_id) REFERENCES fuel_tank
);
