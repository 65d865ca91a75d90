"""SQS."""

import re
from typing import Any

from ..table import Call, Name, Part, Resource, Session, State, Tags

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
_RANGES = {
    "delaySeconds": (0, 900),
    "kmsDataKeyReusePeriodSeconds": (60, 86_400),
    "maxMessageSize": (1_024, 1_048_576),
    "messageRetentionSeconds": (60, 1_209_600),
    "receiveWaitTimeSeconds": (0, 20),
    "visibilityTimeoutSeconds": (0, 43_200),
}


def _rules(state: State) -> list[tuple[str, str]]:
    """What SQS says of names, and of attributes that exclude each other."""
    problems = []
    name = state.get("name")
    if isinstance(name, str) and not re.fullmatch(r"(?=.{1,80}$)[A-Za-z0-9_-]+(\.fifo)?", name):
        problems.append(("name", f"is {name!r}: a queue name has at most 80 letters, digits, hyphens and underscores"))
    if isinstance(name, str) and name.endswith(".fifo") != bool(state.get("fifoQueue")):
        problems.append(("name", "must end in .fifo exactly when fifoQueue is true"))
    if state.get("contentBasedDeduplication") and not state.get("fifoQueue"):
        problems.append(("contentBasedDeduplication", "is only for FIFO queues"))
    if state.get("kmsMasterKeyId") and state.get("sqsManagedSseEnabled"):
        problems.append(("sqsManagedSseEnabled", "cannot be true beside kmsMasterKeyId"))
    return problems


def _only_fifo_has_fifo_attributes(parameters: dict[str, Any], state: State) -> None:
    """SQS refuses these attributes on a standard queue, whatever their value."""
    if not state.get("fifoQueue"):
        for attribute in ("FifoQueue", "ContentBasedDeduplication"):
            parameters.get("Attributes", {}).pop(attribute, None)


def _only_what_can_change(parameters: dict[str, Any], state: State) -> None:
    _only_fifo_has_fifo_attributes(parameters, state)
    parameters.get("Attributes", {}).pop("FifoQueue", None)


def _name_in_url(state: State, session: Session) -> State:
    return {"name": str(state["url"]).rpartition("/")[2]}


_ATTRIBUTES = {"AttributeNames": ["All"]}

QUEUE = Resource(
    "aws:sqs/queue:Queue",
    service="sqs",
    id="{url}",
    name=Name(limit=80, suffix_when={"fifoQueue": ".fifo"}),
    identity=("fifoQueue",),
    create=Call("CreateQueue", adjust=_only_fifo_has_fifo_attributes),
    read=(Call("GetQueueAttributes", fixed=_ATTRIBUTES),),
    parts=(Part(put=Call("SetQueueAttributes", adjust=_only_what_can_change), merges=True),),
    delete=(Call("DeleteQueue"),),
    tags=Tags(of="url", tag="TagQueue", untag="UntagQueue", list="ListQueueTags"),
    after_read=_name_in_url,
    rename={
        "maxMessageSize": "Attributes.MaximumMessageSize",
        "messageRetentionSeconds": "Attributes.MessageRetentionPeriod",
        "receiveWaitTimeSeconds": "Attributes.ReceiveMessageWaitTimeSeconds",
        "visibilityTimeoutSeconds": "Attributes.VisibilityTimeout",
    },
    defaults={
        "contentBasedDeduplication": False,
        "delaySeconds": 0,
        "fifoQueue": False,
        "messageRetentionSeconds": 345_600,
        "receiveWaitTimeSeconds": 0,
        "visibilityTimeoutSeconds": 30,
    },
    reset={"kmsDataKeyReusePeriodSeconds": 300, "maxMessageSize": 1_048_576},
    local=("namePrefix",),
    json=("redrivePolicy", "redriveAllowPolicy"),
    policies=("policy",),
    limits=_RANGES,
    check=_rules,
)


def _attribute(token: str, attribute: str, **more: Any) -> Resource:
    """One attribute of a queue, as a resource of its own."""
    name = attribute[0].lower() + attribute[1:]
    return Resource(
        token,
        service="sqs",
        id="{queueUrl}",
        create=Call("SetQueueAttributes"),
        puts=True,
        read=(Call("GetQueueAttributes", fixed=_ATTRIBUTES, needs=name),),
        delete=(Call("SetQueueAttributes", fixed={f"Attributes.{attribute}": ""}),),
        **more,
    )


QUEUE_POLICY = _attribute("aws:sqs/queuePolicy:QueuePolicy", "Policy", policies=("policy",))
REDRIVE_ALLOW_POLICY = _attribute(
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "RedriveAllowPolicy", json=("redriveAllowPolicy",)
)

RESOURCES = (QUEUE, QUEUE_POLICY, REDRIVE_ALLOW_POLICY)
