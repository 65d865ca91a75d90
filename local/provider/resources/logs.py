"""CloudWatch Logs."""

from typing import Any

from ..table import Call, Name, Part, Resource, State, Tags

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html; 0 keeps for ever
_RETENTIONS = (
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip


def _by_prefix(parameters: dict[str, Any], state: State) -> None:
    parameters["logGroupNamePrefix"] = state["name"]


def _retention(state: State) -> list[tuple[str, str]]:
    days = state.get("retentionInDays")
    if not isinstance(days, int) or days in _RETENTIONS:
        return []
    return [("retentionInDays", f"is {days}, but AWS accepts only {', '.join(map(str, _RETENTIONS))}")]


LOG_GROUP = Resource(
    "aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    id="{name}",
    name=Name(limit=512),
    create=Call("CreateLogGroup"),
    read=(Call("DescribeLogGroups", adjust=_by_prefix, result="logGroups", where={"logGroupName": "name"}),),
    parts=(
        Part(
            properties=("retentionInDays",),
            put=Call("PutRetentionPolicy"),
            clear=Call("DeleteRetentionPolicy"),
            off=(0,),
        ),
        Part(
            properties=("kmsKeyId",),
            put=Call("AssociateKmsKey", recorded=True),
            clear=Call("DisassociateKmsKey", recorded=True),
        ),
        Part(
            properties=("deletionProtectionEnabled",),
            put=Call("PutLogGroupDeletionProtection", rename={"name": "logGroupIdentifier"}, recorded=True),
            merges=True,
        ),
    ),
    delete=(Call("DeleteLogGroup"),),
    tags=Tags(),
    rename={"arn": "logGroupArn"},
    unread=("kmsKeyId", "deletionProtectionEnabled"),
    computed={"arn": "arn:{partition}:logs:{region}:{account}:log-group:{name}"},
    defaults={"retentionInDays": 0, "skipDestroy": False},
    local=("namePrefix", "skipDestroy"),
    check=_retention,
)

METRIC_FILTER = Resource(
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    service="logs",
    id="{name}",
    import_id="{logGroupName}:{name}",
    name=Name(limit=512, prefix_property=""),
    identity=("logGroupName",),
    create=Call("PutMetricFilter"),
    puts=True,
    read=(
        Call(
            "DescribeMetricFilters",
            rename={"name": "filterName"},
            result="metricFilters",
            where={"filterName": "name"},
        ),
    ),
    delete=(Call("DeleteMetricFilter"),),
    rename={
        "metricTransformation.name": "metricName",
        "metricTransformation.namespace": "metricNamespace",
        "metricTransformation.value": "metricValue",
        "name": "filterName",
        "pattern": "filterPattern",
    },
    unread=("applyOnTransformedLogs",),
)

DELIVERY_SOURCE = Resource(
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
    service="logs",
    id="{name}",
    name=Name(limit=60, prefix_property=""),
    support="recorded",
    create=Call("PutDeliverySource"),
    puts=True,
    rename={"tagsAll": "tags"},
    computed={"arn": "arn:{partition}:logs:{region}:{account}:delivery-source:{name}"},
)

DELIVERY_DESTINATION = Resource(
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
    service="logs",
    id="{name}",
    name=Name(limit=60, prefix_property=""),
    support="recorded",
    create=Call("PutDeliveryDestination"),
    puts=True,
    rename={"tagsAll": "tags"},
    computed={"arn": "arn:{partition}:logs:{region}:{account}:delivery-destination:{name}"},
)

DELIVERY = Resource(
    "aws:cloudwatch/logDelivery:LogDelivery",
    service="logs",
    id="{digest}",
    support="recorded",
    create=Call("CreateDelivery"),
    rename={"s3DeliveryConfigurations": "s3DeliveryConfiguration", "tagsAll": "tags"},
    computed={"arn": "arn:{partition}:logs:{region}:{account}:delivery:{deliverySourceName}"},
)

RESOURCES = (LOG_GROUP, METRIC_FILTER, DELIVERY_SOURCE, DELIVERY_DESTINATION, DELIVERY)
