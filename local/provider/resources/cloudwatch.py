"""CloudWatch alarms."""

from ..table import Call, Name, Resource, Tags

ALARM = Resource(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    service="cloudwatch",
    id="{name}",
    name=Name(prefix_property=""),
    nouns=("Alarm",),
    create=Call("PutMetricAlarm"),
    puts=True,
    read=(Call("DescribeAlarms", result="MetricAlarms", where={"AlarmName": "name"}),),
    delete=(Call("DeleteAlarms"),),
    tags=Tags(),
    rename={
        "name": ("AlarmName", "AlarmNames"),
        "metricQueries": "Metrics",
        "metricQueries.metric": "MetricStat",
        "metricQueries.metric.dimensions": "Metric.Dimensions",
        "metricQueries.metric.metricName": "Metric.MetricName",
        "metricQueries.metric.namespace": "Metric.Namespace",
    },
    unread=("metricQueries",),
    computed={"arn": "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"},
    defaults={"actionsEnabled": True, "treatMissingData": "missing"},
)

RESOURCES = (ALARM,)
