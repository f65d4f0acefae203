"""What of staff's sign-in is forgotten, and when. Members, their roles and the trail stay."""

from core.db.retention import Retention

RETENTION = (
    Retention("staff_session", "tenant_id, token_hash", "created_at", kept_days=90),
    Retention("staff_invitation", "tenant_id, token_hash", "expires_at", kept_days=90),
    Retention("staff_device", "tenant_id, token_hash", "expires_at", kept_days=1),
    Retention("staff_try", "tenant_id, what", "until", kept_days=1),
    Retention("staff_challenge", "tenant_id, challenge", "used_at", kept_days=1),
    Retention("work_claim", "tenant_id, kind, object_id", "until", kept_days=7),
)
