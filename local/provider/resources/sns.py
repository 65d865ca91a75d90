"""SNS: most properties are attributes, which are set all at once on creation and one by one afterwards."""

import json
from typing import Any

from ..table import Call, Name, Part, Resource, State, Tags

_PROTOCOLS = {"application": "Application", "firehose": "Firehose", "http": "HTTP", "lambda": "Lambda", "sqs": "SQS"}
_FEEDBACK = {
    f"{ours}{what}": f"Attributes.{theirs}{what}"
    for ours, theirs in _PROTOCOLS.items()
    for what in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
}
_TOPIC = {
    "archivePolicy": "Attributes.ArchivePolicy",
    "contentBasedDeduplication": "Attributes.ContentBasedDeduplication",
    "deliveryPolicy": "Attributes.DeliveryPolicy",
    "displayName": "Attributes.DisplayName",
    "fifoThroughputScope": "Attributes.FifoThroughputScope",
    "kmsMasterKeyId": "Attributes.KmsMasterKeyId",
    "maximumMessageSize": "Attributes.MaximumMessageSize",
    "policy": "Attributes.Policy",
    "signatureVersion": "Attributes.SignatureVersion",
    "tracingConfig": "Attributes.TracingConfig",
    **_FEEDBACK,
}


def _only_fifo_has_fifo_attributes(parameters: dict[str, Any], state: State) -> None:
    """SNS refuses these attributes on a standard topic, whatever their value."""
    if not state.get("fifoTopic"):
        for attribute in ("FifoTopic", "ContentBasedDeduplication"):
            parameters.get("Attributes", {}).pop(attribute, None)


def _topic_rules(state: State) -> list[tuple[str, str]]:
    name, tracing = state.get("name"), state.get("tracingConfig")
    problems = []
    if isinstance(name, str) and name.endswith(".fifo") != bool(state.get("fifoTopic")):
        problems.append(("name", "must end in .fifo exactly when fifoTopic is true"))
    if isinstance(tracing, str) and tracing not in ("PassThrough", "Active"):
        problems.append(("tracingConfig", f"is {tracing!r}, but AWS accepts only PassThrough, Active"))
    return problems


TOPIC = Resource(
    "aws:sns/topic:Topic",
    service="sns",
    id="{arn}",
    name=Name(limit=256, suffix_when={"fifoTopic": ".fifo"}),
    identity=("fifoTopic",),
    create=Call("CreateTopic", adjust=_only_fifo_has_fifo_attributes),
    read=(Call("GetTopicAttributes"),),
    parts=(Part(properties=tuple(_TOPIC), put=Call("SetTopicAttributes", takes=("arn",)), one_by_one=True),),
    delete=(Call("DeleteTopic"),),
    tags=Tags(),
    rename={
        **_TOPIC,
        "arn": ("TopicArn", "Attributes.TopicArn"),
        "beginningArchiveTime": "Attributes.BeginningArchiveTime",
        "fifoTopic": "Attributes.FifoTopic",
        "owner": "Attributes.Owner",
    },
    defaults={"contentBasedDeduplication": False, "fifoTopic": False},
    local=("namePrefix",),
    json=("archivePolicy", "deliveryPolicy"),
    policies=("policy",),
    check=_topic_rules,
)


def _owner_only(parameters: dict[str, Any], state: State) -> None:
    """A topic always has a policy: taking one away brings back AWS's, which lets the owner do everything."""
    arn = state["arn"]
    account = arn.split(":")[4]
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:Publish", "SNS:Subscribe"],
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
    }
    parameters["AttributeValue"] = json.dumps({"Version": "2008-10-17", "Statement": [statement]})


TOPIC_POLICY = Resource(
    "aws:sns/topicPolicy:TopicPolicy",
    service="sns",
    id="{arn}",
    create=Call("SetTopicAttributes", fixed={"AttributeName": "Policy"}),
    puts=True,
    read=(Call("GetTopicAttributes"),),
    delete=(Call("SetTopicAttributes", fixed={"AttributeName": "Policy"}, adjust=_owner_only),),
    rename={
        "arn": "TopicArn",
        "owner": "Attributes.Owner",
        "policy": ("AttributeValue", "Attributes.Policy"),
    },
    policies=("policy",),
)

_SUBSCRIPTION = {
    "deliveryPolicy": "Attributes.DeliveryPolicy",
    "filterPolicy": "Attributes.FilterPolicy",
    "filterPolicyScope": "Attributes.FilterPolicyScope",
    "rawMessageDelivery": "Attributes.RawMessageDelivery",
    "redrivePolicy": "Attributes.RedrivePolicy",
    "replayPolicy": "Attributes.ReplayPolicy",
    "subscriptionRoleArn": "Attributes.SubscriptionRoleArn",
}


def _protocol(state: State) -> list[tuple[str, str]]:
    """https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html"""
    protocol = state.get("protocol")
    known = ("http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose")
    if not isinstance(protocol, str) or protocol in known:
        return []
    return [("protocol", f"is {protocol!r}, but AWS accepts only {', '.join(known)}")]


SUBSCRIPTION = Resource(
    "aws:sns/topicSubscription:TopicSubscription",
    service="sns",
    id="{arn}",
    identity=("topic", "protocol", "endpoint"),
    nouns=("Subscription",),
    create=Call("Subscribe", fixed={"ReturnSubscriptionArn": True}),
    read=(Call("GetSubscriptionAttributes"),),
    parts=(
        Part(properties=tuple(_SUBSCRIPTION), put=Call("SetSubscriptionAttributes", takes=("arn",)), one_by_one=True),
    ),
    delete=(Call("Unsubscribe"),),
    rename={
        **_SUBSCRIPTION,
        "arn": "SubscriptionArn",
        "confirmationWasAuthenticated": "Attributes.ConfirmationWasAuthenticated",
        "endpoint": ("Endpoint", "Attributes.Endpoint"),
        "ownerId": "Attributes.Owner",
        "pendingConfirmation": "Attributes.PendingConfirmation",
        "protocol": ("Protocol", "Attributes.Protocol"),
        "topic": ("TopicArn", "Attributes.TopicArn"),
    },
    defaults={"confirmationTimeoutInMinutes": 1, "endpointAutoConfirms": False, "rawMessageDelivery": False},
    local=("confirmationTimeoutInMinutes", "endpointAutoConfirms"),
    json=("deliveryPolicy", "filterPolicy", "redrivePolicy", "replayPolicy"),
    check=_protocol,
)

RESOURCES = (TOPIC, TOPIC_POLICY, SUBSCRIPTION)
