"""S3: the settings of a bucket that are resources of their own."""

from dataclasses import dataclass
from typing import Any

from ..codecs import Hints
from ..forms import Codec, FlagCodec, Problem
from ..schema import PropertyType
from ..table import Call, Resource, State
from ..values import Unknown


def _versioning(answer: dict[str, Any], state: State) -> State | None:
    """AWS answers the settings bare; a bucket that never had any answers none."""
    if "Status" not in answer:
        return None
    found = {"status": answer["Status"]}
    if (state.get("versioningConfiguration") or {}).get("mfaDelete"):
        found["mfaDelete"] = answer.get("MFADelete", "Disabled")
    return {"versioningConfiguration": found}


VERSIONING = Resource(
    "aws:s3/bucketVersioning:BucketVersioning",
    service="s3",
    id="{bucket}",
    create=Call("PutBucketVersioning"),
    puts=True,
    read=(Call("GetBucketVersioning", adopt=_versioning),),
    # Versioning cannot be taken off a bucket again.
    delete=(Call("PutBucketVersioning", fixed={"VersioningConfiguration": {"Status": "Suspended"}}),),
)

ENCRYPTION = Resource(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    service="s3",
    id="{bucket}",
    create=Call("PutBucketEncryption", within="ServerSideEncryptionConfiguration"),
    puts=True,
    read=(Call("GetBucketEncryption", result="ServerSideEncryptionConfiguration"),),
    delete=(Call("DeleteBucketEncryption"),),
    rename={"rules.blockedEncryptionTypes": "BlockedEncryptionTypes.EncryptionType"},
)

PUBLIC_ACCESS_BLOCK = Resource(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    service="s3",
    id="{bucket}",
    create=Call("PutPublicAccessBlock", within="PublicAccessBlockConfiguration"),
    puts=True,
    read=(Call("GetPublicAccessBlock", result="PublicAccessBlockConfiguration"),),
    delete=(Call("DeletePublicAccessBlock"),),
    defaults={
        "blockPublicAcls": False,
        "blockPublicPolicy": False,
        "ignorePublicAcls": False,
        "restrictPublicBuckets": False,
    },
    local=("skipDestroy",),
)

OWNERSHIP = Resource(
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    service="s3",
    id="{bucket}",
    create=Call("PutBucketOwnershipControls", within="OwnershipControls"),
    puts=True,
    read=(Call("GetBucketOwnershipControls", result="OwnershipControls"),),
    delete=(Call("DeleteBucketOwnershipControls"),),
)

POLICY = Resource(
    "aws:s3/bucketPolicy:BucketPolicy",
    service="s3",
    id="{bucket}",
    create=Call("PutBucketPolicy"),
    puts=True,
    read=(Call("GetBucketPolicy"),),
    delete=(Call("DeleteBucketPolicy"),),
    policies=("policy",),
)


def _every_rule_has_a_filter(parameters: dict[str, Any], state: State) -> None:
    """AWS wants a filter or a prefix in each rule; an empty filter is the whole bucket."""
    rules = parameters.get("LifecycleConfiguration", {}).get("Rules")
    for rule in rules if isinstance(rules, list) else ():
        if isinstance(rule, dict) and "Prefix" not in rule:
            rule.setdefault("Filter", {"Prefix": ""})


def _transitions_wait(state: State) -> list[tuple[str, str]]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"""
    problems = []
    rules = state.get("rules")
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        for number, transition in enumerate(rule.get("transitions") or ()) if isinstance(rule, dict) else ():
            days, target = transition.get("days"), transition.get("storageClass")
            if target in ("STANDARD_IA", "ONEZONE_IA") and isinstance(days, int) and days < 30:
                here = f"rules[{index}].transitions[{number}].days"
                problems.append((here, f"is {days}, but AWS moves objects to {target} after 30 days or more"))
    return problems


LIFECYCLE = Resource(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    service="s3",
    id="{bucket}",
    create=Call("PutBucketLifecycleConfiguration", within="LifecycleConfiguration", adjust=_every_rule_has_a_filter),
    puts=True,
    read=(Call("GetBucketLifecycleConfiguration", needs="rules"),),
    delete=(Call("DeleteBucketLifecycle"),),
    defaults={"transitionDefaultMinimumObjectSize": "all_storage_classes_128K"},
    local=("timeouts",),
    check=_transitions_wait,
)

CORS = Resource(
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
    service="s3",
    id="{bucket}",
    create=Call("PutBucketCors", within="CORSConfiguration"),
    puts=True,
    read=(Call("GetBucketCors"),),
    delete=(Call("DeleteBucketCors"),),
)

LOGGING = Resource(
    "aws:s3/bucketLogging:BucketLogging",
    service="s3",
    id="{bucket}",
    create=Call("PutBucketLogging", within="BucketLoggingStatus.LoggingEnabled"),
    puts=True,
    read=(Call("GetBucketLogging", result="LoggingEnabled"),),
    delete=(Call("PutBucketLogging", fixed={"BucketLoggingStatus": {}}),),
)


@dataclass(frozen=True)
class DestinationsCodec:
    """Where a bucket's events go: AWS keeps the key filter two structures deeper."""

    arn: str
    aws_arn: str

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """The configurations AWS wants."""
        return value if isinstance(value, Unknown) else [self._encoded(entry) for entry in value]

    def decode(self, value: Any) -> Any:
        """The destinations."""
        return [self._decoded(entry) for entry in value]

    def _encoded(self, entry: Any) -> Any:
        if isinstance(entry, Unknown):
            return entry
        rules = [
            {"Name": name, "Value": entry[ours]}
            for ours, name in (("filterPrefix", "prefix"), ("filterSuffix", "suffix"))
            if entry.get(ours)
        ]
        parameters = {"Events": entry["events"], self.aws_arn: entry[self.arn], "Id": entry.get("id")}
        if rules:
            parameters["Filter"] = {"Key": {"FilterRules": rules}}
        return {name: value for name, value in parameters.items() if value is not None}

    def _decoded(self, entry: dict[str, Any]) -> dict[str, Any]:
        found = {"events": entry["Events"], self.arn: entry[self.aws_arn], "id": entry.get("Id")}
        for rule in entry.get("Filter", {}).get("Key", {}).get("FilterRules", []):
            found[f"filter{rule['Name'].capitalize()}"] = rule["Value"]
        return {name: value for name, value in found.items() if value is not None}


def _flag(kind: PropertyType, shape: Any, hints: Hints) -> Codec:
    return FlagCodec()


def _functions(kind: PropertyType, shape: Any, hints: Hints) -> Codec:
    return DestinationsCodec("lambdaFunctionArn", "LambdaFunctionArn")


def _queues(kind: PropertyType, shape: Any, hints: Hints) -> Codec:
    return DestinationsCodec("queueArn", "QueueArn")


def _topics(kind: PropertyType, shape: Any, hints: Hints) -> Codec:
    return DestinationsCodec("topicArn", "TopicArn")


def _always_a_configuration(parameters: dict[str, Any], state: State) -> None:
    parameters.setdefault("NotificationConfiguration", {})


NOTIFICATION = Resource(
    "aws:s3/bucketNotification:BucketNotification",
    service="s3",
    id="{bucket}",
    create=Call("PutBucketNotificationConfiguration", adjust=_always_a_configuration),
    puts=True,
    read=(
        Call(
            "GetBucketNotificationConfiguration",
            rename={
                "eventbridge": "EventBridgeConfiguration",
                "lambdaFunctions": "LambdaFunctionConfigurations",
                "queues": "QueueConfigurations",
                "topics": "TopicConfigurations",
            },
        ),
    ),
    delete=(Call("PutBucketNotificationConfiguration", fixed={"NotificationConfiguration": {}}),),
    rename={
        "eventbridge": "NotificationConfiguration.EventBridgeConfiguration",
        "lambdaFunctions": "NotificationConfiguration.LambdaFunctionConfigurations",
        "queues": "NotificationConfiguration.QueueConfigurations",
        "topics": "NotificationConfiguration.TopicConfigurations",
    },
    codecs={"eventbridge": _flag, "lambdaFunctions": _functions, "queues": _queues, "topics": _topics},
    defaults={"eventbridge": False},
)

RESOURCES = (
    CORS,
    VERSIONING,
    ENCRYPTION,
    PUBLIC_ACCESS_BLOCK,
    OWNERSHIP,
    POLICY,
    LIFECYCLE,
    LOGGING,
    NOTIFICATION,
)
