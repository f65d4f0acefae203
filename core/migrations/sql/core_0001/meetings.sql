-- What a group agreed on for a cycle: dated, so that what held at a meeting is known for good.
CREATE TABLE savings_constitution (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    valid_from date NOT NULL,
    valid_until date NOT NULL,
    body jsonb NOT NULL,
    PRIMARY KEY (tenant_id, group_id, valid_from),
    CONSTRAINT savings_constitution_days CHECK (valid_until > valid_from),
    FOREIGN KEY (tenant_id, group_id) REFERENCES savings_group
);

-- Who speaks for a group, and for how long.
CREATE TABLE savings_office (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    role text NOT NULL,
    subscriber_id uuid NOT NULL,
    valid_from date NOT NULL,
    valid_until date NOT NULL,
    PRIMARY KEY (tenant_id, group_id, role, subscriber_id, valid_from),
    CONSTRAINT savings_office_role_check
        CHECK (role IN ('chair', 'secretary', 'treasurer', 'key_holder')),
    CONSTRAINT savings_office_days CHECK (valid_until >= valid_from),
    FOREIGN KEY (tenant_id, group_id) REFERENCES savings_group,
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);
CREATE INDEX savings_office_person ON savings_office (tenant_id, subscriber_id);

-- A group's own accounts. Members' savings are accounts of their own; these only collect, and who
-- changes them holds this row.
CREATE TABLE savings_book (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    cash_account_id uuid NOT NULL,
    loan_fund_account_id uuid NOT NULL,
    social_fund_account_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, group_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES savings_group,
    FOREIGN KEY (tenant_id, cash_account_id) REFERENCES account,
    FOREIGN KEY (tenant_id, loan_fund_account_id) REFERENCES account,
    FOREIGN KEY (tenant_id, social_fund_account_id) REFERENCES account
);

-- A meeting, as far as it has come. What is typed lies in its lines until it closes, and is money
-- only then. `opening_*` is the cash of each fund in the box.
CREATE TABLE savings_meeting (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    day date NOT NULL,
    currency char(3) NOT NULL,
    state text NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'recording', 'counted', 'closed', 'stopped')),
    opened_by uuid NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    recorded_by uuid NOT NULL,
    opening_loan_minor bigint NOT NULL,
    opening_social_minor bigint NOT NULL,
    confirmed_by uuid,
    first_count_minor bigint,
    first_counted_by uuid,
    -- Which of staff typed the first count for a key holder; '' where they typed it themselves.
    first_typed_by text NOT NULL DEFAULT '',
    counted_minor bigint,
    counted_by uuid,
    reason text,
    -- Who came and is no member: they have no line, no number and no vote.
    guests smallint NOT NULL DEFAULT 0,
    ended_by uuid,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT savings_meeting_guests_check CHECK (guests >= 0),
    CONSTRAINT savings_meeting_opening_check
        CHECK (opening_loan_minor >= 0 AND opening_social_minor >= 0),
    CONSTRAINT savings_meeting_two_count CHECK (counted_by <> first_counted_by),
    CONSTRAINT savings_meeting_counted_check
        CHECK (state NOT IN ('counted', 'closed') OR counted_minor = first_count_minor),
    FOREIGN KEY (tenant_id, group_id) REFERENCES savings_group
);
CREATE UNIQUE INDEX savings_meeting_open ON savings_meeting (tenant_id, group_id)
    WHERE state IN ('open', 'recording', 'counted');
CREATE INDEX savings_meeting_newest ON savings_meeting (tenant_id, group_id, id DESC);

-- What a member did at a meeting. `number` is the member's in the group, by which it is typed.
CREATE TABLE savings_meeting_line (
    tenant_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    number smallint NOT NULL,
    attendance text NOT NULL DEFAULT 'present'
        CHECK (attendance IN ('present', 'late', 'excused', 'absent')),
    saved_minor bigint CHECK (saved_minor >= 0),
    saved_by uuid,
    social_minor bigint NOT NULL DEFAULT 0 CHECK (social_minor >= 0),
    fine_minor bigint NOT NULL DEFAULT 0 CHECK (fine_minor >= 0),
    fines jsonb NOT NULL DEFAULT '{}',
    entry_id uuid,
    PRIMARY KEY (tenant_id, meeting_id, subscriber_id),
    UNIQUE (tenant_id, meeting_id, number),
    FOREIGN KEY (tenant_id, meeting_id) REFERENCES savings_meeting,
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);

-- What a member did at the meeting before was written down wrong. Its entry is reversed, and what is
-- right is posted, when this meeting closes.
CREATE TABLE savings_correction (
    tenant_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    corrects_entry_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    saved_minor bigint NOT NULL CHECK (saved_minor >= 0),
    social_minor bigint NOT NULL CHECK (social_minor >= 0),
    fine_minor bigint NOT NULL CHECK (fine_minor >= 0),
    reason text NOT NULL,
    recorded_by uuid NOT NULL,
    reversal_entry_id uuid,
    entry_id uuid,
    PRIMARY KEY (tenant_id, meeting_id, corrects_entry_id),
    FOREIGN KEY (tenant_id, meeting_id) REFERENCES savings_meeting
);

-- Cash at a meeting that is no member's saving: a loan's instalment, or a loan that is paid out.
-- `amount_minor` comes into the box; below zero it leaves. 0: taken back before the close.
CREATE TABLE savings_meeting_cash (
    tenant_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    purpose text NOT NULL,
    subject_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    recorded_by uuid NOT NULL,
    entry_id uuid,
    PRIMARY KEY (tenant_id, meeting_id, purpose, subject_id),
    CONSTRAINT savings_meeting_cash_purpose_check
        CHECK (purpose IN ('loan_repayment', 'loan_payout')),
    CONSTRAINT savings_meeting_cash_sign_check
        CHECK ((purpose = 'loan_payout' AND amount_minor <= 0)
            OR (purpose <> 'loan_payout' AND amount_minor >= 0)),
    FOREIGN KEY (tenant_id, meeting_id) REFERENCES savings_meeting,
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);

-- The same between two meetings: one records it, another one says on their own phone that it is so.
CREATE TABLE savings_cash (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    purpose text NOT NULL,
    subject_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency char(3) NOT NULL,
    state text NOT NULL DEFAULT 'pending',
    recorded_by uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    entry_id uuid,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT savings_cash_purpose_check CHECK (purpose IN ('loan_repayment', 'loan_payout')),
    CONSTRAINT savings_cash_amount_minor_check CHECK (amount_minor > 0),
    CONSTRAINT savings_cash_state_check
        CHECK (state IN ('pending', 'approved', 'refused', 'expired')),
    CONSTRAINT savings_cash_two_check
        CHECK (state <> 'approved' OR decided_by IS DISTINCT FROM recorded_by),
    CONSTRAINT savings_cash_entry_check CHECK ((state = 'approved') = (entry_id IS NOT NULL)),
    FOREIGN KEY (tenant_id, group_id) REFERENCES savings_group,
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);
CREATE UNIQUE INDEX savings_cash_pending ON savings_cash (tenant_id, subject_id)
    WHERE state = 'pending';
CREATE INDEX savings_cash_group ON savings_cash (tenant_id, group_id, id DESC);

-- Whom a member named to get their savings if they die; the last word counts. The name and the
-- number are sealed for the member.
CREATE TABLE savings_next_of_kin (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    name_sealed bytea NOT NULL,
    number_sealed bytea NOT NULL,
    -- Who wrote it down, as the trail calls them: the member themselves, or one of staff.
    named_by text NOT NULL,
    named_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, subscriber_id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);

-- A group agreed, by a vote that was carried, that a bank sees its credit history. It holds until its
-- last day, or until it is taken back.
CREATE TABLE savings_consent (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    vote_id uuid NOT NULL,
    bank text NOT NULL,
    valid_until date NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    revoked_by text,
    revoked_at timestamptz,
    reason text,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, vote_id, bank),
    CONSTRAINT savings_consent_revoked_check
        CHECK ((revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (reason IS NULL)),
    FOREIGN KEY (tenant_id, group_id) REFERENCES savings_group
);
CREATE INDEX savings_consent_group ON savings_consent (tenant_id, group_id, id DESC);
