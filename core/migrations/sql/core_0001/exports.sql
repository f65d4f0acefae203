-- A list that is written into a file: read page by page, and then written in one go. Who asked may
-- take it; a week later it is gone.
CREATE TABLE export (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    listing text NOT NULL,
    format text NOT NULL CHECK (format IN ('csv', 'xlsx', 'pdf')),
    -- Which rows: since, until, whose, within which organisations. No name, no number.
    wanted jsonb NOT NULL,
    asked_by text NOT NULL,
    state text NOT NULL DEFAULT 'reading'
        CHECK (state IN ('reading', 'writing', 'ready', 'failed')),
    reason text,
    rows_expected integer,
    rows_read integer NOT NULL DEFAULT 0,
    parts integer NOT NULL DEFAULT 0,
    -- The key of the last row that was read: what reading goes on behind.
    last_key uuid,
    file_bytes bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT export_file_check CHECK ((state = 'ready') = (file_bytes IS NOT NULL))
);
CREATE INDEX export_asked_by ON export (tenant_id, asked_by, id DESC);
CREATE INDEX export_age ON export USING brin (created_at);

-- The rows as they were read, and then the file, in pieces: sealed, bound to their export and place.
CREATE TABLE export_part (
    tenant_id uuid NOT NULL,
    export_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('rows', 'file')),
    number integer NOT NULL,
    content_sealed bytea NOT NULL,
    PRIMARY KEY (tenant_id, export_id, stage, number),
    FOREIGN KEY (tenant_id, export_id) REFERENCES export (tenant_id, id) ON DELETE CASCADE
);
