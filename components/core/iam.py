"""IAM statements and the JSON documents made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pulumi

Conditions = Mapping[str, Mapping[str, pulumi.Input[str] | Sequence[pulumi.Input[str]]]]

_SAYS_FOR_WHOM = frozenset(
    {
        *("ecs-tasks.amazonaws.com", "events.amazonaws.com", "pipes.amazonaws.com"),
        *("scheduler.amazonaws.com", "states.amazonaws.com", "vpc-flow-logs.amazonaws.com"),
    }
)
"""Services whose guides have `aws:SourceAccount` in the trust policies of roles; Lambda and most others send none."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy, in the terms of the IAM policy language.

    `actions` and `resources` are narrow by habit: `*` stands only where AWS defines an action without resources.
    `principals` (resource policies only) maps `AWS`, `Service` or `Federated` to names; `{"*": ["*"]}` is everyone.
    """

    actions: Sequence[str]
    resources: Sequence[pulumi.Input[str]] = ()
    principals: Mapping[str, Sequence[pulumi.Input[str]]] | None = None
    conditions: Conditions = field(default_factory=dict)
    effect: Literal["Allow", "Deny"] = "Allow"
    sid: str | None = None

    def as_document(self) -> dict[str, Any]:
        """Return the statement as the policy language writes it; outputs stay outputs."""
        document: dict[str, Any] = {}
        if self.sid:
            document["Sid"] = self.sid
        document["Effect"] = self.effect
        if self.principals is not None:
            document["Principal"] = "*" if "*" in self.principals else {k: _one(v) for k, v in self.principals.items()}
        document["Action"] = _one(self.actions)
        if self.resources:
            document["Resource"] = _one(self.resources)
        if self.conditions:
            document["Condition"] = {operator: dict(keys) for operator, keys in self.conditions.items()}
        return document


def policy_document(statements: Sequence[Statement]) -> pulumi.Output[str]:
    """Return the JSON policy document of the statements."""
    return pulumi.Output.json_dumps(
        {"Version": "2012-10-17", "Statement": [statement.as_document() for statement in statements]},
        separators=(",", ":"),
    )


def service_trust(service: str, *, account_id: str, source_arn: pulumi.Input[str] | None = None) -> pulumi.Output[str]:
    """Return the trust policy that lets one AWS service assume a role, on behalf of this account where it says so.

    `source_arn` narrows it to resources that match; IAM User Guide, "The confused deputy problem". Raises ValueError
    for the source of a service that does not say for whom it acts, because it could then never assume the role.
    """
    conditions: dict[str, dict[str, pulumi.Input[str]]] = {}
    if service in _SAYS_FOR_WHOM:
        conditions["StringEquals"] = {"aws:SourceAccount": account_id}
        if source_arn is not None:
            conditions["ArnLike"] = {"aws:SourceArn": source_arn}
    elif source_arn is not None:
        raise ValueError(f"{service} does not say for which resource it assumes a role: leave source_arn out")
    return policy_document(
        [Statement(actions=["sts:AssumeRole"], principals={"Service": [service]}, conditions=conditions)]
    )


def tls_only(resources: Sequence[pulumi.Input[str]], actions: Sequence[str]) -> Statement:
    """Return the statement of a resource policy that refuses every request that does not come over TLS."""
    return Statement(
        sid="DenyInsecureTransport",
        effect="Deny",
        principals={"*": ["*"]},
        actions=actions,
        resources=resources,
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )


def _one(values: Sequence[Any]) -> Any:
    return values[0] if len(values) == 1 else list(values)
