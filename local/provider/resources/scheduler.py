"""EventBridge Scheduler."""

from ..table import Call, Name, Part, Resource, Tags
from .events import word_codec

SCHEDULE = Resource(
    "aws:scheduler/schedule:Schedule",
    service="scheduler",
    id="{groupName}/{name}",
    name=Name(limit=64),
    create=Call("CreateSchedule"),
    read=(Call("GetSchedule"),),
    parts=(Part(put=Call("UpdateSchedule")),),
    delete=(Call("DeleteSchedule"),),
    rename={
        "target.ecsParameters.networkConfiguration": "NetworkConfiguration.awsvpcConfiguration",
        "target.ecsParameters.placementStrategies": "PlacementStrategy",
        "target.sagemakerPipelineParameters.pipelineParameters": "PipelineParameterList",
    },
    codecs={"target.ecsParameters.networkConfiguration.assignPublicIp": word_codec},
    defaults={"groupName": "default", "scheduleExpressionTimezone": "UTC", "state": "ENABLED"},
    local=("namePrefix",),
    unsupported={"target.ecsParameters.tags": "set propagateTags, or tag the task definition"},
)

SCHEDULE_GROUP = Resource(
    "aws:scheduler/scheduleGroup:ScheduleGroup",
    service="scheduler",
    id="{name}",
    name=Name(limit=64),
    create=Call("CreateScheduleGroup"),
    read=(Call("GetScheduleGroup"),),
    delete=(Call("DeleteScheduleGroup"),),
    tags=Tags(),
    local=("namePrefix",),
)

RESOURCES = (SCHEDULE, SCHEDULE_GROUP)
