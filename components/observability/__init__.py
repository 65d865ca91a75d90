from .alarms import Alarm, metric_alarm
from .log_group import LogRetention, log_group

__all__ = ["Alarm", "LogRetention", "log_group", "metric_alarm"]
