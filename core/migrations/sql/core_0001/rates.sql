-- What a tenant asks for rates: which sources, in its order, and how often. Before `asks_from` no
-- request is to leave: sources are asked at a measured pace, whichever process asks.
CREATE TABLE rate_plan (
    tenant_id uuid NOT NULL REFERENCES tenant,
    providers text[] NOT NULL,
    compared_with text,
    interval_s integer NOT NULL CHECK (interval_s >= 60),
    compared_at timestamptz,
    asks_from timestamptz,
    PRIMARY KEY (tenant_id)
);

-- A pair that is polled, and what is known of it. An amount of `destination` / an amount of `source`
-- is its rate, in the direction that was asked for. `fetched_at` is the last fetch that said so,
-- `changed_at` the first, `provider_at` the source's own time.
CREATE TABLE rate_pair (
    tenant_id uuid NOT NULL REFERENCES tenant,
    source char(3) NOT NULL,
    destination char(3) NOT NULL,
    listed boolean NOT NULL DEFAULT true,
    rate_id uuid,
    source_amount numeric,
    destination_amount numeric,
    provider text NOT NULL DEFAULT '',
    provider_at timestamptz,
    fetched_at timestamptz,
    changed_at timestamptz,
    -- The last changes that were accepted, the newest last.
    changes numeric[] NOT NULL DEFAULT '{}',
    -- A poll that waits for a second one, or for a person.
    held_source_amount numeric,
    held_destination_amount numeric,
    held_provider text,
    held_at timestamptz,
    held_reason text,
    -- When it was last asked for, and when somebody who found it old had it asked for.
    tried_at timestamptz,
    refresh_at timestamptz,
    PRIMARY KEY (tenant_id, source, destination),
    CONSTRAINT rate_pair_source_check CHECK (source <> destination),
    CONSTRAINT rate_pair_rate_id_check CHECK ((rate_id IS NULL) = (fetched_at IS NULL))
);

-- Each change of a rate, for good. A correction is one more row.
CREATE TABLE rate (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    source char(3) NOT NULL,
    destination char(3) NOT NULL,
    rate numeric(36,8) NOT NULL CHECK (rate > 0),
    source_amount numeric NOT NULL,
    destination_amount numeric NOT NULL,
    provider text NOT NULL,
    provider_at timestamptz,
    fetched_at timestamptz NOT NULL,
    reason text NOT NULL
        CHECK (reason IN ('first', 'change', 'confirmed', 'person', 'correction')),
    corrects uuid,
    PRIMARY KEY (tenant_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX rate_by_pair ON rate (tenant_id, source, destination, id DESC);

-- A run of the poller over all pairs. One at a time: whoever holds the lease polls, and goes on
-- where one that was killed stopped.
CREATE TABLE rate_run (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    holder uuid NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz NOT NULL,
    ended_at timestamptz,
    accepted integer NOT NULL DEFAULT 0,
    unchanged integer NOT NULL DEFAULT 0,
    held integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX rate_run_open ON rate_run (tenant_id) WHERE ended_at IS NULL;
CREATE INDEX rate_run_newest ON rate_run (tenant_id, started_at DESC);

-- Tell somebody when a rate is above a level, or below. Armed, it fires at the first rate there;
-- one that fires every time is armed again once the rate has left the level.
CREATE TABLE rate_alert (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    service_id uuid NOT NULL,
    source char(3) NOT NULL,
    destination char(3) NOT NULL,
    direction text NOT NULL CHECK (direction IN ('above', 'below')),
    level numeric(36,8) NOT NULL CHECK (level > 0),
    every_time boolean NOT NULL,
    state text NOT NULL DEFAULT 'armed' CHECK (state IN ('armed', 'fired', 'told', 'over')),
    created_at timestamptz NOT NULL DEFAULT now(),
    -- With which rate, and when it was fetched.
    fired_rate_id uuid,
    fired_rate numeric(36,8),
    fired_at timestamptz,
    fired_order integer,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id)
);
CREATE INDEX rate_alert_armed ON rate_alert (tenant_id, source, destination, direction, level)
    WHERE state = 'armed';
CREATE INDEX rate_alert_told ON rate_alert (tenant_id, source, destination) WHERE state = 'told';
CREATE INDEX rate_alert_fired ON rate_alert (tenant_id, fired_at, fired_order)
    WHERE state = 'fired';
CREATE INDEX rate_alert_whose ON rate_alert (tenant_id, subscriber_id) WHERE state <> 'over';

-- A text a day, at an hour of the tenant's clock.
CREATE TABLE rate_daily (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    source char(3) NOT NULL,
    destination char(3) NOT NULL,
    service_id uuid NOT NULL,
    hour smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
    last_day date NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, subscriber_id, source, destination),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id)
);
CREATE INDEX rate_daily_due ON rate_daily (tenant_id, hour, last_day);

-- Which pairs a person asks for, and what they were told last: a correction is for those.
CREATE TABLE rate_asked (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    source char(3) NOT NULL,
    destination char(3) NOT NULL,
    service_id uuid NOT NULL,
    count integer NOT NULL DEFAULT 1,
    told_rate_id uuid,
    asked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, subscriber_id, source, destination),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id)
);
CREATE INDEX rate_asked_told ON rate_asked (tenant_id, told_rate_id);
CREATE INDEX rate_asked_age ON rate_asked USING brin (asked_at);

-- What a tenant takes off a rate, in percent: from a day on, for amounts of the source currency from
-- one on. `request_id` is what two officers decided; null is what the tenant's folder says.
CREATE TABLE rate_margin (
    tenant_id uuid NOT NULL REFERENCES tenant,
    source char(3) NOT NULL,
    destination char(3) NOT NULL,
    valid_from date NOT NULL,
    from_amount numeric NOT NULL DEFAULT 0,
    percent numeric NOT NULL CHECK (percent BETWEEN 0 AND 50),
    request_id uuid,
    PRIMARY KEY (tenant_id, source, destination, valid_from, from_amount)
);
