-- Who was reminded of what: once a day, though the job runs again. Of a term that ends, `day` is its
-- last, so that it is once.
CREATE TABLE savings_reminder (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    day date NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kind, subject_id, subscriber_id, day),
    CONSTRAINT savings_reminder_kind_check
        CHECK (kind IN ('meeting', 'instalment', 'late', 'office', 'saving')),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);
CREATE INDEX savings_reminder_age ON savings_reminder USING brin (created_at);

-- Who wants no reminders of a kind.
CREATE TABLE savings_reminder_off (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    kind text NOT NULL,
    off_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, subscriber_id, kind),
    CONSTRAINT savings_reminder_off_kind_check
        CHECK (kind IN ('meeting', 'instalment', 'late')),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);

-- A fine that a closed meeting left unpaid: it is paid in cash at a later one.
CREATE TABLE savings_fine (
    tenant_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    kind text NOT NULL,
    group_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    paid_meeting_id uuid,
    PRIMARY KEY (tenant_id, meeting_id, subscriber_id, kind),
    CONSTRAINT savings_fine_amount_minor_check CHECK (amount_minor > 0),
    FOREIGN KEY (tenant_id, meeting_id) REFERENCES savings_meeting,
    FOREIGN KEY (tenant_id, paid_meeting_id) REFERENCES savings_meeting,
    FOREIGN KEY (tenant_id, group_id) REFERENCES savings_group,
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);
CREATE INDEX savings_fine_owed ON savings_fine (tenant_id, group_id, subscriber_id)
    WHERE paid_meeting_id IS NULL;
