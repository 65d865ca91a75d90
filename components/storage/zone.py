"""A zone of the lake."""

from typing import Annotated

from pydantic import AfterValidator

from ..core import Classification
from ..core.model import Matching
from .lifecycle import Lifecycle

_LAKE_BUCKETS = ("logs", "results", "quarantine", "system")


def _not_a_lake_bucket(name: str) -> str:
    if name in _LAKE_BUCKETS:
        raise ValueError(f"the lake makes a bucket of this name itself (as {', '.join(_LAKE_BUCKETS)}): choose another")
    return name


ZoneName = Annotated[
    str,
    Matching(r"[a-z][a-z0-9]{0,19}", "lower-case letters and digits, a letter first, at most 20"),
    AfterValidator(_not_a_lake_bucket),
]
"""Lower-case letters and digits, at most 20: part of a bucket's and a database's name."""


class Zone(Lifecycle):
    """One stage of refinement of the lake's data, in a bucket of its own, and how its objects age."""

    name: ZoneName
    """For example "raw", "curated", "analytics"."""
    classification: Classification | None = None
    """How sensitive its data is; default what the platform's tags say."""
    events: bool = True
    """Tell EventBridge of each object, so that functions and pipelines can start from it."""


DEFAULT_ZONES = (
    Zone(name="raw", infrequent_access_days=90),
    Zone(name="curated"),
    Zone(name="analytics"),
)
