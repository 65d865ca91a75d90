"""ECS clusters and task definitions."""

import json
from dataclasses import dataclass
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator

from ..codecs import Hints
from ..constraints import violation
from ..forms import Codec, Problem
from ..schema import PropertyType
from ..table import Call, Name, Part, Resource, State, Tags
from ..values import Unknown

# What ECS fills in where a container says nothing.
_CONTAINER_DEFAULTS: tuple[Any, ...] = (None, "", 0, True, [], {})


@dataclass(frozen=True)
class DocumentCodec:
    """A JSON text that AWS takes as the structure it describes."""

    shape: Shape

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """The structure; what is not in AWS's model of it is a problem."""
        if isinstance(value, Unknown):
            return value
        try:
            found = json.loads(value)
        except ValueError as error:
            problems.append(Problem(path, f"is no JSON: {error}"))
            return []
        report = ParamValidator().validate(found, self.shape)
        if report.has_errors():
            problems.append(Problem(path, f"is not what AWS takes: {report.generate_report()}"))
        else:
            problems.extend(_violations(self.shape, found, path))
        return found

    def decode(self, value: Any) -> Any:
        """The structure as a text."""
        return json.dumps(value, separators=(",", ":"), sort_keys=True)


def _violations(shape: Shape, value: Any, path: str) -> list[Problem]:
    """The enums, patterns and lengths that botocore's own validator leaves to AWS."""
    refused = violation(shape, value)
    found = [Problem(path, refused)] if refused else []
    if isinstance(shape, StructureShape):
        for name, part in value.items():
            found += _violations(shape.members[name], part, f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for index, part in enumerate(value):
            found += _violations(shape.member, part, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        for name, part in value.items():
            found += _violations(shape.value, part, f"{path}[{name!r}]")
    return found


def _document_codec(kind: PropertyType, shape: Shape, hints: Hints) -> Codec:
    return DocumentCodec(shape)


def _containers_as_given(answer: dict[str, Any], state: State) -> State:
    """The definitions as the program wrote them, where ECS has only filled in defaults."""
    given = state.get("containerDefinitions")
    found = answer.get("containerDefinitions") or []
    if isinstance(given, str) and _says(found, json.loads(given)):
        return {"containerDefinitions": given}
    return {}


def _says(found: Any, given: Any) -> bool:
    if isinstance(found, dict) and isinstance(given, dict):
        return all(
            _says(found.get(name), given[name]) if name in given else found[name] in _CONTAINER_DEFAULTS
            for name in {*found, *given}
        )
    if isinstance(found, list) and isinstance(given, list):
        return len(found) == len(given) and all(map(_says, found, given))
    return bool(found == given) or (found in _CONTAINER_DEFAULTS and given in ([], {}))


_ECS = "arn:{partition}:ecs:{region}:{account}"

TASK_DEFINITION = Resource(
    "aws:ecs/taskDefinition:TaskDefinition",
    service="ecs",
    # Not the family, as in the official provider: a new revision is there before the old one goes.
    id="{arn}",
    create=Call("RegisterTaskDefinition", result="taskDefinition"),
    read=(
        Call(
            "DescribeTaskDefinition",
            takes=("arn",),
            result="taskDefinition",
            gone={"status": "INACTIVE"},
            adopt=_containers_as_given,
        ),
    ),
    delete=(Call("DeregisterTaskDefinition", takes=("arn",)),),
    tags=Tags(),
    rename={
        "arn": ("taskDefinitionArn", "taskDefinition"),
        "volumes.hostPath": "host.sourcePath",
        "volumes.configureAtLaunch": "configuredAtLaunch",
        "proxyConfiguration.properties": "properties",
    },
    codecs={"containerDefinitions": _document_codec},
    computed={"arnWithoutRevision": f"{_ECS}:task-definition/{{family}}"},
    defaults={"skipDestroy": False, "trackLatest": False},
    local=("skipDestroy", "trackLatest"),
    unread=("enableFaultInjection",),
    json=("containerDefinitions",),
)

CLUSTER = Resource(
    "aws:ecs/cluster:Cluster",
    service="ecs",
    id="{arn}",
    import_id="{name}",
    name=Name(prefix_property=""),
    create=Call("CreateCluster", result="cluster"),
    read=(
        Call(
            "DescribeClusters",
            fixed={"include": ["SETTINGS", "CONFIGURATIONS"]},
            result="clusters",
            gone={"status": "INACTIVE"},
        ),
    ),
    parts=(
        Part(
            properties=("configuration", "serviceConnectDefaults", "settings"),
            put=Call("UpdateCluster"),
            merges=True,
        ),
    ),
    delete=(Call("DeleteCluster"),),
    tags=Tags(),
    rename={
        "arn": "clusterArn",
        "name": ("clusterName", "clusters", "cluster"),
        "configuration.executeCommandConfiguration.logConfiguration.s3BucketEncryptionEnabled": "s3EncryptionEnabled",
    },
    reset={"settings": [{"name": "containerInsights", "value": "disabled"}]},
    computed={"arn": f"{_ECS}:cluster/{{name}}"},
    unread=("serviceConnectDefaults",),
)

CAPACITY_PROVIDERS = Resource(
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    service="ecs",
    id="{clusterName}",
    create=Call("PutClusterCapacityProviders"),
    puts=True,
    read=(Call("DescribeClusters", result="clusters", gone={"status": "INACTIVE"}),),
    delete=(
        Call("PutClusterCapacityProviders", fixed={"capacityProviders": [], "defaultCapacityProviderStrategy": []}),
    ),
    rename={
        "clusterName": ("cluster", "clusters", "clusterName"),
        "defaultCapacityProviderStrategies": "defaultCapacityProviderStrategy",
    },
)

RESOURCES = (TASK_DEFINITION, CLUSTER, CAPACITY_PROVIDERS)
