-- Tables of fares are dated: a ride keeps the one that its fare was shown by.
CREATE TABLE ride_tariff (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    terms jsonb NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    approved_by text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, valid_from)
);

-- Who rides, with the papers that say so. `cell` is the hexagon that a driver on duty was last in
-- (H3, resolution 9); off duty it is null, and so are stop and position.
CREATE TABLE driver (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    plate text NOT NULL,
    licence text NOT NULL,
    licence_until date NOT NULL,
    insurance_until date NOT NULL,
    stop_id uuid,
    cell bigint,
    latitude_e7 integer,
    longitude_e7 integer,
    seen_at timestamptz,
    PRIMARY KEY (tenant_id, subscriber_id),
    UNIQUE (tenant_id, plate),
    CONSTRAINT driver_on_duty_is_somewhere CHECK (
        (cell IS NULL) = (latitude_e7 IS NULL) AND (cell IS NULL) = (longitude_e7 IS NULL)
        AND (cell IS NULL) = (seen_at IS NULL) AND (cell IS NULL) = (stop_id IS NULL)),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber,
    FOREIGN KEY (tenant_id, stop_id) REFERENCES place
);
CREATE INDEX driver_on_duty ON driver (tenant_id, cell) WHERE cell IS NOT NULL;

-- Papers as they were brought, by the rider or by an agent for them. Staff compare them with the
-- pictures, and what they accept is what `driver` says from then on.
CREATE TABLE driver_papers (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    plate text NOT NULL,
    licence text NOT NULL,
    licence_until date NOT NULL,
    insurance_until date NOT NULL,
    licence_file_id uuid,
    insurance_file_id uuid,
    brought_by uuid NOT NULL,
    brought_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'waiting',
    reason text,
    decided_by text,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT driver_papers_state_check CHECK (
        state IN ('waiting', 'accepted', 'refused', 'replaced')),
    CONSTRAINT driver_papers_ended_check CHECK ((state = 'waiting') = (ended_at IS NULL)),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber,
    FOREIGN KEY (tenant_id, brought_by) REFERENCES subscriber
);
CREATE UNIQUE INDEX driver_papers_waiting ON driver_papers (tenant_id, subscriber_id)
    WHERE state = 'waiting';

-- Who was reminded that a paper ends on a day, so many days before.
CREATE TABLE driver_reminder (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    paper text NOT NULL,
    until date NOT NULL,
    days smallint NOT NULL,
    reminded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, subscriber_id, paper, until, days),
    CONSTRAINT driver_reminder_paper_check CHECK (paper IN ('licence', 'insurance')),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES driver
);

-- `hold_id` sets the fare aside in the customer's wallet; a ride in cash has none. `waiting_minor`
-- was added to the fare, `fee_minor` is what a late cancellation cost.
CREATE TABLE ride (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    driver_id uuid,
    pickup_id uuid NOT NULL,
    destination_id uuid NOT NULL,
    tariff_id uuid NOT NULL,
    distance_m integer NOT NULL,
    fare_minor bigint NOT NULL,
    waiting_minor bigint NOT NULL DEFAULT 0,
    fee_minor bigint NOT NULL DEFAULT 0,
    currency char(3) NOT NULL,
    hold_id uuid,
    entry_id uuid,
    state text NOT NULL DEFAULT 'requested',
    wrong_codes smallint NOT NULL DEFAULT 0,
    stars smallint,
    requested_at timestamptz NOT NULL DEFAULT now(),
    accepted_at timestamptz,
    arrived_at timestamptz,
    started_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT ride_amounts_check CHECK (
        distance_m > 0 AND fare_minor > 0 AND waiting_minor >= 0 AND fee_minor >= 0),
    CONSTRAINT ride_state_check CHECK (state IN ('requested', 'offered', 'accepted', 'arrived',
        'started', 'completed', 'cancelled', 'expired', 'no_show')),
    CONSTRAINT ride_stars_check CHECK (
        stars IS NULL OR (stars >= 1 AND stars <= 5 AND state = 'completed')),
    CONSTRAINT ride_driver_check CHECK (
        (state IN ('accepted', 'arrived', 'started', 'completed', 'no_show')) <= (driver_id IS NOT NULL)
        AND (state IN ('requested', 'offered', 'expired')) <= (driver_id IS NULL)),
    CONSTRAINT ride_ended_check CHECK (
        (state IN ('completed', 'cancelled', 'expired', 'no_show')) = (ended_at IS NOT NULL)),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES subscriber,
    FOREIGN KEY (tenant_id, driver_id) REFERENCES driver,
    FOREIGN KEY (tenant_id, pickup_id) REFERENCES place,
    FOREIGN KEY (tenant_id, destination_id) REFERENCES place,
    FOREIGN KEY (tenant_id, tariff_id) REFERENCES ride_tariff
);
-- One at a time of each: no ride has two drivers, no driver two rides.
CREATE UNIQUE INDEX ride_of_customer ON ride (tenant_id, customer_id)
    WHERE state IN ('requested', 'offered', 'accepted', 'arrived', 'started');
CREATE UNIQUE INDEX ride_of_driver ON ride (tenant_id, driver_id)
    WHERE state IN ('accepted', 'arrived', 'started');
CREATE INDEX ride_open ON ride (tenant_id, state, requested_at)
    WHERE state IN ('requested', 'offered', 'accepted', 'arrived', 'started');
-- Reports read by when rides ended.
CREATE INDEX ride_past ON ride (tenant_id, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX ride_past_of_driver ON ride (tenant_id, driver_id, ended_at);
CREATE INDEX ride_past_of_customer ON ride (tenant_id, customer_id, ended_at);

-- Every change of a ride, for good.
CREATE TABLE ride_event (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    ride_id uuid NOT NULL,
    step text NOT NULL,
    actor_id uuid,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, ride_id) REFERENCES ride
);
CREATE INDEX ride_event_ride ON ride_event (tenant_id, ride_id);

CREATE TABLE ride_offer (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    ride_id uuid NOT NULL,
    driver_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'open',
    offered_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, ride_id, driver_id),
    CONSTRAINT ride_offer_state_check CHECK (
        state IN ('open', 'accepted', 'refused', 'expired', 'withdrawn')),
    FOREIGN KEY (tenant_id, ride_id) REFERENCES ride,
    FOREIGN KEY (tenant_id, driver_id) REFERENCES driver
);
CREATE UNIQUE INDEX ride_offer_of_ride ON ride_offer (tenant_id, ride_id) WHERE state = 'open';
CREATE UNIQUE INDEX ride_offer_of_driver ON ride_offer (tenant_id, driver_id) WHERE state = 'open';
CREATE INDEX ride_offer_day ON ride_offer (tenant_id, driver_id, offered_at);
