"""EventBridge."""

from typing import Any

from ..aws import AwsError
from ..codecs import Hints
from ..forms import Codec, WordCodec
from ..schema import PropertyType
from ..table import Call, Name, Part, Resource, State, Tags


def word_codec(kind: PropertyType, shape: Any, hints: Hints) -> Codec:
    """A boolean that is ENABLED or DISABLED."""
    return WordCodec()


def _has_a_trigger(state: State) -> list[tuple[str, str]]:
    if state.get("eventPattern") is None and state.get("scheduleExpression") is None:
        return [("eventPattern", "or scheduleExpression is required")]
    return []


RULE = Resource(
    "aws:cloudwatch/eventRule:EventRule",
    service="events",
    id="{name}",
    name=Name(limit=64),
    nouns=("Rule",),
    identity=("eventBusName",),
    create=Call("PutRule"),
    puts=True,
    read=(Call("DescribeRule"),),
    delete=(Call("DeleteRule", takes=("forceDestroy",)),),
    tags=Tags(),
    rename={"forceDestroy": "Force"},
    defaults={"eventBusName": "default", "forceDestroy": False, "state": "ENABLED"},
    local=("namePrefix",),
    json=("eventPattern",),
    unsupported={"isEnabled": 'it is deprecated: set state to "ENABLED" or "DISABLED"'},
    check=_has_a_trigger,
)


def _refuse_failures(answer: dict[str, Any], state: State) -> State:
    """PutTargets answers 200 for a target it refuses."""
    for failed in answer.get("FailedEntries") or ():
        raise AwsError("events", "PutTargets", failed.get("ErrorCode", "Failed"), failed.get("ErrorMessage", ""))
    return {}


TARGET = Resource(
    "aws:cloudwatch/eventTarget:EventTarget",
    service="events",
    id="{rule}-{targetId}",
    import_id="{eventBusName}/{rule}/{targetId}",
    name=Name(property="targetId", limit=64, prefix_property=""),
    identity=("eventBusName",),
    create=Call("PutTargets", within="Targets[]", adopt=_refuse_failures),
    puts=True,
    read=(Call("ListTargetsByRule", result="Targets", where={"Id": "targetId"}),),
    delete=(Call("RemoveTargets", takes=("forceDestroy",)),),
    rename={
        "appsyncTarget": "AppSyncParameters",
        "batchTarget": "BatchParameters",
        "batchTarget.arraySize": "ArrayProperties.Size",
        "batchTarget.jobAttempts": "RetryStrategy.Attempts",
        "ecsTarget": "EcsParameters",
        "ecsTarget.networkConfiguration": "NetworkConfiguration.awsvpcConfiguration",
        "ecsTarget.orderedPlacementStrategies": "PlacementStrategy",
        "forceDestroy": "Force",
        "httpTarget": "HttpParameters",
        "inputTransformer.inputPaths": "InputPathsMap",
        "kinesisTarget": "KinesisParameters",
        "redshiftTarget": "RedshiftDataParameters",
        "redshiftTarget.secretsManagerArn": "SecretManagerArn",
        "runCommandTargets": "RunCommandParameters.RunCommandTargets",
        "sagemakerPipelineTarget": "SageMakerPipelineParameters",
        "sagemakerPipelineTarget.pipelineParameterLists": "PipelineParameterList",
        "sqsTarget": "SqsParameters",
        "targetId": ("Id", "Ids"),
    },
    codecs={"ecsTarget.networkConfiguration.assignPublicIp": word_codec},
    defaults={"eventBusName": "default", "forceDestroy": False},
    json=("input",),
)

BUS = Resource(
    "aws:cloudwatch/eventBus:EventBus",
    service="events",
    id="{name}",
    name=Name(limit=256, prefix_property=""),
    nouns=("EventBus",),
    create=Call("CreateEventBus"),
    parts=(
        Part(
            put=Call("UpdateEventBus"),
            properties=("deadLetterConfig", "description", "kmsKeyIdentifier", "logConfig"),
            merges=True,
        ),
    ),
    read=(Call("DescribeEventBus"),),
    delete=(Call("DeleteEventBus"),),
    tags=Tags(),
    unsupported={"eventSourceName": "the local stage has no partners whose events it could take"},
)

BUS_POLICY = Resource(
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    service="events",
    id="{eventBusName}",
    create=Call("PutPermission", rename={"eventBusName": "EventBusName"}),
    puts=True,
    read=(Call("DescribeEventBus", rename={"eventBusName": "Name"}, needs="policy"),),
    delete=(Call("RemovePermission", rename={"eventBusName": "EventBusName"}, fixed={"RemoveAllPermissions": True}),),
    defaults={"eventBusName": "default"},
    json=("policy",),
    policies=("policy",),
)

ARCHIVE = Resource(
    "aws:cloudwatch/eventArchive:EventArchive",
    service="events",
    id="{name}",
    name=Name(limit=48, prefix_property=""),
    nouns=("Archive",),
    create=Call("CreateArchive"),
    parts=(
        Part(
            put=Call("UpdateArchive"),
            properties=("description", "eventPattern", "kmsKeyIdentifier", "retentionDays"),
            merges=True,
        ),
    ),
    read=(Call("DescribeArchive"),),
    delete=(Call("DeleteArchive"),),
    rename={"name": "ArchiveName", "arn": "ArchiveArn"},
    json=("eventPattern",),
)

RESOURCES = (RULE, TARGET, BUS, BUS_POLICY, ARCHIVE)
