-- A question that a group decides: yes or no, or one of several names. `members` may vote.
CREATE TABLE savings_vote (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    kind text NOT NULL,
    question text NOT NULL,
    secret boolean NOT NULL,
    quorum_percent smallint NOT NULL,
    members smallint NOT NULL,
    state text NOT NULL DEFAULT 'open',
    opened_by uuid NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT savings_vote_kind_check CHECK (kind IN ('yes_no', 'names', 'share_out')),
    CONSTRAINT savings_vote_state_check
        CHECK (state IN ('open', 'carried', 'lost', 'no_quorum', 'cancelled')),
    CONSTRAINT savings_vote_quorum_check CHECK (quorum_percent BETWEEN 1 AND 100),
    FOREIGN KEY (tenant_id, group_id) REFERENCES savings_group
);
CREATE INDEX savings_vote_group ON savings_vote (tenant_id, group_id, id DESC);
CREATE INDEX savings_vote_due ON savings_vote (ends_at) WHERE state = 'open';

-- What can be chosen: 1 is yes and 2 is no; or each a member. `votes` is all that is kept of a
-- secret vote.
CREATE TABLE savings_vote_choice (
    tenant_id uuid NOT NULL,
    vote_id uuid NOT NULL,
    number smallint NOT NULL,
    subscriber_id uuid,
    votes integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, vote_id, number),
    CONSTRAINT savings_vote_choice_votes_check CHECK (votes >= 0),
    FOREIGN KEY (tenant_id, vote_id) REFERENCES savings_vote
);

-- Who has voted, once. What for is only kept where the vote is open.
CREATE TABLE savings_ballot (
    tenant_id uuid NOT NULL,
    vote_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    number smallint,
    cast_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, vote_id, subscriber_id),
    FOREIGN KEY (tenant_id, vote_id) REFERENCES savings_vote,
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);

-- The end of a cycle. What is paid to whom is fixed when it is frozen, by one; another one pays.
CREATE TABLE savings_share_out (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    vote_id uuid NOT NULL,
    currency char(3) NOT NULL,
    cycle_from date NOT NULL,
    cycle_until date NOT NULL,
    with_social boolean NOT NULL,
    state text NOT NULL DEFAULT 'proposed',
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT now(),
    frozen_by uuid,
    frozen_on date,
    fund_minor bigint,
    carry_over_minor bigint,
    paid_by uuid,
    closed_by uuid,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT savings_share_out_state_check
        CHECK (state IN ('proposed', 'frozen', 'paid', 'closed', 'rejected', 'cancelled')),
    CONSTRAINT savings_share_out_two_check CHECK (paid_by <> frozen_by),
    CONSTRAINT savings_share_out_paid_check CHECK (state NOT IN ('frozen', 'paid', 'closed')
        OR (frozen_by IS NOT NULL AND frozen_on IS NOT NULL AND fund_minor IS NOT NULL
            AND carry_over_minor IS NOT NULL)),
    FOREIGN KEY (tenant_id, group_id) REFERENCES savings_group,
    FOREIGN KEY (tenant_id, vote_id) REFERENCES savings_vote
);
CREATE UNIQUE INDEX savings_share_out_on ON savings_share_out (tenant_id, group_id)
    WHERE state IN ('proposed', 'frozen', 'paid');
CREATE INDEX savings_share_out_group ON savings_share_out (tenant_id, group_id, id DESC);

-- A member's part: what is netted for a loan, paid in cash, paid to the wallet, and rounded off.
CREATE TABLE savings_share_out_line (
    tenant_id uuid NOT NULL,
    share_out_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    wants text NOT NULL DEFAULT 'wallet',
    saved_minor bigint NOT NULL DEFAULT 0,
    part_minor bigint NOT NULL DEFAULT 0,
    loan_id uuid,
    netted_minor bigint NOT NULL DEFAULT 0,
    cash_minor bigint NOT NULL DEFAULT 0,
    wallet_minor bigint NOT NULL DEFAULT 0,
    rounded_minor bigint NOT NULL DEFAULT 0,
    entry_id uuid,
    PRIMARY KEY (tenant_id, share_out_id, subscriber_id),
    CONSTRAINT savings_share_out_line_wants_check CHECK (wants IN ('wallet', 'cash')),
    CONSTRAINT savings_share_out_line_amounts_check CHECK (saved_minor >= 0 AND netted_minor >= 0
        AND cash_minor >= 0 AND wallet_minor >= 0 AND rounded_minor >= 0
        AND part_minor = netted_minor + cash_minor + wallet_minor + rounded_minor),
    CONSTRAINT savings_share_out_line_loan_check
        CHECK (netted_minor = 0 OR loan_id IS NOT NULL),
    FOREIGN KEY (tenant_id, share_out_id) REFERENCES savings_share_out,
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber
);
