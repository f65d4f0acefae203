-- A customer got less than they paid for: once for a sale. Without an answer by `due_at` it goes up
-- to the company.
CREATE TABLE fuel_complaint (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    sale_id uuid NOT NULL,
    station_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    got_cl bigint NOT NULL,
    state text NOT NULL DEFAULT 'open',
    answer text,
    entry_id uuid,
    filed_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL,
    went_up_at timestamptz,
    answered_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, sale_id),
    CONSTRAINT fuel_complaint_got_check CHECK (got_cl >= 0),
    CONSTRAINT fuel_complaint_state_check CHECK (state IN ('open', 'late', 'answered')),
    CONSTRAINT fuel_complaint_answer_check CHECK (answer IN ('given_back', 'right')),
    CONSTRAINT fuel_complaint_answered_check CHECK (
        (state = 'answered') = (answer IS NOT NULL AND answered_at IS NOT NULL)),
    CONSTRAINT fuel_complaint_entry_check CHECK (
        (answer = 'given_back') IS TRUE = (entry_id IS NOT NULL)),
    FOREIGN KEY (tenant_id, sale_id) REFERENCES fuel_sale,
    FOREIGN KEY (tenant_id, station_id) REFERENCES fuel_station,
    FOREIGN KEY (tenant_id, customer_id) REFERENCES subscriber
);
CREATE INDEX fuel_complaint_unanswered ON fuel_complaint (tenant_id, station_id, id)
    WHERE state <> 'answered';
