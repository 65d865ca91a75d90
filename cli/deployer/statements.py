"""The statements that a stack's resource types take: narrowed by name, by tags where there is no name, by service."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .actions import condition_keys, has_resources
from .resource_types import Calls, ResourceType

Document = dict[str, Any]
Conditions = Mapping[str, Mapping[str, Any]]

_REQUEST_TAG = "aws:RequestTag/${TagKey}"
_RESOURCE_TAG = "aws:ResourceTag/${TagKey}"
_KEY_USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")


@dataclass(frozen=True)
class Deploy:
    """What is deployed, where, and by whom."""

    project: str
    stack: str
    account: str
    region: str
    role: str
    prefix: str = ""
    """What the physical names begin with; default the project's name."""
    roles_boundary: str | None = None
    """The ARN of the permissions boundary that the stack's own roles must have."""
    read_only: bool = False

    @property
    def partition(self) -> str:
        """The AWS partition of the region."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    def fill(self, template: str) -> str:
        """Return a template of the table with this deploy's names."""
        prefix = self.prefix or self.project
        values = {
            "partition": self.partition,
            "region": self.region,
            "account": self.account,
            "prefix": prefix,
            "sql_prefix": prefix.lower().replace("-", "_"),
        }
        return template.format(**values)

    def tags(self, of: str) -> dict[str, str]:
        """Return the tags that a request or a resource of the stack has, as condition keys."""
        return {f"aws:{of}/project": self.project, f"aws:{of}/stack": self.stack}


def statements(types: Iterable[ResourceType], deploy: Deploy) -> list[Document]:
    """Return the statements, those of equal resources and conditions joined, in a stable order."""
    types = list(types)
    made = [each for kind in types for calls in kind.calls for each in _of_calls(calls, deploy)]
    made += _key_use(types, deploy)
    made += _passed_roles(types, deploy)
    return [*_joined(made), *([] if deploy.read_only else [own_role_is_untouchable(deploy)])]


def own_role_is_untouchable(deploy: Deploy) -> Document:
    """Return the statement without which the role, whose name may begin like the stack's roles, could widen itself."""
    arn = f"arn:{deploy.partition}:iam::{deploy.account}"
    return {
        "Effect": "Deny",
        "Action": ["iam:*"],
        "Resource": [f"{arn}:policy/{deploy.role}*", f"{arn}:role/{deploy.role}"],
    }


def _of_calls(calls: Calls, deploy: Deploy) -> Iterable[Document]:
    on = [deploy.fill(template) for template in calls.on]
    for action in (*calls.read, *(() if deploy.read_only else calls.write)):
        for conditions in _conditions(action, calls, deploy):
            yield _statement([action], on if has_resources(action) else ["*"], conditions)


def _conditions(action: str, calls: Calls, deploy: Deploy) -> list[Conditions]:
    """Return the conditions of an action: one set, or two where either lets it through."""
    given = {
        operator: {key: deploy.fill(value) for key, value in keys.items() if key in condition_keys(action)}
        for operator, keys in calls.condition.items()
    }
    given = {operator: keys for operator, keys in given.items() if keys}
    if deploy.roles_boundary and "iam:PermissionsBoundary" in condition_keys(action):
        given = {**given, "StringEquals": {"iam:PermissionsBoundary": deploy.roles_boundary}}
    if not calls.tagged:
        return [given]
    requested = {"StringEquals": deploy.tags("RequestTag")}
    if not has_resources(action):
        return [{**given, **requested}] if _REQUEST_TAG in condition_keys(action) else [given]
    if _RESOURCE_TAG not in condition_keys(action):
        return [given]
    own = {**given, "StringEquals": deploy.tags("ResourceTag")}
    if _REQUEST_TAG not in condition_keys(action) or not action.endswith(":TagResource"):
        return [own]
    # Tags that a resource is created with are checked before it has any.
    return [own, {**given, **requested, "Null": {"aws:ResourceTag/project": "true"}}]


def _key_use(types: list[ResourceType], deploy: Deploy) -> Iterable[Document]:
    """Let the services of encrypted resources use the stack's key in the deployer's name, and keep grants for them."""
    services = sorted({service for kind in types for service in kind.key})
    if not services:
        return
    ending = ".cn" if deploy.partition == "aws-cn" else ""
    through = [f"{service}.{deploy.region}.amazonaws.com{ending}" for service in services]
    keys = [deploy.fill("arn:{partition}:kms:{region}:{account}:key/*")]
    bound = {"kms:ViaService": through, **deploy.tags("ResourceTag")}
    actions = ["kms:Decrypt", "kms:DescribeKey"] if deploy.read_only else list(_KEY_USE)
    yield _statement(actions, keys, {"StringEquals": bound})
    if not deploy.read_only:
        yield _statement(
            ["kms:CreateGrant"], keys, {"StringEquals": bound, "Bool": {"kms:GrantIsForAWSResource": "true"}}
        )


def _passed_roles(types: list[ResourceType], deploy: Deploy) -> Iterable[Document]:
    services = sorted({service for kind in types for service in kind.passes})
    if services and not deploy.read_only:
        roles = [deploy.fill("arn:{partition}:iam::{account}:role/{prefix}-*")]
        yield _statement(["iam:PassRole"], roles, {"StringEquals": {"iam:PassedToService": services}})


def _statement(actions: list[str], resources: list[str], conditions: Conditions) -> Document:
    statement: Document = {"Effect": "Allow", "Action": actions, "Resource": sorted(resources)}
    if conditions:
        statement["Condition"] = {operator: dict(keys) for operator, keys in conditions.items()}
    return statement


def _joined(made: Iterable[Document]) -> list[Document]:
    """Join what differs in its actions only; then what differs in its resources only."""
    for part in ("Action", "Resource"):
        groups: dict[str, Document] = {}
        for statement in made:
            rest = json.dumps({key: value for key, value in statement.items() if key != part}, sort_keys=True)
            group = groups.setdefault(rest, {**statement, part: []})
            group[part] = sorted({*group[part], *statement[part]})
        made = list(groups.values())
    return sorted(made, key=lambda statement: (statement["Action"], statement["Resource"]))
