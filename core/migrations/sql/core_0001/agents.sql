CREATE TABLE agent (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    parent_id uuid,
    level text NOT NULL CHECK (level IN ('super_agent', 'agent', 'assistant')),
    code text NOT NULL,
    frozen boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, subscriber_id),
    UNIQUE (tenant_id, code),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber,
    FOREIGN KEY (tenant_id, parent_id) REFERENCES agent
);

-- Looking up names and not selling is how a phone book is stolen: counted by the hour.
CREATE TABLE lookup_hour (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    hour timestamptz NOT NULL,
    looked integer NOT NULL DEFAULT 0,
    sold integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, subscriber_id, hour)
);

-- A sale above the tenant's threshold: the float is on hold until the customer's PIN or code.
-- The code is computed from id and counter; what is kept is how often it was tried.
CREATE TABLE approval (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    intent_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    requester_id uuid NOT NULL,
    approver_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    currency char(3) NOT NULL,
    state text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'approved', 'refused', 'expired')),
    code_counter integer NOT NULL DEFAULT 1,
    code_tries smallint NOT NULL DEFAULT 0,
    code_expires_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    -- The session that ended it hears what became of it, also when that session is forgotten.
    ended_session text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX approval_of_approver ON approval (tenant_id, approver_id) WHERE state = 'pending';
CREATE INDEX approval_of_requester ON approval (tenant_id, requester_id, created_at DESC);
CREATE INDEX approval_due ON approval (expires_at) WHERE state = 'pending';
CREATE INDEX approval_session ON approval (tenant_id, ended_session) WHERE state = 'approved';
CREATE INDEX approval_lately ON approval (tenant_id, approver_id, created_at DESC);

-- Signs of fraud wait for somebody's judgement; one of each reason and agent at a time.
CREATE TABLE agent_signal (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    agent_id uuid NOT NULL,
    reason text NOT NULL,
    times integer NOT NULL CHECK (times > 0),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'cleared', 'confirmed')),
    last_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    judged_by text,
    why text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, agent_id) REFERENCES agent,
    CONSTRAINT agent_signal_judged_check CHECK ((state = 'open') = (judged_by IS NULL))
);
CREATE UNIQUE INDEX agent_signal_open ON agent_signal (tenant_id, agent_id, reason)
    WHERE state = 'open';
CREATE INDEX agent_signal_judged ON agent_signal (tenant_id, agent_id, reason, ended_at DESC);

-- A sale that two officers reverse: its id is the request's. What is not spent is on hold.
CREATE TABLE sale_reversal (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    entry_id uuid NOT NULL,
    giver_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency char(3) NOT NULL,
    hold_id uuid,
    state text NOT NULL DEFAULT 'asked'
        CHECK (state IN ('asked', 'contested', 'done', 'dropped')),
    words text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, giver_id) REFERENCES subscriber,
    FOREIGN KEY (tenant_id, recipient_id) REFERENCES subscriber
);
CREATE UNIQUE INDEX sale_reversal_open ON sale_reversal (tenant_id, entry_id)
    WHERE state IN ('asked', 'contested');
CREATE INDEX sale_reversal_recipient ON sale_reversal (tenant_id, recipient_id)
    WHERE state IN ('asked', 'contested');

-- Float that was sent is on hold until whom it was sent to takes it, or the offer ends otherwise.
CREATE TABLE float_offer (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    intent_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    giver_id uuid NOT NULL,
    taker_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    currency char(3) NOT NULL,
    state text NOT NULL DEFAULT 'offered'
        CHECK (state IN ('offered', 'taken', 'declined', 'recalled', 'expired')),
    -- The day towards whose limit it was counted.
    counted_on date NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, giver_id) REFERENCES agent,
    FOREIGN KEY (tenant_id, taker_id) REFERENCES agent
);
CREATE UNIQUE INDEX float_offer_intent ON float_offer (tenant_id, intent_id);
CREATE INDEX float_offer_taker ON float_offer (tenant_id, taker_id) WHERE state = 'offered';
CREATE INDEX float_offer_giver ON float_offer (tenant_id, giver_id) WHERE state = 'offered';
CREATE INDEX float_offer_due ON float_offer (expires_at) WHERE state = 'offered';

-- Float that an agent asks of the one above. One waits at a time.
CREATE TABLE float_ask (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    asker_id uuid NOT NULL,
    giver_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency char(3) NOT NULL,
    state text NOT NULL DEFAULT 'asked'
        CHECK (state IN ('asked', 'given', 'refused', 'withdrawn', 'expired')),
    entry_id uuid,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, asker_id) REFERENCES agent,
    FOREIGN KEY (tenant_id, giver_id) REFERENCES agent,
    CONSTRAINT float_ask_given_check CHECK ((state = 'given') = (entry_id IS NOT NULL))
);
CREATE UNIQUE INDEX float_ask_open ON float_ask (tenant_id, asker_id) WHERE state = 'asked';
CREATE INDEX float_ask_giver ON float_ask (tenant_id, giver_id) WHERE state = 'asked';
CREATE INDEX float_ask_due ON float_ask (expires_at) WHERE state = 'asked';
