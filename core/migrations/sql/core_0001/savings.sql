CREATE TABLE organisation (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE savings_group (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    frozen boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, code),
    FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisation
);

-- `number` is the group's place in this person's list, for life: people learn strings by heart.
-- `joined_at` is when they came in here, and orders members in meetings; `member_since` is the day
-- that the group's papers say.
CREATE TABLE membership (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    number smallint NOT NULL CHECK (number BETWEEN 1 AND 97),
    savings_account_id uuid NOT NULL,
    joined_at timestamptz NOT NULL DEFAULT now(),
    left_at timestamptz,
    member_since date,
    PRIMARY KEY (tenant_id, group_id, subscriber_id),
    UNIQUE (tenant_id, subscriber_id, number),
    FOREIGN KEY (tenant_id, group_id) REFERENCES savings_group,
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber,
    FOREIGN KEY (tenant_id, savings_account_id) REFERENCES account
);

CREATE TABLE contribution (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    group_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    fee_minor bigint NOT NULL CHECK (fee_minor >= 0),
    currency char(3) NOT NULL,
    PRIMARY KEY (tenant_id, entry_id)
);
CREATE INDEX contribution_member ON contribution (tenant_id, subscriber_id, entry_id DESC);

-- Where groups are, in any country's levels: district, sector, cell. `place` is the names from the
-- top down, `ancestors` the areas above and the area itself, so that sums need no walk.
CREATE TABLE savings_area (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    parent_id uuid,
    level text NOT NULL,
    depth smallint NOT NULL,
    name text NOT NULL,
    place text NOT NULL,
    ancestors uuid[] NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT savings_area_depth_check CHECK (depth >= 0 AND (depth = 0) = (parent_id IS NULL)),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES savings_area
);
CREATE INDEX savings_area_level ON savings_area (tenant_id, level, place);

-- Which area a group is in, at any level.
CREATE TABLE savings_group_area (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    area_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, group_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES savings_group,
    FOREIGN KEY (tenant_id, area_id) REFERENCES savings_area
);
CREATE INDEX savings_group_area_area ON savings_group_area (tenant_id, area_id);
