-- What is sold, as the tenant calls it, in the order in which it is listed; `unit` is what a price
-- is for.
CREATE TABLE fuel_product (
    tenant_id uuid NOT NULL REFERENCES tenant,
    key text NOT NULL,
    name text NOT NULL,
    unit text NOT NULL,
    position smallint NOT NULL,
    PRIMARY KEY (tenant_id, key),
    CONSTRAINT fuel_product_unit_check CHECK (unit IN ('litre', 'kilogram'))
);

-- Margins and rounding are dated: a price is worked out by the table of the day that it begins.
CREATE TABLE fuel_tariff (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    terms jsonb NOT NULL,
    valid_from timestamptz NOT NULL,
    approved_by text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, valid_from)
);

-- `number` is what people dial, for life. A station without a dealer is the company's own.
CREATE TABLE fuel_station (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    region text NOT NULL,
    latitude_e7 integer NOT NULL,
    longitude_e7 integer NOT NULL,
    dealer_id uuid,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, number),
    FOREIGN KEY (tenant_id, dealer_id) REFERENCES subscriber
);
CREATE INDEX fuel_station_dealer ON fuel_station (tenant_id, dealer_id);

CREATE TABLE fuel_tank (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    number smallint NOT NULL,
    product text NOT NULL,
    capacity_l integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, station_id, number),
    CONSTRAINT fuel_tank_capacity_check CHECK (capacity_l > 0),
    FOREIGN KEY (tenant_id, station_id) REFERENCES fuel_station,
    FOREIGN KEY (tenant_id, product) REFERENCES fuel_product
);

-- `digits` are those before the point of the nozzle's totaliser, which begins again at 0 after them.
CREATE TABLE fuel_nozzle (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    tank_id uuid NOT NULL,
    pump smallint NOT NULL,
    number smallint NOT NULL,
    digits smallint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, station_id, number),
    CONSTRAINT fuel_nozzle_digits_check CHECK (digits >= 5 AND digits <= 9),
    FOREIGN KEY (tenant_id, station_id) REFERENCES fuel_station,
    FOREIGN KEY (tenant_id, tank_id) REFERENCES fuel_tank
);

-- `wrong_codes` were typed in `wrong_hour`, counted from 1970.
CREATE TABLE fuel_attendant (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    station_id uuid NOT NULL,
    wrong_codes smallint NOT NULL DEFAULT 0,
    wrong_hour integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, subscriber_id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber,
    FOREIGN KEY (tenant_id, station_id) REFERENCES fuel_station
);

-- The prices of a window, published by two (`request_id`) or in the tenant's folder from the start.
-- They hold from `valid_from` until the next ones do.
CREATE TABLE fuel_publication (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    window_first date NOT NULL,
    valid_from timestamptz NOT NULL,
    currency char(3) NOT NULL,
    source_sha256 text NOT NULL,
    submission text NOT NULL,
    request_id uuid,
    published_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, valid_from)
);

-- Amounts in whole units of the currency a litre or kilogram, to six places. `company_price` is
-- what a dealer pays: ex-refinery and all lines. `floor` is the least that the pump may show.
CREATE TABLE fuel_price (
    tenant_id uuid NOT NULL,
    publication_id uuid NOT NULL,
    product text NOT NULL,
    ex_refinery numeric NOT NULL,
    company_price numeric NOT NULL,
    floor numeric NOT NULL,
    PRIMARY KEY (tenant_id, publication_id, product),
    CONSTRAINT fuel_price_above_zero CHECK (ex_refinery > 0 AND company_price > 0 AND floor > 0),
    FOREIGN KEY (tenant_id, publication_id) REFERENCES fuel_publication,
    FOREIGN KEY (tenant_id, product) REFERENCES fuel_product
);

-- A negative line takes away.
CREATE TABLE fuel_price_line (
    tenant_id uuid NOT NULL,
    publication_id uuid NOT NULL,
    product text NOT NULL,
    position smallint NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    part text NOT NULL,
    amount numeric NOT NULL,
    PRIMARY KEY (tenant_id, publication_id, product, position),
    CONSTRAINT fuel_price_line_part_check CHECK (part IN ('line', 'margin')),
    FOREIGN KEY (tenant_id, publication_id, product) REFERENCES fuel_price
);

-- A station has said that it puts these prices up.
CREATE TABLE fuel_acknowledgement (
    tenant_id uuid NOT NULL,
    publication_id uuid NOT NULL,
    station_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, publication_id, station_id),
    FOREIGN KEY (tenant_id, publication_id) REFERENCES fuel_publication,
    FOREIGN KEY (tenant_id, station_id) REFERENCES fuel_station,
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);

-- An attendant's time at a pump. What was counted is compared with what the meters say; a shift
-- that is over by more is positive.
CREATE TABLE fuel_shift (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    pump smallint NOT NULL,
    attendant_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'open',
    currency char(3) NOT NULL,
    expected_minor bigint NOT NULL DEFAULT 0,
    cash_minor bigint NOT NULL DEFAULT 0,
    mobile_minor bigint NOT NULL DEFAULT 0,
    cards_minor bigint NOT NULL DEFAULT 0,
    credit_minor bigint NOT NULL DEFAULT 0,
    opened_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT fuel_shift_state_check CHECK (state IN ('open', 'closed')),
    CONSTRAINT fuel_shift_closed_check CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT fuel_shift_amounts_check CHECK (
        expected_minor >= 0 AND cash_minor >= 0 AND mobile_minor >= 0 AND cards_minor >= 0
        AND credit_minor >= 0),
    FOREIGN KEY (tenant_id, station_id) REFERENCES fuel_station,
    FOREIGN KEY (tenant_id, attendant_id) REFERENCES fuel_attendant
);
-- One at a time of each.
CREATE UNIQUE INDEX fuel_shift_of_attendant ON fuel_shift (tenant_id, attendant_id)
    WHERE state = 'open';
CREATE UNIQUE INDEX fuel_shift_of_pump ON fuel_shift (tenant_id, station_id, pump)
    WHERE state = 'open';
CREATE INDEX fuel_shift_day ON fuel_shift (tenant_id, opened_at);

-- What a nozzle's totaliser said, in centilitres: when the shift began, when a price changed in it,
-- and when it ended. `sold_cl` and `amount_minor` are since the reading before; `gap_cl` is what
-- ran between the shift before and this one.
CREATE TABLE fuel_reading (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    shift_id uuid NOT NULL,
    nozzle_id uuid NOT NULL,
    totaliser_cl bigint NOT NULL,
    sold_cl bigint NOT NULL DEFAULT 0,
    gap_cl bigint NOT NULL DEFAULT 0,
    amount_minor bigint NOT NULL DEFAULT 0,
    publication_id uuid,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT fuel_reading_amounts_check CHECK (
        totaliser_cl >= 0 AND sold_cl >= 0 AND gap_cl >= 0 AND amount_minor >= 0),
    FOREIGN KEY (tenant_id, shift_id) REFERENCES fuel_shift,
    FOREIGN KEY (tenant_id, nozzle_id) REFERENCES fuel_nozzle,
    FOREIGN KEY (tenant_id, publication_id) REFERENCES fuel_publication
);
CREATE INDEX fuel_reading_nozzle ON fuel_reading (tenant_id, nozzle_id, id);
CREATE INDEX fuel_reading_shift ON fuel_reading (tenant_id, shift_id);
