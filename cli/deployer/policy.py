"""The policy documents of the deployer's role, each within IAM's limits, and its permissions boundary."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from .resource_types import types_of
from .statements import Deploy, Document, own_role_is_untouchable, statements

# IAM User Guide, "IAM and AWS STS quotas": characters of a managed policy without white space, and policies a role
# can have attached before the quota is raised.
MANAGED_POLICY = 6_144
POLICIES_A_ROLE = 10
# botocore's endpoints: services that a partition has once.
_WITHOUT_REGION = ("cloudfront", "route53")


@dataclass(frozen=True)
class DeployerPolicy:
    """Managed policies to attach to the role, all of them, and its permissions boundary."""

    policies: tuple[Document, ...]
    boundary: Document
    types: tuple[str, ...]


@dataclass(frozen=True)
class StateBackend:
    """Where the engine keeps the stack's state, and the key of its secrets."""

    bucket: str
    key: str | None = None


def deployer_policy(
    tokens: Iterable[str],
    deploy: Deploy,
    state: StateBackend | None = None,
    *,
    given: Collection[tuple[str, str]] = (),
) -> DeployerPolicy:
    """Return the least that a role needs to deploy resources of these types (or, read only, to preview them).

    `given`: types with an input that a resource of the stack has; some inputs lead to further calls.
    """
    types = types_of(tokens, given)
    needed = [*statements(types, deploy), *(_state(state, deploy) if state else [])]
    policies = _split(needed)
    if len(policies) > POLICIES_A_ROLE:
        raise ValueError(
            f"the stack takes {len(policies)} policies, and a role can have {POLICIES_A_ROLE}: "
            "deploy its domains as stacks of their own"
        )
    return DeployerPolicy(tuple(policies), _boundary(needed, deploy), tuple(kind.token for kind in types))


def size(document: Document) -> int:
    """Return a document's characters as IAM counts them."""
    return len(_compact(document))


def _state(state: StateBackend, deploy: Deploy) -> Iterable[Document]:
    bucket = f"arn:{deploy.partition}:s3:::{state.bucket}"
    objects = ["s3:GetObject"] if deploy.read_only else ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    yield {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": [bucket]}
    yield {"Effect": "Allow", "Action": objects, "Resource": [f"{bucket}/.pulumi/*"]}
    if state.key:
        uses = ["kms:Decrypt"] if deploy.read_only else ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
        yield {"Effect": "Allow", "Action": uses, "Resource": [state.key]}


def _split(needed: list[Document]) -> list[Document]:
    """Put each statement into the first document that has room for it; a long one is parted by its actions."""
    documents: list[list[Document]] = []
    for statement in sorted(_short(needed), key=lambda each: -len(_compact(each))):
        home = next((each for each in documents if size(_document([*each, statement])) <= MANAGED_POLICY), None)
        if home is None:
            documents.append([statement])
        else:
            home.append(statement)
    return [_document(sorted(each, key=lambda one: (one["Effect"], one["Action"]))) for each in documents]


def _short(needed: list[Document]) -> Iterable[Document]:
    for statement in needed:
        actions = statement["Action"]
        if size(_document([statement])) <= MANAGED_POLICY or len(actions) == 1:
            yield statement
        else:
            half = len(actions) // 2
            yield from _short([{**statement, "Action": part} for part in (actions[:half], actions[half:])])


def _boundary(needed: list[Document], deploy: Deploy) -> Document:
    """Return what the role may do at the very most, whatever is attached to it.

    All of the stack's services in its region, of EC2 no machines; services without a region where they answer; of IAM
    only what the policies allow; never anything on the role itself.
    """
    allowed = [statement for statement in needed if statement["Effect"] == "Allow"]
    of_iam = [each for each in allowed if all(action.startswith("iam:") for action in each["Action"])]
    actions = sorted({action for each in allowed for action in each["Action"]})
    services = sorted({action.partition(":")[0] for action in actions} - {"ec2", "iam"})
    # The web ACL of a distribution and the deliveries of its log are where the distribution is.
    along = ("logs", "wafv2") if "cloudfront" in services else ()
    elsewhere = [each for each in services if each in (*_WITHOUT_REGION, *along)]
    regional = [f"{service}:*" for service in services if service not in _WITHOUT_REGION]
    regional += [action for action in actions if action.startswith("ec2:")]
    made = [_in_region(regional, deploy.region)]
    if elsewhere:
        made.append(_in_region([f"{service}:*" for service in elsewhere], deploy.global_region))
    return _document([*made, *of_iam, own_role_is_untouchable(deploy)])


def _in_region(actions: list[str], region: str) -> Document:
    return {
        "Effect": "Allow",
        "Action": actions,
        "Resource": ["*"],
        "Condition": {"StringEquals": {"aws:RequestedRegion": region}},
    }


def _document(made: list[Document]) -> Document:
    return {"Version": "2012-10-17", "Statement": made}


def _compact(document: Any) -> str:
    return json.dumps(document, separators=(",", ":"))
