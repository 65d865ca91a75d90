"""What a stack config says of pipelines."""

from typing import Annotated, Any

from pydantic import Field

from ..core.model import Matching, Model
from ..events import AnySource, Schedule, Timezone
from ..events.sources import SourceName
from ..orchestration import AnyStage
from ..orchestration.stages import StageName, Timeout


class BusConfig(Model):
    """An event bus for events of one's own programs."""

    name: SourceName
    archive_days: Annotated[int, Field(ge=1)] | None = 30
    """How long events can be replayed; null for no archive."""
    accounts: tuple[Annotated[str, Matching(r"\d{12}", "an account's number, 12 digits")], ...] = ()
    """Others that may put events of their own on it."""
    removable: bool = False


class PipelineConfig(Model):
    """Stages, and when they run."""

    name: StageName
    description: Annotated[str, Field(max_length=1_000)] = ""
    schedule: Schedule | None = None
    triggers: tuple[AnySource, ...] = ()
    """Objects, events and other pipelines' success that start it."""
    enabled: bool = True
    """Whether schedule and triggers start it."""
    deadline: Annotated[str, Matching(r"([01]\d|2[0-3]):[0-5]\d", "a time of day: 08:00")] | None = None
    """By which a run that a cron starts must have succeeded; people are told otherwise."""
    timezone: Timezone | None = None
    """In which a run's date is taken; default the schedule's, else UTC."""
    date_offset: Annotated[int, Field(ge=-366, le=366)] = 0
    """Days added to that date; -1 is the day before."""
    timeout: Timeout = 86_400
    """Seconds for the whole run."""
    parameters: dict[Annotated[str, Matching(r"[A-Za-z_][A-Za-z0-9_]*", "a name: mode")], Any] = {}
    """With their defaults."""
    stages: Annotated[tuple[AnyStage, ...], Field(min_length=1)]
