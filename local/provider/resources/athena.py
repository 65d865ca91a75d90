"""Athena."""

from typing import Any

from ..table import Call, Name, Part, Resource, State, Tags


def _say_what_goes(parameters: dict[str, Any], state: State) -> None:
    """An update keeps what it is not told to remove."""
    updates = parameters.setdefault("ConfigurationUpdates", {})
    configuration = state.get("configuration") or {}
    if configuration.get("bytesScannedCutoffPerQuery") is None:
        updates["RemoveBytesScannedCutoffPerQuery"] = True
    results = updates.setdefault("ResultConfigurationUpdates", {})
    for member in ("OutputLocation", "EncryptionConfiguration", "ExpectedBucketOwner", "AclConfiguration"):
        if member not in results:
            results[f"Remove{member}"] = True


WORKGROUP = Resource(
    "aws:athena/workgroup:Workgroup",
    service="athena",
    id="{name}",
    name=Name(limit=128, prefix_property=""),
    create=Call("CreateWorkGroup"),
    read=(Call("GetWorkGroup", result="WorkGroup"),),
    parts=(
        Part(
            properties=("configuration", "description", "state"),
            put=Call("UpdateWorkGroup", adjust=_say_what_goes),
            initially={"state": "ENABLED"},
            merges=True,
        ),
    ),
    delete=(Call("DeleteWorkGroup", takes=("forceDestroy",)),),
    tags=Tags(),
    rename={
        "name": ("Name", "WorkGroup"),
        "forceDestroy": "RecursiveDeleteOption",
        "configuration": ("Configuration", "ConfigurationUpdates"),
        "configuration.resultConfiguration": ("ResultConfiguration", "ResultConfigurationUpdates"),
        "configuration.managedQueryResultsConfiguration": (
            "ManagedQueryResultsConfiguration",
            "ManagedQueryResultsConfigurationUpdates",
        ),
        "configuration.resultConfiguration.encryptionConfiguration.kmsKeyArn": "KmsKey",
    },
    defaults={"forceDestroy": False, "state": "ENABLED"},
    reset={"configuration": {}},
    computed={"arn": "arn:{partition}:athena:{region}:{account}:workgroup/{name}"},
    unsupported={
        "configuration.identityCenterConfiguration": "the local stage has no IAM Identity Center",
        "configuration.monitoringConfiguration.cloudWatchLoggingConfiguration.logTypes": "leave it out: AWS logs all",
    },
)

RESOURCES = (WORKGROUP,)
