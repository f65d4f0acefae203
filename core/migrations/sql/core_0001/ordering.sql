-- Where goods lie, and which regions are served from there.
CREATE TABLE warehouse (
    tenant_id uuid NOT NULL REFERENCES tenant,
    code text NOT NULL CHECK (code ~ '^[A-Z0-9]{1,12}$'),
    position integer NOT NULL,
    name text NOT NULL,
    regions text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, code)
);

-- What lies there, and how much of it is promised to orders. The last guard against selling a unit
-- twice is the check; every statement that reserves has its own condition before it.
CREATE TABLE stock (
    tenant_id uuid NOT NULL,
    warehouse text NOT NULL,
    product text NOT NULL,
    on_hand bigint NOT NULL DEFAULT 0,
    reserved bigint NOT NULL DEFAULT 0,
    -- At so many that are free, somebody must order more; 0 for never.
    reorder_at bigint NOT NULL DEFAULT 0 CHECK (reorder_at >= 0),
    -- Another with each change: who counted an older one is refused.
    version bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, warehouse, product),
    CONSTRAINT stock_covers_reserved CHECK (reserved >= 0 AND on_hand >= reserved),
    FOREIGN KEY (tenant_id, warehouse) REFERENCES warehouse (tenant_id, code),
    FOREIGN KEY (tenant_id, product) REFERENCES product (tenant_id, code)
);

-- What goods a shop asked for, from a promised price to what it paid. A quote becomes one order.
CREATE TABLE shop_order (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    quote_id uuid NOT NULL,
    warehouse text NOT NULL,
    channel text NOT NULL,
    payment text NOT NULL CHECK (payment IN ('wallet', 'cash', 'credit')),
    state text NOT NULL DEFAULT 'created'
        CHECK (state IN ('created', 'reserved', 'confirmed', 'assigned', 'picked', 'delivered',
                         'invoiced', 'settled', 'refused', 'cancelled', 'expired')),
    currency char(3) NOT NULL,
    total_minor bigint NOT NULL CHECK (total_minor >= 0),
    -- What was delivered costs, once it is known, and what of it was paid.
    delivered_minor bigint,
    paid_minor bigint NOT NULL DEFAULT 0,
    hold_id uuid,
    -- Who brings it, as staff call them; and why it came to nothing.
    deliverer text,
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    reserved_until timestamptz NOT NULL,
    ended_at timestamptz,
    -- Of what is bought on credit: when it is to be paid, the last reminder (in days after that),
    -- and what being late cost.
    due_on date,
    reminded integer,
    late_fee_minor bigint NOT NULL DEFAULT 0,
    late_fee_paid_minor bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, quote_id),
    CONSTRAINT shop_order_late_fee_check CHECK (
        late_fee_paid_minor >= 0 AND late_fee_paid_minor <= late_fee_minor),
    CONSTRAINT shop_order_due_check CHECK (due_on IS NULL OR payment = 'credit'),
    CONSTRAINT shop_order_delivered_check CHECK (
        (state IN ('delivered', 'invoiced', 'settled')) = (delivered_minor IS NOT NULL)
        AND delivered_minor BETWEEN 0 AND total_minor),
    CONSTRAINT shop_order_paid_check CHECK (
        paid_minor >= 0 AND paid_minor <= coalesce(delivered_minor, 0)),
    FOREIGN KEY (tenant_id, subscriber_id) REFERENCES subscriber (tenant_id, id),
    FOREIGN KEY (tenant_id, quote_id) REFERENCES price_quote (tenant_id, id),
    FOREIGN KEY (tenant_id, warehouse) REFERENCES warehouse (tenant_id, code)
);
CREATE INDEX shop_order_shop ON shop_order (tenant_id, subscriber_id, created_at DESC);
CREATE INDEX shop_order_credit ON shop_order (tenant_id, subscriber_id, due_on)
    WHERE payment = 'credit';
CREATE INDEX shop_order_board ON shop_order (tenant_id, state, created_at DESC);
-- What goes on by the clock: reservations that end, and deliveries that are to be invoiced.
CREATE INDEX shop_order_due ON shop_order (reserved_until)
    WHERE state IN ('created', 'reserved', 'delivered', 'invoiced');

-- A line of a promised price. `delivered` may be 0; a line that another product took the place of
-- says which.
CREATE TABLE shop_order_line (
    tenant_id uuid NOT NULL,
    order_id uuid NOT NULL,
    number smallint NOT NULL,
    product text NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    total_minor bigint NOT NULL CHECK (total_minor >= 0),
    delivered bigint CHECK (delivered BETWEEN 0 AND quantity),
    substitute text,
    PRIMARY KEY (tenant_id, order_id, number),
    FOREIGN KEY (tenant_id, order_id) REFERENCES shop_order (tenant_id, id),
    FOREIGN KEY (tenant_id, product) REFERENCES product (tenant_id, code)
);

-- Each step that an order took, once, and who took it: null is the clock.
CREATE TABLE shop_order_step (
    tenant_id uuid NOT NULL,
    order_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    step text NOT NULL,
    actor text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, order_id, ordinal),
    FOREIGN KEY (tenant_id, order_id) REFERENCES shop_order (tenant_id, id)
);

-- Why what lies in a warehouse changed. Their sum is what lies there.
CREATE TABLE stock_movement (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    warehouse text NOT NULL,
    product text NOT NULL,
    quantity bigint NOT NULL CHECK (quantity <> 0),
    reason text NOT NULL CHECK (reason IN ('opening', 'received', 'counted', 'delivered')),
    order_id uuid,
    actor text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_movement_order_check CHECK ((reason = 'delivered') = (order_id IS NOT NULL)),
    FOREIGN KEY (tenant_id, warehouse, product) REFERENCES stock (tenant_id, warehouse, product),
    FOREIGN KEY (tenant_id, order_id) REFERENCES shop_order (tenant_id, id)
);
CREATE INDEX stock_movement_product ON stock_movement (tenant_id, warehouse, product);

CREATE TRIGGER note_order_created AFTER INSERT ON shop_order
    FOR EACH ROW EXECUTE FUNCTION note_event('order.created');
CREATE TRIGGER note_order_reserved AFTER UPDATE OF state ON shop_order FOR EACH ROW
    WHEN (NEW.state = 'reserved' AND OLD.state <> 'reserved')
    EXECUTE FUNCTION note_event('inventory.reserved');
CREATE TRIGGER note_order_confirmed AFTER UPDATE OF state ON shop_order FOR EACH ROW
    WHEN (NEW.state = 'confirmed' AND OLD.state = 'reserved')
    EXECUTE FUNCTION note_event('order.confirmed');
CREATE TRIGGER note_order_assigned AFTER UPDATE OF state ON shop_order FOR EACH ROW
    WHEN (NEW.state = 'assigned' AND OLD.state <> 'assigned')
    EXECUTE FUNCTION note_event('order.assigned_to_driver');
CREATE TRIGGER note_order_delivered AFTER UPDATE OF state ON shop_order FOR EACH ROW
    WHEN (NEW.state = 'delivered' AND OLD.state <> 'delivered')
    EXECUTE FUNCTION note_event('order.delivered');
