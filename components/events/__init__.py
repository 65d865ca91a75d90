from .bus import EventBus
from .hearing import Heard
from .rules import event_rule, queue_target
from .schedule import Schedule, Timezone
from .scheduled_start import ScheduledStart
from .sources import AnySource, EventPattern, ObjectCreated, PipelineSucceeded
from .starting import Startable, Starting
from .trigger import Trigger

__all__ = [
    "AnySource",
    "EventBus",
    "EventPattern",
    "Heard",
    "ObjectCreated",
    "PipelineSucceeded",
    "Schedule",
    "ScheduledStart",
    "Startable",
    "Starting",
    "Timezone",
    "Trigger",
    "event_rule",
    "queue_target",
]
