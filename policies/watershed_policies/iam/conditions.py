"""Which conditions really narrow a statement, and which only look as if they did.

Two questions are asked. Of a grant to a role: does a condition bound *what* is reached? Of a grant to everyone or to a
service: does a condition bound *who* calls, or in whose name? A condition that any value satisfies answers neither.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from . import arns
from .patterns import literal_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .document import Condition, Statement

# Operators under which a value must be met; the negated ones let through all but a few.
POSITIVE = {
    "stringequals",
    "stringequalsignorecase",
    "stringlike",
    "arnequals",
    "arnlike",
    "ipaddress",
    "numericequals",
    "bool",
}
PATTERNS = {"stringlike", "arnequals", "arnlike"}

# Keys that say what is reached, whatever the service.
RESOURCE_KEYS = ("aws:resourcetag/", "aws:requesttag/", "kms:resourcealiases", "cloudwatch:namespace", "ecs:cluster")
RESOURCE_KEY_ENDS = (":resourcetag/",)

# Keys that say who calls. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
WHO_KEYS = {
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:sourceip",
    "aws:vpcsourceip",
    "aws:userid",
    "aws:username",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "lambda:eventsourcetoken",
}
# Keys that say in whose name a service calls.
SOURCE_KEYS = {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"}
# Claims of a token that say whom it was issued to; Cognito and the social providers have an audience of one's own.
SUBJECT_KEY_ENDS = (
    ":sub",
    ":repository",
    ":repository_id",
    ":repository_owner_id",
    ":job_workflow_ref",
    ":amr",
    ":aud",
)
# GitHub's and GitLab's audience is the same for everyone.
SHARED_AUDIENCES = {"sts.amazonaws.com", "https://gitlab.com", "https://github.com"}
# A KMS encryption context that holds the ARN of what the service encrypts says so too.
ENCRYPTION_CONTEXT = "kms:encryptioncontext:"


def bounds_resource(conditions: Iterable[Condition]) -> bool:
    """Say whether a condition narrows what is reached."""
    return any(_names_resource(condition.key) and is_real(condition) for condition in conditions)


def bounds_caller(conditions: Iterable[Condition]) -> bool:
    """Say whether a condition narrows who may call."""
    return any(
        condition.key.lower() in WHO_KEYS | SOURCE_KEYS and is_real(condition) and _fixes_owner(condition)
        for condition in conditions
    )


def bounds_source(conditions: Iterable[Condition]) -> bool:
    """Say whether a condition narrows in whose name a service calls (against the confused deputy)."""
    return any(_names_source(condition) and is_real(condition) and _fixes_owner(condition) for condition in conditions)


def bounds_subject(conditions: Iterable[Condition]) -> bool:
    """Say whether a condition narrows for whom an OIDC provider's tokens must be issued."""
    return any(
        condition.key.lower().endswith(SUBJECT_KEY_ENDS)
        and is_real(condition)
        and all(_names_owner(value) for value in condition.values)
        for condition in conditions
    )


def bounds_passed_service(conditions: Iterable[Condition]) -> bool:
    """Say whether a condition narrows which service a role may be passed to."""
    return any(
        condition.key.lower() in ("iam:passedtoservice", "iam:associatedresourcearn") and is_real(condition)
        for condition in conditions
    )


def is_real(condition: Condition) -> bool:
    """Say whether the condition must be met by a value that not everything is."""
    operator = condition.operator.lower()
    if operator.startswith("forallvalues:") or operator.endswith("ifexists"):
        # Both hold when the key is absent from the request.
        return False
    operator = operator.removeprefix("foranyvalue:")
    if operator not in POSITIVE or not condition.values:
        return False
    return not any(_is_vacuous(operator, value) for value in condition.values)


def demands_tls(statement: Statement) -> bool:
    """Say whether a Deny statement is for requests without TLS, and for nothing less than all of those."""
    return [
        (condition.operator.lower(), condition.key.lower(), tuple(value.lower() for value in condition.values))
        for condition in statement.conditions
    ] == [("bool", "aws:securetransport", ("false",))]


def _names_resource(key: str) -> bool:
    lower = key.lower()
    return lower.startswith(RESOURCE_KEYS) or any(end in lower for end in RESOURCE_KEY_ENDS)


def _names_source(condition: Condition) -> bool:
    key = condition.key.lower()
    return key in SOURCE_KEYS or key.startswith(ENCRYPTION_CONTEXT)


def _names_owner(value: str) -> bool:
    """Say whether a claim's value names an owner: `repo:*` and an audience that all share do not."""
    return value.lower() not in SHARED_AUDIENCES and literal_prefix(value).rstrip("/") not in ("repo:", "project_path:")


def _is_vacuous(operator: str, value: str) -> bool:
    if operator == "ipaddress":
        try:
            return ipaddress.ip_network(value, strict=False).prefixlen == 0
        except ValueError:
            return False
    if operator in PATTERNS:
        return literal_prefix(value) in ("", "arn:", "arn:aws:") and value != ""
    return False


def _fixes_owner(condition: Condition) -> bool:
    """Say whether an ARN value fixes whose resource it is: the account, or the name of a bucket."""
    if not condition.key.lower().endswith(("arn", ":arn")):
        return True
    return all(_arn_fixes_owner(value) for value in condition.values)


def _arn_fixes_owner(value: str) -> bool:
    arn = arns.split(value)
    if arn is None:
        return True
    if arn.account:
        return literal_prefix(arn.account) != ""
    # Buckets have no account in their ARN; their names are unique instead.
    return literal_prefix(arn.resource) != ""
