"""Secrets Manager."""

from typing import Any

from ..table import Call, Name, Part, Resource, State, Tags


def _is_there(answer: dict[str, Any], state: State) -> State | None:
    """A secret that waits for its deletion is gone."""
    return None if answer.get("DeletedDate") else {}


def _recovery(parameters: dict[str, Any], state: State) -> None:
    """No window at all is a parameter of its own."""
    if parameters.get("RecoveryWindowInDays") == 0:
        parameters.pop("RecoveryWindowInDays")
        parameters["ForceDeleteWithoutRecovery"] = True


def _window(state: State) -> list[tuple[str, str]]:
    days = state.get("recoveryWindowInDays")
    if not isinstance(days, int) or days == 0 or 7 <= days <= 30:
        return []
    return [("recoveryWindowInDays", f"is {days}, but AWS accepts 0, and 7 to 30")]


SECRET = Resource(
    "aws:secretsmanager/secret:Secret",
    service="secretsmanager",
    id="{arn}",
    name=Name(limit=512),
    create=Call("CreateSecret"),
    read=(Call("DescribeSecret", takes=("arn",), adopt=_is_there),),
    parts=(
        Part(
            properties=("description", "kmsKeyId"), put=Call("UpdateSecret", takes=("arn", "description", "kmsKeyId"))
        ),
        Part(
            properties=("policy",),
            put=Call("PutResourcePolicy", takes=("arn", "policy")),
            clear=Call("DeleteResourcePolicy", takes=("arn",)),
        ),
    ),
    delete=(Call("DeleteSecret", takes=("arn", "recoveryWindowInDays"), adjust=_recovery),),
    tags=Tags(list="DescribeSecret"),
    rename={"arn": ("ARN", "SecretId"), "policy": "ResourcePolicy"},
    defaults={"forceOverwriteReplicaSecret": False, "recoveryWindowInDays": 30},
    local=("forceOverwriteReplicaSecret", "namePrefix"),
    policies=("policy",),
    unread=("policy",),
    unsupported={"replicas": "the local stage has one region"},
    check=_window,
)

SECRET_VERSION = Resource(
    "aws:secretsmanager/secretVersion:SecretVersion",
    service="secretsmanager",
    id="{secretId}|{versionId}",
    create=Call("PutSecretValue"),
    read=(Call("GetSecretValue", takes=("versionId",)),),
    secrets=("secretString", "secretBinary"),
    computed={"hasSecretStringWo": "false"},
    unsupported={
        "secretStringWo": "give secretString, as a secret",
        "secretStringWoVersion": "give secretString, as a secret",
    },
)

SECRET_POLICY = Resource(
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    service="secretsmanager",
    id="{secretArn}",
    create=Call("PutResourcePolicy"),
    puts=True,
    read=(Call("GetResourcePolicy", needs="policy"),),
    delete=(Call("DeleteResourcePolicy"),),
    rename={"secretArn": ("SecretId", "ARN"), "policy": "ResourcePolicy"},
    policies=("policy",),
    unread=("blockPublicPolicy",),
)

# The emulated AWS would rotate at once, whatever is asked, and without the function.
SECRET_ROTATION = Resource(
    "aws:secretsmanager/secretRotation:SecretRotation",
    service="secretsmanager",
    id="{secretId}",
    support="recorded",
    create=Call("RotateSecret"),
    puts=True,
    delete=(Call("CancelRotateSecret"),),
    defaults={"rotateImmediately": True},
    local=("rotationEnabled",),
)

RESOURCES = (SECRET, SECRET_VERSION, SECRET_POLICY, SECRET_ROTATION)
