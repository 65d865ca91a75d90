"""Glue jobs, crawlers, connections and security configurations."""

from typing import Any

from ..table import Call, Name, Part, Resource, State, Tags

_TAGS = Tags(list="GetTags")
# The emulated AWS forgets tags that it is given with a new job or crawler.
_TAGGED_APART: dict[str, tuple[str, ...]] = {"tagsAll": ()}
_ARN = "arn:{partition}:glue:{region}:{account}"


def _schedule(answer: dict[str, Any], state: State) -> State:
    """A schedule is given as an expression, and answered in a structure."""
    expression = (answer.get("Schedule") or {}).get("ScheduleExpression")
    return {"schedule": expression} if expression else {}


def _name_twice(parameters: dict[str, Any], state: State) -> None:
    """An update names the connection beside its new definition, too."""
    parameters["Name"] = state["name"]


def _role_as_given(answer: dict[str, Any], state: State) -> State:
    """A crawler's role is taken as a name or an ARN."""
    given, found = str(state.get("role", "")), str(answer.get("Role", ""))
    same = given.rpartition("/")[2] == found.rpartition("/")[2]
    return {"role": given if same else found, **_schedule(answer, state)}


JOB = Resource(
    "aws:glue/job:Job",
    service="glue",
    id="{name}",
    name=Name(limit=255, prefix_property=""),
    create=Call("CreateJob", rename=_TAGGED_APART),
    read=(Call("GetJob", result="Job"),),
    parts=(Part(put=Call("UpdateJob", within="JobUpdate")),),
    delete=(Call("DeleteJob"),),
    tags=_TAGS,
    rename={
        "connections": "Connections.Connections",
        "name": ("Name", "JobName"),
        "roleArn": "Role",
    },
    defaults={"maxRetries": 0},
    computed={"arn": f"{_ARN}:job/{{name}}"},
    # https://docs.aws.amazon.com/glue/latest/webapi/API_CreateJob.html
    limits={"timeout": (1, 10_080), "maxRetries": (0, 10)},
    # The emulated AWS forgets these.
    unread=(
        "executionClass", "executionProperty", "jobMode", "jobRunQueuingEnabled", "maintenanceWindow",
        "notificationProperty", "sourceControlDetails",
    ),
)  # fmt: skip

_TARGETS = {
    f"{kind}Targets": f"Targets.{member}"
    for kind, member in (
        ("catalog", "CatalogTargets"),
        ("delta", "DeltaTargets"),
        ("dynamodb", "DynamoDBTargets"),
        ("hudi", "HudiTargets"),
        ("iceberg", "IcebergTargets"),
        ("jdbc", "JdbcTargets"),
        ("mongodb", "MongoDBTargets"),
        ("s3", "S3Targets"),
    )
}

CRAWLER = Resource(
    "aws:glue/crawler:Crawler",
    service="glue",
    id="{name}",
    name=Name(limit=255, prefix_property=""),
    create=Call("CreateCrawler", rename=_TAGGED_APART),
    read=(Call("GetCrawler", result="Crawler", adopt=_role_as_given),),
    parts=(Part(put=Call("UpdateCrawler"), merges=True),),
    delete=(Call("DeleteCrawler"),),
    tags=_TAGS,
    rename={
        **_TARGETS,
        "dynamodbTargets.scanAll": "scanAll",
        "dynamodbTargets.scanRate": "scanRate",
        "securityConfiguration": "CrawlerSecurityConfiguration",
    },
    json=("configuration",),
    computed={"arn": f"{_ARN}:crawler/{{name}}"},
    unread=("lakeFormationConfiguration",),
)

# The emulated AWS cannot change one, and what would connect does not run there.
CONNECTION = Resource(
    "aws:glue/connection:Connection",
    service="glue",
    id="{catalogId}:{name}",
    support="recorded",
    name=Name(limit=255, prefix_property=""),
    create=Call("CreateConnection", within="ConnectionInput"),
    parts=(Part(put=Call("UpdateConnection", within="ConnectionInput", adjust=_name_twice)),),
    delete=(Call("DeleteConnection"),),
    tags=_TAGS,
    rename={"name": ("Name", "ConnectionName")},
    defaults={"connectionType": "JDBC"},
    secrets=("connectionProperties",),
    computed={"catalogId": "{account}", "arn": f"{_ARN}:connection/{{name}}"},
)

SECURITY_CONFIGURATION = Resource(
    "aws:glue/securityConfiguration:SecurityConfiguration",
    service="glue",
    id="{name}",
    name=Name(limit=255, prefix_property=""),
    create=Call("CreateSecurityConfiguration"),
    read=(Call("GetSecurityConfiguration", result="SecurityConfiguration"),),
    delete=(Call("DeleteSecurityConfiguration"),),
)

RESOURCES = (JOB, CRAWLER, CONNECTION, SECURITY_CONFIGURATION)
