from .schedule import Schedule, Timezone
from .scheduled_start import ScheduledStart
from .starting import Startable, Starting

__all__ = ["Schedule", "ScheduledStart", "Startable", "Starting", "Timezone"]
