"""DynamoDB."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from botocore.model import Shape

from ..codecs import Hints, codec_for
from ..forms import Codec, Problem
from ..schema import PropertyType
from ..table import Call, Name, Part, Resource, Session, State, Tags
from ..values import Unknown

_KEY_TYPES = {"hashKey": "HASH", "rangeKey": "RANGE"}


@dataclass(frozen=True)
class IndexesCodec:
    """Secondary indexes: their keys are `hashKey` and `rangeKey`, or `keySchemas`; in AWS one list."""

    ordinary: Codec

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """The indexes as AWS wants them."""
        if not isinstance(value, list):
            return self.ordinary.encode(value, path, problems)
        others = [
            {name: part for name, part in index.items() if name not in _KEY_TYPES} if isinstance(index, dict) else index
            for index in value
        ]
        found: list[Problem] = []
        encoded = self.ordinary.encode(others, path, found)
        problems.extend(problem for problem in found if not problem.reason.lower().startswith("needs keyschema"))
        for number, index in enumerate(value):
            if isinstance(index, dict) and not _key_schema(index) and not index.get("keySchemas"):
                problems.append(Problem(f"{path}[{number}]", "needs hashKey or keySchemas"))
        for index, target in zip(value, encoded, strict=True):
            if isinstance(index, dict) and isinstance(target, dict):
                target["KeySchema"] = [*_key_schema(index), *target.get("KeySchema", [])]
        return encoded

    def decode(self, value: Any) -> Any:
        """The indexes with their keys in both spellings."""
        decoded = self.ordinary.decode(value)
        for index, source in zip(decoded, value, strict=True):
            index.update(_keys(source.get("KeySchema") or []))
        return decoded


def _indexes_codec(kind: PropertyType, shape: Shape, hints: Hints) -> Codec | None:
    ordinary = codec_for(kind, shape, hints)
    return IndexesCodec(ordinary) if ordinary else None


def _key_schema(keys: State) -> list[dict[str, Any]]:
    return [
        {"AttributeName": keys[name], "KeyType": key_type} for name, key_type in _KEY_TYPES.items() if keys.get(name)
    ]


def _keys(schema: Iterable[dict[str, str]]) -> State:
    names = {key_type: name for name, key_type in _KEY_TYPES.items()}
    return {names[key["KeyType"]]: key["AttributeName"] for key in schema}


def _complete(parameters: dict[str, Any], state: State) -> None:
    """The table's own keys, and the parameters that go with others."""
    if state.get("hashKey") is not None:
        parameters["KeySchema"] = _key_schema(state)
    for index in parameters.get("LocalSecondaryIndexes") or ():
        index["KeySchema"] = [*_key_schema({"hashKey": state.get("hashKey")}), *index["KeySchema"]]
    _tidy(parameters, state)


def _tidy(parameters: dict[str, Any], state: State) -> None:
    if parameters.get("BillingMode") == "PAY_PER_REQUEST":
        parameters.pop("ProvisionedThroughput", None)
    stream = parameters.get("StreamSpecification")
    if isinstance(stream, dict) and not stream.get("StreamEnabled"):
        stream.pop("StreamViewType", None)
        stream["StreamEnabled"] = False
    encryption = parameters.get("SSESpecification")
    if isinstance(encryption, dict) and encryption.get("KMSMasterKeyId"):
        encryption["SSEType"] = "KMS"


def _described(answer: dict[str, Any], state: State) -> State:
    """What DescribeTable spells otherwise than CreateTable."""
    found: State = {**_keys(answer["KeySchema"])}
    encryption = answer.get("SSEDescription")
    if encryption and encryption.get("Status") in ("ENABLED", "ENABLING", "UPDATING"):
        key = encryption.get("KMSMasterKeyArn")
        found["serverSideEncryption"] = {"enabled": True, **({"kmsKeyArn": key} if key else {})}
    found["billingMode"] = (answer.get("BillingModeSummary") or {}).get("BillingMode", "PROVISIONED")
    found["tableClass"] = (answer.get("TableClassSummary") or {}).get("TableClass", "STANDARD")
    throughput = answer.get("ProvisionedThroughput") or {}
    found["readCapacity"] = throughput.get("ReadCapacityUnits", 0)
    found["writeCapacity"] = throughput.get("WriteCapacityUnits", 0)
    return found


def _time_to_live(answer: dict[str, Any], state: State) -> State:
    enabled = answer.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    if not enabled and not state.get("ttl"):
        return {}
    name = answer.get("AttributeName") or (state.get("ttl") or {}).get("attributeName", "")
    return {"ttl": {"enabled": enabled, "attributeName": name}}


def _backups(answer: dict[str, Any], state: State) -> State:
    recovery = answer.get("PointInTimeRecoveryDescription") or {}
    enabled = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
    # The emulated DynamoDB does not say; AWS does.
    known = (state.get("pointInTimeRecovery") or {}).get("recoveryPeriodInDays") if enabled else None
    days = recovery.get("RecoveryPeriodInDays", known)
    return {"pointInTimeRecovery": {"enabled": enabled, **({"recoveryPeriodInDays": days} if days else {})}}


def _set_time_to_live(old: State, new: State, session: Session) -> None:
    """TTL moves to another attribute in two steps: AWS refuses to change the attribute of one that is on."""
    before, after = old.get("ttl") or {}, new.get("ttl") or {}
    steps = []
    if before.get("enabled") and not (after.get("enabled") and _ttl_name(after) == _ttl_name(before)):
        steps.append({"Enabled": False, "AttributeName": _ttl_name(before)})
    if after.get("enabled") and (not before.get("enabled") or _ttl_name(after) != _ttl_name(before)):
        steps.append({"Enabled": True, "AttributeName": _ttl_name(after)})
    for step in steps:
        session.call("dynamodb", "UpdateTimeToLive", {"TableName": new["name"], "TimeToLiveSpecification": step})


def _ttl_name(ttl: State) -> str:
    return str(ttl.get("attributeName", ""))


def _set_indexes(old: State, new: State, session: Session) -> None:
    """AWS changes one global index a call, and only while the table is active; a changed index is made anew."""
    from ..binding import bound  # the binding imports this table

    create = bound(TABLE.token).create
    before = {index["name"]: index for index in old.get("globalSecondaryIndexes") or ()}
    parameters = create.parameters(new, [])
    after = {index["IndexName"]: index for index in parameters.get("GlobalSecondaryIndexes") or ()}
    wanted = {index["name"]: index for index in new.get("globalSecondaryIndexes") or ()}
    table = {"TableName": new["name"], "AttributeDefinitions": parameters["AttributeDefinitions"]}
    updates = [{"Delete": {"IndexName": name}} for name in sorted(before) if wanted.get(name) != before[name]]
    updates += [{"Create": after[name]} for name in sorted(after) if before.get(name) != wanted[name]]
    for update in updates:
        session.call("dynamodb", "UpdateTable", {**table, "GlobalSecondaryIndexUpdates": [update]})
        _wait_until_active(new["name"], session)


def _wait_until_active(name: str, session: Session) -> None:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        table = session.call("dynamodb", "DescribeTable", {"TableName": name})["Table"]
        statuses = {
            table["TableStatus"],
            *(index["IndexStatus"] for index in table.get("GlobalSecondaryIndexes") or ()),
        }
        if statuses == {"ACTIVE"}:
            return
        time.sleep(0.1)


def _check(state: State) -> list[tuple[str, str]]:
    """Rules between properties: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html"""
    problems = []
    if state.get("billingMode") == "PROVISIONED":
        problems += [(name, "is required") for name in ("readCapacity", "writeCapacity") if state.get(name) is None]
    ttl = state.get("ttl")
    if isinstance(ttl, dict) and ttl.get("enabled") and not ttl.get("attributeName"):
        problems.append(("ttl", "needs attributeName"))
    if state.get("streamEnabled") and state.get("streamViewType") is None:
        problems.append(("streamViewType", "is required beside streamEnabled"))
    return [*problems, *_attribute_problems(state)]


def _attribute_problems(state: State) -> list[tuple[str, str]]:
    """The attributes are those of the keys, no more and no fewer."""
    indexes = [*(state.get("globalSecondaryIndexes") or []), *(state.get("localSecondaryIndexes") or [])]
    if any(isinstance(part, Unknown) for part in (state.get("attributes"), *indexes)):
        return []
    keys = [state.get("hashKey"), state.get("rangeKey")]
    for index in indexes:
        keys += [index.get("hashKey"), index.get("rangeKey")]
        keys += [key.get("attributeName") for key in index.get("keySchemas") or []]
    used = {key for key in keys if isinstance(key, str)}
    defined = {entry.get("name") for entry in state.get("attributes") or []}
    if any(isinstance(name, Unknown) for name in (*keys, *defined)):
        return []
    problems = [("attributes", f"lacks {name}, which a key uses") for name in sorted(used - defined)]
    return problems + [("attributes", f"has {name}, which no key uses") for name in sorted(defined - used)]


_CAPACITY = {
    "readCapacity": "ProvisionedThroughput.ReadCapacityUnits",
    "writeCapacity": "ProvisionedThroughput.WriteCapacityUnits",
}
_INDEX = {
    "name": "IndexName",
    "projectionType": "Projection.ProjectionType",
    "nonKeyAttributes": "Projection.NonKeyAttributes",
}

TABLE = Resource(
    "aws:dynamodb/table:Table",
    service="dynamodb",
    id="{name}",
    name=Name(prefix_property=""),
    create=Call("CreateTable", adjust=_complete),
    read=(
        Call("DescribeTable", result="Table", adopt=_described, until={"TableStatus": ("ACTIVE",)}),
        Call("DescribeTimeToLive", result="TimeToLiveDescription", adopt=_time_to_live),
        Call("DescribeContinuousBackups", result="ContinuousBackupsDescription", adopt=_backups),
    ),
    parts=(
        Part(properties=("attributes", "globalSecondaryIndexes"), code=_set_indexes),
        Part(properties=("ttl",), code=_set_time_to_live),
        Part(properties=("pointInTimeRecovery",), put=Call("UpdateContinuousBackups"), merges=True),
        Part(properties=("billingMode", "readCapacity", "writeCapacity"), put=Call("UpdateTable", adjust=_tidy)),
        Part(
            properties=("deletionProtectionEnabled", "onDemandThroughput", "tableClass", "warmThroughput"),
            put=Call("UpdateTable"),
            partial=True,
            merges=True,
        ),
        Part(properties=("streamEnabled", "streamViewType"), put=Call("UpdateTable", adjust=_tidy)),
        Part(properties=("serverSideEncryption",), put=Call("UpdateTable", adjust=_tidy), merges=True),
    ),
    delete=(Call("DeleteTable"),),
    tags=Tags(list="ListTagsOfResource"),
    rename={
        **_CAPACITY,
        **{f"globalSecondaryIndexes.{name}": target for name, target in {**_INDEX, **_CAPACITY}.items()},
        **{f"localSecondaryIndexes.{name}": target for name, target in _INDEX.items()},
        "attributes": "AttributeDefinitions",
        "billingMode": ("BillingMode", "BillingModeSummary.BillingMode"),
        "pointInTimeRecovery": "PointInTimeRecoverySpecification",
        "serverSideEncryption": "SSESpecification",
        "serverSideEncryption.kmsKeyArn": "KMSMasterKeyId",
        "streamArn": "LatestStreamArn",
        "streamEnabled": "StreamSpecification.StreamEnabled",
        "streamLabel": "LatestStreamLabel",
        "streamViewType": "StreamSpecification.StreamViewType",
    },
    codecs={"globalSecondaryIndexes": _indexes_codec, "localSecondaryIndexes": _indexes_codec},
    by_code=("hashKey", "rangeKey"),
    defaults={"billingMode": "PROVISIONED"},
    reset={
        "deletionProtectionEnabled": False,
        "pointInTimeRecovery": {"enabled": False},
        "serverSideEncryption": {"enabled": False},
        "tableClass": "STANDARD",
    },
    volatile={"streamArn": ("streamEnabled", "streamViewType"), "streamLabel": ("streamEnabled", "streamViewType")},
    unsupported={
        "globalTableWitness": "the local stage has one region",
        "importTable": "put the items in by code",
        "replicas": "the local stage has one region",
        "restoreBackupArn": "the local stage keeps no backups",
        "restoreDateTime": "the local stage keeps no backups",
        "restoreSourceName": "the local stage keeps no backups",
        "restoreSourceTableArn": "the local stage keeps no backups",
        "restoreToLatestTime": "the local stage keeps no backups",
    },
    check=_check,
)

RESOURCES = (TABLE,)
