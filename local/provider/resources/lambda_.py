"""Lambda."""

import json
from typing import Any

from ..archives import archive_codec
from ..table import Call, Name, Part, Resource, Session, State, Tags

_INVOKE = "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"
_STREAM = "arn:{partition}:apigateway:{region}:lambda:path/2021-11-15/functions/{arn}/response-streaming-invocations"
_CODE = ("code", "s3Bucket", "s3Key", "s3ObjectVersion", "imageUri", "architectures", "sourceKmsKeyArn")

_CONFIGURATION = (
    "role", "handler", "description", "timeout", "memorySize", "vpcConfig", "environment", "runtime",
    "deadLetterConfig", "kmsKeyArn", "tracingConfig", "layers", "fileSystemConfig", "imageConfig",
    "ephemeralStorage", "snapStart", "loggingConfig", "capacityProviderConfig", "durableConfig",
)  # fmt: skip


def _layer_arns(answer: dict[str, Any], state: State) -> State:
    """A function is given layers by ARN, and answers them with their sizes."""
    layers = answer.get("Layers")
    return {} if layers is None else {"layers": [layer["Arn"] for layer in layers]}


def _concurrency(answer: dict[str, Any], state: State) -> State:
    return {"reservedConcurrentExecutions": answer.get("ReservedConcurrentExecutions", -1)}


def _publish(old: State, new: State, session: Session) -> None:
    """A version is the code and the configuration together: published when both are there."""
    if new.get("publish"):
        session.call("lambda", "PublishVersion", {"FunctionName": new["name"]})


def _version_arns(state: State, session: Session) -> State:
    """The newest published version; $LATEST where none is published."""
    version, arn = "$LATEST", state["arn"]
    if state.get("publish"):
        pages = session.call("lambda", "ListVersionsByFunction", {"FunctionName": state["name"]}, all_pages=True)
        numbers = [int(entry["Version"]) for entry in pages["Versions"] if entry["Version"].isdigit()]
        version = str(max(numbers)) if numbers else version
    qualified = f"{arn}:{version}"
    invoke = _INVOKE.format(partition=session.partition, region=session.region, arn=qualified)
    return {"version": version, "qualifiedArn": qualified, "qualifiedInvokeArn": invoke}


FUNCTION = Resource(
    "aws:lambda/function:Function",
    service="lambda",
    id="{name}",
    name=Name(limit=64, prefix_property=""),
    create=Call("CreateFunction"),
    read=(
        Call(
            "GetFunction",
            result="Configuration",
            adopt=_layer_arns,
            until={"State": ("Active",), "LastUpdateStatus": ("Successful",)},
        ),
        Call("GetFunctionConcurrency", adopt=_concurrency, optional=True),
    ),
    parts=(
        Part(
            properties=(*_CODE, "sourceCodeHash", "codeSha256"),
            put=Call("UpdateFunctionCode", takes=_CODE),
        ),
        Part(
            properties=_CONFIGURATION,
            put=Call("UpdateFunctionConfiguration"),
            merges=True,
        ),
        Part(properties=(*_CODE, *_CONFIGURATION, "publish"), code=_publish),
        Part(
            properties=("reservedConcurrentExecutions",),
            put=Call("PutFunctionConcurrency"),
            clear=Call("DeleteFunctionConcurrency"),
            off=(-1,),
        ),
    ),
    delete=(Call("DeleteFunction"),),
    tags=Tags(list="ListTags"),
    after_read=_version_arns,
    codecs={"code": archive_codec},
    rename={
        "code": ("Code.ZipFile", "ZipFile"),
        "codeSha256": "CodeSha256",
        "durableConfig.retentionPeriod": "RetentionPeriodInDays",
        "imageConfig": ("ImageConfig", "ImageConfigResponse.ImageConfig"),
        "imageUri": ("Code.ImageUri", "ImageUri"),
        "s3Bucket": ("Code.S3Bucket", "S3Bucket"),
        "s3Key": ("Code.S3Key", "S3Key"),
        "s3ObjectVersion": ("Code.S3ObjectVersion", "S3ObjectVersion"),
        "sourceCodeSize": "CodeSize",
        "sourceKmsKeyArn": ("Code.SourceKMSKeyArn", "SourceKMSKeyArn"),
    },
    defaults={
        "memorySize": 128,
        "packageType": "Zip",
        "publish": False,
        "reservedConcurrentExecutions": -1,
        "skipDestroy": False,
        "timeout": 3,
    },
    reset={
        "deadLetterConfig": {"targetArn": ""},
        "environment": {"variables": {}},
        "ephemeralStorage": {"size": 512},
        "imageConfig": {},
        "loggingConfig": {"logFormat": "Text"},
        "snapStart": {"applyOn": "None"},
        "tracingConfig": {"mode": "PassThrough"},
        "vpcConfig": {"subnetIds": [], "securityGroupIds": []},
    },
    local=(
        "codeSha256", "replaceSecurityGroupsOnDestroy", "replacementSecurityGroupIds", "skipDestroy",
        "sourceCodeHash", "useResourceTimeoutForPropagation",
    ),
    computed={"invokeArn": _INVOKE, "responseStreamingInvokeArn": _STREAM},
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    limits={"memorySize": (128, 10_240), "timeout": (1, 900)},
    volatile={
        "codeSha256": (*_CODE, "sourceCodeHash"),
        "lastModified": (*_CODE, *_CONFIGURATION),
        "qualifiedArn": (*_CODE, *_CONFIGURATION, "publish"),
        "qualifiedInvokeArn": (*_CODE, *_CONFIGURATION, "publish"),
        "sourceCodeSize": _CODE,
        "version": (*_CODE, *_CONFIGURATION, "publish"),
    },
)  # fmt: skip


def _layer_of(answer: dict[str, Any], state: State) -> State:
    return {"layerName": state.get("layerName") or str(answer["LayerArn"]).rpartition(":")[2]}


LAYER_VERSION = Resource(
    "aws:lambda/layerVersion:LayerVersion",
    service="lambda",
    id="{arn}",
    create=Call("PublishLayerVersion"),
    read=(Call("GetLayerVersionByArn", adopt=_layer_of),),
    delete=(Call("DeleteLayerVersion"),),
    codecs={"code": archive_codec},
    rename={
        "arn": ("LayerVersionArn", "Arn"),
        "code": "Content.ZipFile",
        "codeSha256": "Content.CodeSha256",
        "s3Bucket": "Content.S3Bucket",
        "s3Key": "Content.S3Key",
        "s3ObjectVersion": "Content.S3ObjectVersion",
        "signingJobArn": "Content.SigningJobArn",
        "signingProfileVersionArn": "Content.SigningProfileVersionArn",
        "sourceCodeSize": "Content.CodeSize",
        "version": ("VersionNumber", "Version"),
    },
    defaults={"skipDestroy": False},
    local=("skipDestroy",),
    by_code=("sourceCodeHash",),
)


def _is_enabled(answer: dict[str, Any], state: State) -> State:
    function = str(answer.get("FunctionArn", ""))
    given = str(state.get("functionName") or function)
    same = function == given or function.endswith(f":function:{given}")
    return {
        "enabled": answer.get("State") in ("Enabled", "Enabling", "Creating", "Updating"),
        "functionName": given if same else function,
    }


EVENT_SOURCE_MAPPING = Resource(
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    service="lambda",
    id="{uuid}",
    create=Call("CreateEventSourceMapping"),
    read=(
        Call(
            "GetEventSourceMapping",
            adopt=_is_enabled,
            until={"State": ("Enabled", "Disabled")},
            gone={"State": "Deleting"},
        ),
    ),
    parts=(Part(put=Call("UpdateEventSourceMapping"), merges=True),),
    delete=(Call("DeleteEventSourceMapping"),),
    tags=Tags(list="ListTags"),
    rename={"destinationConfig.onFailure.destinationArn": "Destination"},
    defaults={"enabled": True},
    reset={
        "destinationConfig": {},
        "filterCriteria": {"filters": []},
        "maximumBatchingWindowInSeconds": 0,
        "maximumRecordAgeInSeconds": -1,
        "maximumRetryAttempts": -1,
        "metricsConfig": {"metrics": []},
        "parallelizationFactor": 1,
        "provisionedPollerConfig": {},
        "scalingConfig": {},
        "tumblingWindowInSeconds": 0,
    },
    local=("useResourceTimeoutForPropagation",),
    unsupported={"selfManagedEventSource": "the local stage has no Kafka"},
)


def _statement(answer: dict[str, Any], state: State) -> State | None:
    """A permission is one statement of the function's policy."""
    statements = json.loads(answer["Policy"])["Statement"]
    found = next((entry for entry in statements if entry.get("Sid") == state["statementId"]), None)
    if found is None:
        return None
    principal = found.get("Principal")
    permission = {
        "action": found.get("Action"),
        "principal": next(iter(principal.values())) if isinstance(principal, dict) else principal,
    }
    for ours, key in (("sourceArn", "aws:sourcearn"), ("sourceAccount", "aws:sourceaccount")):
        for test in (found.get("Condition") or {}).values():
            lower = {name.lower(): value for name, value in test.items()}
            if key in lower:
                permission[ours] = lower[key]
    return permission


PERMISSION = Resource(
    "aws:lambda/permission:Permission",
    service="lambda",
    id="{statementId}",
    import_id="{function}/{statementId}",
    name=Name(property="statementId", limit=100, prefix_property="statementIdPrefix"),
    identity=("function", "qualifier"),
    create=Call("AddPermission"),
    read=(Call("GetPolicy", adopt=_statement),),
    delete=(Call("RemovePermission"),),
    rename={"function": "FunctionName"},
    local=("statementIdPrefix",),
)

EVENT_INVOKE_CONFIG = Resource(
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    service="lambda",
    id="{functionName}",
    identity=("qualifier",),
    create=Call("PutFunctionEventInvokeConfig"),
    puts=True,
    read=(Call("GetFunctionEventInvokeConfig"),),
    delete=(Call("DeleteFunctionEventInvokeConfig"),),
    defaults={"maximumRetryAttempts": 2},
)

RESOURCES = (FUNCTION, LAYER_VERSION, EVENT_SOURCE_MAPPING, PERMISSION, EVENT_INVOKE_CONFIG)
