"""IAM: documents that AWS accepts, and that mean what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import condition_keys, locations, reach
from ..iam.actions import expand
from ..iam.locations import Kind
from ..iam.patterns import VARIABLE
from ..resource import Resource, Stack, aws
from ..rule import Finding, Rule, Severity
from ..values import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.document import Statement
    from ..settings import Settings

UNKNOWN_ACTION = Rule(
    id="IAM-UNKNOWN-ACTION",
    title="Every action exists",
    severity=Severity.MEDIUM,
    why="A misspelled action allows, or denies, nothing: the program fails when it runs, or the guard is not there.",
)

VALID_DOCUMENT = Rule(
    id="IAM-VALID-DOCUMENT",
    title="Every policy document is one that AWS accepts",
    severity=Severity.HIGH,
    why="AWS refuses a malformed document in the middle of a deploy.",
)

SIZE = Rule(
    id="IAM-POLICY-SIZE",
    title="Policies stay within AWS's size limits",
    severity=Severity.MEDIUM,
    why="AWS refuses a longer document in the middle of a deploy. A role's inline policies count together.",
)

CONDITION = Rule(
    id="IAM-CONDITION",
    title="Every condition is one that AWS knows",
    severity=Severity.MEDIUM,
    why="A condition on a key that no request has is never met: what it allows is not allowed, and what it should "
    "deny is not denied.",
)

VARIABLE_VERSION = Rule(
    id="IAM-VARIABLE-VERSION",
    title="A document with policy variables has the Version 2012-10-17",
    severity=Severity.MEDIUM,
    why="In a document of an older version, or of none, ${aws:username} is not replaced and matches nobody.",
)

# Actions that AWS's guides have in their policies, and its reference does not.
UNLISTED_ACTIONS = {
    # https://docs.aws.amazon.com/lake-formation/latest/dg/hybrid-cross-account.html
    "glue:shareresource",
    # The policy that SNS gives a topic: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
    "sns:receive",
    # https://docs.aws.amazon.com/opensearch-service/latest/developerguide/createdomain-configure-slow-logs.html
    "logs:putlogeventsbatch",
}


@UNKNOWN_ACTION.on(*locations.TYPES)
def existing_actions(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse actions that AWS does not have."""
    for document in locations.documents(resource, *Kind):
        for statement in document.statements:
            for action in (*statement.actions, *statement.not_actions):
                if action.lower() in UNLISTED_ACTIONS or reach.is_every_action(action):
                    continue
                if not expand(action):
                    yield Finding(
                        f'{statement.label} names the action "{action}", which AWS does not have',
                        "correct its spelling: https://docs.aws.amazon.com/service-authorization/latest/reference/",
                    )


@VALID_DOCUMENT.on(*locations.TYPES)
def accepted_documents(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse documents that AWS would refuse."""
    for found in locations.attached(resource, *Kind):
        if found.problem:
            yield Finding(f"has a `{found.property_name}` that {found.problem}", "correct the policy document")


@SIZE.on(*locations.TYPES)
def size_of_one(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a document above AWS's limit."""
    for found in locations.attached(resource, *Kind):
        if found.document and found.document.size > found.location.limit:
            yield Finding(
                f"has a `{found.property_name}` of {found.document.size:,} characters; "
                f"AWS takes {found.location.limit:,}",
                "name prefixes instead of single resources, or split the job between two roles",
            )


@SIZE.across(aws("iam", "Role"))
def size_of_all(role: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse a role whose inline policies are together above AWS's limit."""
    holders = [role, *stack.naming(role, "role", aws("iam", "RolePolicy"))]
    total = sum(document.size for holder in holders for document in locations.documents(holder, Kind.IDENTITY))
    if total > locations.ROLE_INLINE_LIMIT:
        yield Finding(
            f"has inline policies of {total:,} characters together; AWS takes {locations.ROLE_INLINE_LIMIT:,} a role",
            "name prefixes instead of single resources, or split the job between two roles",
        )


@SIZE.across(aws("iam", "User"), aws("iam", "Group"))
def size_of_all_inline(holder: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse a user or group whose inline policies are together above AWS's limit."""
    of_user = holder.type == aws("iam", "User")
    limit = locations.USER_INLINE_LIMIT if of_user else locations.GROUP_INLINE_LIMIT
    held = stack.naming(holder, "user" if of_user else "group", aws("iam", "UserPolicy" if of_user else "GroupPolicy"))
    total = sum(document.size for policy in held for document in locations.documents(policy, Kind.IDENTITY))
    if total > limit:
        yield Finding(
            f"has inline policies of {total:,} characters together; AWS takes {limit:,}",
            "name prefixes instead of single resources, or make an aws.iam.Policy of them",
        )


@CONDITION.on(*locations.TYPES)
def known_conditions(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse conditions that AWS does not have, or that cannot be met as they are written."""
    for document in locations.documents(resource, *Kind):
        for statement in document.statements:
            absent = tuple(condition_keys.absent(statement)) if document.complete else ()
            loose = tuple(condition_keys.loose(statement))
            for condition in statement.conditions:
                found = condition_keys.problem(condition)
                if not found and condition in absent:
                    found = f"has the key {condition.key}, which no request for {statement.actions[0]} has"
                if not found and condition in loose:
                    found = f"has {condition.operator} on {condition.key}, which is met where a request has no such key"
                if found:
                    yield Finding(
                        f"{statement.label} {found}",
                        "correct it: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition.html",
                    )


@VARIABLE_VERSION.on(*locations.TYPES)
def variables_are_replaced(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse variables in a document whose version does not have them."""
    for document in locations.documents(resource, *Kind):
        if document.version not in ("2012-10-17", str(UNKNOWN)) and any(map(_has_variable, document.statements)):
            yield Finding(
                "has a policy with variables and without the Version that replaces them",
                'begin the document with "Version": "2012-10-17"',
            )


def _has_variable(statement: Statement) -> bool:
    values = (value for condition in statement.conditions for value in condition.values)
    return any(VARIABLE.search(text) for text in (*statement.resources, *statement.not_resources, *values))
