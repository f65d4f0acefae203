"""How long it is kept who signed in. Tokens go before the sign-ins that they belong to."""

from core.db.retention import Retention

RETENTION = (
    Retention("sign_in_code", "tenant_id, id", "created_at", kept_days=7),
    Retention("refresh_token", "tenant_id, token_hash", "created_at", kept_days=60),
    Retention("sign_in", "tenant_id, id", "expires_at", kept_days=200),
)
