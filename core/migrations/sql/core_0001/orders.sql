-- What a tenant sells, by the unit in which it is sold.
CREATE TABLE product (
    tenant_id uuid NOT NULL REFERENCES tenant,
    code text NOT NULL CHECK (code ~ '^[A-Z0-9]{1,12}$'),
    category text NOT NULL,
    position integer NOT NULL,
    names jsonb NOT NULL,
    units jsonb NOT NULL,
    sold boolean NOT NULL DEFAULT true,
    PRIMARY KEY (tenant_id, code)
);

-- All prices, as they were published; the newest are used, the others explain old orders. The text
-- is as `core.pricing.index.written` makes it, and `version` is its hash.
CREATE TABLE price_book (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    version text NOT NULL,
    published text NOT NULL,
    approved_by text NOT NULL CHECK (approved_by <> ''),
    published_at timestamptz NOT NULL DEFAULT now(),
    -- Whether the tenant's folder brought it, or two officers.
    is_folders boolean NOT NULL DEFAULT true,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX price_book_newest ON price_book (tenant_id, published_at DESC, id DESC);

-- What prices ask of a customer.
CREATE TABLE shop (
    tenant_id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    region text NOT NULL DEFAULT '',
    price_groups text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, subscriber_id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id)
);

-- A price that was promised until it expires: what was asked, and the answer to the minor unit.
CREATE TABLE price_quote (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid,
    price_book_id uuid NOT NULL,
    asked jsonb NOT NULL,
    priced jsonb NOT NULL,
    currency char(3) NOT NULL,
    total_minor bigint NOT NULL CHECK (total_minor >= 0),
    coupon_rule text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    confirmed_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id),
    FOREIGN KEY (tenant_id, price_book_id) REFERENCES price_book (tenant_id, id)
);
CREATE INDEX price_quote_coupon ON price_quote (tenant_id, coupon_rule, subscriber_id)
    WHERE coupon_rule <> '';
CREATE INDEX price_quote_open ON price_quote (expires_at) WHERE confirmed_at IS NULL;
