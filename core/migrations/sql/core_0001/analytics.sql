-- One row a turn, never a word of what was typed.
CREATE TABLE turn (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    session text NOT NULL,
    subscriber_id uuid,
    number integer NOT NULL,
    place text NOT NULL,
    outcome text NOT NULL,
    language text NOT NULL,
    took_us integer NOT NULL,
    -- The phone's network as its gateway names it; '' where it names none.
    network text NOT NULL DEFAULT '',
    -- What the phone was shown, sealed as Redis had it for copies of the hop; and the hop's key there,
    -- to which it is bound.
    screen_key text,
    screen_sealed bytea,
    PRIMARY KEY (tenant_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX turn_session ON turn (tenant_id, session);
CREATE INDEX turn_subscriber ON turn (tenant_id, subscriber_id, id DESC)
    WHERE subscriber_id IS NOT NULL;

-- What a session or a text cost at its gateway: a row each, so that one that is told twice counts once.
CREATE TABLE gateway_cost (
    tenant_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('session', 'text')),
    -- The session's keyed hash, or the message's id.
    reference text NOT NULL,
    -- In the tenant's time zone.
    day date NOT NULL,
    service_id uuid NOT NULL,
    network text NOT NULL,
    -- Millionths of the currency's unit: gateways charge fractions of a minor one.
    amount_micro bigint NOT NULL CHECK (amount_micro >= 0),
    -- '' where the gateway names none.
    currency text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kind, reference)
);
CREATE INDEX gateway_cost_day ON gateway_cost (tenant_id, day);
CREATE INDEX gateway_cost_age ON gateway_cost USING brin (created_at);

-- How many messages a number of ours has sent in a month, where that decides what they cost.
CREATE TABLE message_meter (
    tenant_id uuid NOT NULL,
    service_id uuid NOT NULL,
    -- Its first day, in the tenant's time zone.
    month date NOT NULL,
    messages integer NOT NULL CHECK (messages > 0),
    PRIMARY KEY (tenant_id, service_id, month)
);

-- Sessions by the day on which they began, in the tenant's time zone, with all that is summed of them:
-- a row for each question of a flow that they stood at, and one for each flow (its name and a dot).
CREATE TABLE funnel_day (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    service_id uuid NOT NULL,
    language text NOT NULL,
    network text NOT NULL,
    place text NOT NULL,
    came integer NOT NULL,
    ended integer NOT NULL,
    dropped integer NOT NULL,
    back integer NOT NULL,
    wrong integer NOT NULL,
    refused integer NOT NULL,
    turns bigint NOT NULL,
    -- The sum of the turns' numbers in their sessions: by it the questions have their order.
    numbers bigint NOT NULL,
    PRIMARY KEY (tenant_id, day, service_id, language, network, place)
);

-- Until when sessions have been counted into funnel_day.
CREATE TABLE funnel_mark (
    tenant_id uuid PRIMARY KEY,
    counted_until timestamptz NOT NULL
);
