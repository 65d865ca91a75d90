"""Moments as the API writes them."""

from __future__ import annotations

import datetime
from typing import Annotated

from msgspec import Meta

Moment = Annotated[str, Meta(description="ISO 8601, UTC.", examples=["2026-11-24T03:36:38.950+00:00"])]


def written(moment: datetime.datetime) -> str:
    """Return a moment to the millisecond, so that texts sort as moments do."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds")
