-- How points are earned and what they are worth: dated, as margins are.
CREATE TABLE fuel_points_rule (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    terms jsonb NOT NULL,
    valid_from timestamptz NOT NULL,
    approved_by text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, valid_from)
);

-- What an attendant sold to a customer's phone. It is a sale once the customer has agreed to the
-- litres and says how they pay; until `until` they may. `discount_minor` is what their points paid.
CREATE TABLE fuel_sale (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    shift_id uuid NOT NULL,
    attendant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    publication_id uuid NOT NULL,
    product text NOT NULL,
    volume_cl bigint NOT NULL,
    amount_minor bigint NOT NULL,
    discount_minor bigint NOT NULL DEFAULT 0,
    points_used integer NOT NULL DEFAULT 0,
    points_earned integer NOT NULL DEFAULT 0,
    currency char(3) NOT NULL,
    state text NOT NULL DEFAULT 'offered',
    payment text,
    entry_id uuid,
    offered_at timestamptz NOT NULL DEFAULT now(),
    until timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT fuel_sale_amounts_check CHECK (
        volume_cl > 0 AND amount_minor > 0 AND discount_minor >= 0
        AND discount_minor < amount_minor AND points_used >= 0 AND points_earned >= 0),
    CONSTRAINT fuel_sale_state_check CHECK (state IN ('offered', 'paid', 'refused')),
    CONSTRAINT fuel_sale_payment_check CHECK (payment IN ('cash', 'wallet')),
    CONSTRAINT fuel_sale_paid_check CHECK (
        (state = 'paid') = (payment IS NOT NULL AND entry_id IS NOT NULL)),
    CONSTRAINT fuel_sale_ended_check CHECK ((state <> 'offered') = (ended_at IS NOT NULL)),
    FOREIGN KEY (tenant_id, station_id) REFERENCES fuel_station,
    FOREIGN KEY (tenant_id, shift_id) REFERENCES fuel_shift,
    FOREIGN KEY (tenant_id, attendant_id) REFERENCES fuel_attendant,
    FOREIGN KEY (tenant_id, customer_id) REFERENCES subscriber,
    FOREIGN KEY (tenant_id, publication_id) REFERENCES fuel_publication,
    FOREIGN KEY (tenant_id, product) REFERENCES fuel_product
);
-- One at a time waits for a customer's word at a pump's shift.
CREATE INDEX fuel_sale_waiting ON fuel_sale (tenant_id, customer_id, id) WHERE state = 'offered';
CREATE INDEX fuel_sale_shift ON fuel_sale (tenant_id, shift_id);

-- Points of one sale: `unused_points` are left of them, and count until `expires_on`.
CREATE TABLE fuel_points (
    tenant_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    earned_points integer NOT NULL,
    unused_points integer NOT NULL,
    expires_on date NOT NULL,
    earned_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, sale_id),
    CONSTRAINT fuel_points_check CHECK (
        earned_points > 0 AND unused_points >= 0 AND unused_points <= earned_points),
    FOREIGN KEY (tenant_id, sale_id) REFERENCES fuel_sale,
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);
CREATE INDEX fuel_points_unused ON fuel_points (tenant_id, subscriber_id, expires_on)
    WHERE unused_points > 0;
