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
    PRIMARY KEY (tenant_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX turn_session ON turn (tenant_id, session);
