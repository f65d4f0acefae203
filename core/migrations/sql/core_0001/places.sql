-- An area of a country or a stop of a city. `source_key` is what a file knows it by, so that loading
-- the file again changes rows and adds none; `number` is what people dial, for life.
CREATE TABLE place (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('area', 'stop')),
    source_key text NOT NULL,
    level text NOT NULL,
    path text[] NOT NULL,
    latitude_e7 integer,
    longitude_e7 integer,
    number integer,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, kind, source_key),
    UNIQUE (tenant_id, number),
    CONSTRAINT place_stop_is_somewhere CHECK (
        (kind = 'stop') = (latitude_e7 IS NOT NULL AND longitude_e7 IS NOT NULL)
    )
);
