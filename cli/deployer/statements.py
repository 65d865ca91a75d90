"""The statements that a stack's resource types take: narrowed by name, by tags where there is no name, by service."""

import json
import re
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
# botocore's endpoints: where a partition's services without a region answer.
_GLOBAL_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"}
# What a cache's prefix has at least of its name when it is shortened to ECR's 30 characters.
_CACHE_PREFIX = 21


@dataclass(frozen=True)
class Deploy:
    """What is deployed, where, and by whom."""

    project: str
    stack: str
    account: str
    region: str
    role: str
    prefixes: tuple[str, ...] = ()
    """What the physical names begin with, each before a hyphen; default the project's name."""
    roles_boundary: str | None = None
    """The ARN of the permissions boundary that the stack's own roles must have."""
    read_only: bool = False

    @property
    def partition(self) -> str:
        """The AWS partition of the region."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    @property
    def global_region(self) -> str:
        """Where the partition's services without a region answer, as aws:RequestedRegion names it."""
        return _GLOBAL_REGIONS[self.partition]

    def fill(self, template: str) -> list[str]:
        """Return a template of the table with this deploy's names, once for each prefix."""
        # As the components spell it where names are their own.
        fixed = re.sub(r"[^A-Za-z0-9_-]", "-", f"{self.project}-{self.stack}")
        values = {
            "partition": self.partition,
            "region": self.region,
            "global_region": self.global_region,
            "account": self.account,
            "project": self.project,
            "stack": self.stack,
            "domain": "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com",
            "fixed_prefix": fixed,
            "cache_prefix": f"{fixed.lower()}-"[:_CACHE_PREFIX],
            "alias_prefix": re.sub(r"[^a-zA-Z0-9/_-]", "-", f"{self.project}-{self.stack}"),
            "sql_prefix": re.sub(r"[^a-z0-9_]", "_", f"{self.project}_{self.stack}".lower()),
        }
        filled = (template.format(prefix=prefix, **values) for prefix in self.prefixes or (self.project,))
        return list(dict.fromkeys(filled))

    def foreign(self, names: Iterable[str]) -> list[str]:
        """Return the names, as the program has them, that begin with none of the prefixes."""
        prefixes = self.prefixes or (self.project,)
        return sorted({name for name in names if not f"{name}-".startswith(tuple(f"{each}-" for each in prefixes))})

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
    on = _widest([arn for template in calls.on for arn in deploy.fill(template)])
    for action in calls.read if deploy.read_only else calls.actions:
        for conditions in _conditions(action, calls, deploy):
            yield _statement([action], on if has_resources(action) else ["*"], conditions)


def _conditions(action: str, calls: Calls, deploy: Deploy) -> list[Conditions]:
    """Return the conditions of an action: one set, or two where either lets it through."""
    keys = condition_keys(action)
    given: Conditions = {
        operator: {key: _filled(value, deploy) for key, value in tests.items() if key in keys}
        for operator, tests in calls.condition.items()
    }
    if deploy.roles_boundary and "iam:PermissionsBoundary" in keys:
        given = _with(given, {"StringEquals": {"iam:PermissionsBoundary": deploy.roles_boundary}})
    requested = {"StringEquals": deploy.tags("RequestTag")}
    if action in calls.create:
        return [_with(given, requested) if _REQUEST_TAG in keys else _with(given)]
    if not calls.tagged or _RESOURCE_TAG not in keys:
        return [_with(given)]
    own = _with(given, {"StringEquals": deploy.tags("ResourceTag")})
    if _REQUEST_TAG not in keys or not action.endswith((":TagResource", ":CreateTags")):
        return [own]
    # Tags that a resource is created with are checked before it has any.
    if "ec2:CreateAction" in keys and not calls.tagged_later:
        return [own, _with(given, requested, {"Null": {"ec2:CreateAction": "false"}})]
    return [own, _with(given, requested, {"Null": {"aws:ResourceTag/project": "true"}})]


def _widest(arns: list[str]) -> list[str]:
    """Return the ARNs that no other one stands for; a wildcard at the end goes beyond colons (IAM's JSON reference)."""
    return [
        arn
        for arn in arns
        if not any(arn != other and arn.startswith(other[:-1]) for other in arns if other[-1] == "*")
    ]


def _with(*conditions: Conditions) -> Conditions:
    """Return the conditions that all of these make together."""
    together: dict[str, dict[str, Any]] = {}
    for each in conditions:
        for operator, tests in each.items():
            together.setdefault(operator, {}).update(tests)
    return {operator: tests for operator, tests in together.items() if tests}


def _filled(value: str | list[str], deploy: Deploy) -> str | list[str]:
    return _one([filled for each in ([value] if isinstance(value, str) else value) for filled in deploy.fill(each)])


def _key_use(types: list[ResourceType], deploy: Deploy) -> Iterable[Document]:
    """Let the services of encrypted resources use the stack's key in the deployer's name, and keep grants for them."""
    services = sorted({service for kind in types for service in kind.key})
    if not services:
        return
    through = [_one(deploy.fill(f"{service}.{{region}}.{{domain}}")) for service in services]
    keys = deploy.fill("arn:{partition}:kms:{region}:{account}:key/*")
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
        roles = deploy.fill("arn:{partition}:iam::{account}:role/{prefix}-*")
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


def _one(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
