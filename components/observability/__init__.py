from .alarms import Alarm, dead_letter_alarm, metric_alarm
from .log_group import LogRetention, log_group

__all__ = ["Alarm", "LogRetention", "dead_letter_alarm", "log_group", "metric_alarm"]
