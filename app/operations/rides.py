"""Rides as this installation has them: where positions of drivers are kept."""

from app.settings import Settings
from core.rides.positions import Positions
from workers.rides.positions import RedisPositions


def positions() -> Positions | None:
    """None without a Redis of one's own or a running `piga run`'s: then drivers are at stops."""
    url = Settings.load().redis_url
    return RedisPositions(url) if url else None
