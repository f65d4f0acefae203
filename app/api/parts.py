"""What a domain's API is made of."""

from dataclasses import dataclass

from app.settings import Settings
from core.db.database import Database


@dataclass(frozen=True, slots=True)
class ApiParts:
    """What the web process has and an API may use."""

    settings: Settings
    database: Database
