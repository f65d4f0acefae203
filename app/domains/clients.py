"""Programs of a tenant: their keys and what they were answered."""

from app.domains.domain import Domain
from core.clients import personal, retention

DOMAIN = Domain(name="clients", retention=retention.RETENTION, personal=personal.PERSONAL)
