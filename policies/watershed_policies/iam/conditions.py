"""Which conditions really narrow a statement, and which only look as if they did.

Two questions are asked. Of a grant to a role: does a condition bound *what* is reached? Of a grant to everyone or to a
service: does a condition bound *who* calls, or in whose name? A condition that any value satisfies answers neither.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import arns
from .condition_values import is_real
from .patterns import has_wildcard, literal_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .document import Condition, Statement

# Negated operators, and what a Deny with one demands of those whom it spares.
INVERSE = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
}

# Keys that say what is reached, whatever the service.
RESOURCE_KEYS = (
    "aws:resourcetag/",
    "aws:requesttag/",
    "kms:resourcealiases",
    "kms:requestalias",
    "kms:encryptioncontext:",
    "cloudwatch:namespace",
    "ecs:cluster",
    "ecs:task-definition",
    "ecs:service",
    "ec2:createaction",
    "ec2:vpc",
    "ec2:subnet",
    "lambda:functionarn",
    "iam:awsservicename",
    "iam:policyarn",
    "ram:principal",
    "ram:resourcearn",
    "iam:permissionsboundary",
    "ses:fromaddress",
    "events:targetarn",
    "servicediscovery:namespacearn",
    "secretsmanager:secretid",
    "elasticfilesystem:accesspointarn",
    "s3:dataaccesspointarn",
    "route53:changeresourcerecordsetsnormalizedrecordnames",
)
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
    "aws:userid",
    "aws:username",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "lambda:eventsourcetoken",
    "elasticfilesystem:accessedviamounttarget",
    "elasticfilesystem:accesspointarn",
}
# Keys that say which of an account's identities assume a role, or prove that they were told to.
WITHIN_ACCOUNT_KEYS = {
    "sts:externalid",
    "aws:multifactorauthpresent",
    "aws:sourceidentity",
    "sts:sourceidentity",
    "sts:rolesessionname",
}
# Keys that say whose what is reached is.
OWNER_KEYS = {"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"}
# Keys that say in whose name a service calls.
SOURCE_KEYS = {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"}
# A KMS encryption context that holds the ARN of what the service encrypts says so too.
ENCRYPTION_CONTEXT = "kms:encryptioncontext:"


def bounds_resource(conditions: Sequence[Condition]) -> bool:
    """Say whether a condition narrows what is reached."""
    return any(_names_resource(condition.key) and is_real(condition, conditions) for condition in conditions)


def bounds_owner(conditions: Sequence[Condition]) -> bool:
    """Say whether a condition narrows in which accounts it is reached."""
    return any(condition.key.lower() in OWNER_KEYS and is_real(condition, conditions) for condition in conditions)


def bounds_caller(conditions: Sequence[Condition]) -> bool:
    """Say whether a condition narrows who may call."""
    return bool(about_caller(conditions))


def about_caller(conditions: Sequence[Condition]) -> list[Condition]:
    """Return the conditions that narrow who may call."""
    return [condition for condition in conditions if _says_who(condition) and is_real(condition, conditions)]


def shuts_out_others(deny: Statement) -> bool:
    """Say whether a Deny is for all but those who meet a condition that narrows who may call.

    Services of AWS may be let through beside it, as the policies of a data perimeter do.
    """
    inverted = [
        replace(condition, operator=INVERSE[operator])
        for condition in deny.conditions
        if (operator := condition.operator.lower().removesuffix("ifexists")) in INVERSE
    ]
    others = [condition for condition in deny.conditions if not _is_inverse(condition)]
    return bool(inverted) and bounds_caller(inverted) and all(_spares_aws_services(condition) for condition in others)


def bounds_source(conditions: Sequence[Condition]) -> bool:
    """Say whether a condition narrows in whose name a service calls (against the confused deputy)."""
    return any(
        _names_source(condition) and is_real(condition, conditions) and _fixes_owner(condition)
        for condition in conditions
    )


def bounds_account(conditions: Sequence[Condition]) -> bool:
    """Say whether a condition narrows which of an account's identities may assume a role."""
    return bounds_caller(conditions) or any(
        (condition.key.lower() in WITHIN_ACCOUNT_KEYS or condition.key.lower().startswith("aws:principaltag/"))
        and is_real(condition, conditions)
        for condition in conditions
    )


def bounds_passed_service(conditions: Sequence[Condition]) -> bool:
    """Say whether a condition narrows which service a role may be passed to."""
    # Every call that passes a role says to which service, so that IfExists is no way around it.
    demanded = [replace(condition, operator=_without_if_exists(condition.operator)) for condition in conditions]
    return any(
        condition.key.lower() in ("iam:passedtoservice", "iam:associatedresourcearn") and is_real(condition, demanded)
        for condition in demanded
    )


def demands_tls(statement: Statement) -> bool:
    """Say whether a Deny statement is for requests without TLS, and for nothing less than all of those.

    Every request has the key, so that IfExists changes nothing.
    """
    return [
        (_without_if_exists(condition.operator), condition.key.lower(), tuple(map(str.lower, condition.values)))
        for condition in statement.conditions
    ] == [("bool", "aws:securetransport", ("false",))]


def _names_resource(key: str) -> bool:
    lower = key.lower()
    return lower.startswith(RESOURCE_KEYS) or any(end in lower for end in RESOURCE_KEY_ENDS)


def _names_source(condition: Condition) -> bool:
    key = condition.key.lower()
    return key in SOURCE_KEYS or key.startswith(ENCRYPTION_CONTEXT)


def _says_who(condition: Condition) -> bool:
    return condition.key.lower() in WHO_KEYS | SOURCE_KEYS and _fixes_owner(condition)


def _is_inverse(condition: Condition) -> bool:
    return condition.operator.lower().removesuffix("ifexists") in INVERSE


def _spares_aws_services(condition: Condition) -> bool:
    return (
        condition.key.lower() in ("aws:principalisawsservice", "aws:viaawsservice")
        and condition.operator.lower().removesuffix("ifexists") == "bool"
        and {value.lower() for value in condition.values} == {"false"}
    )


def _without_if_exists(operator: str) -> str:
    return operator.lower().removesuffix("ifexists")


def _fixes_owner(condition: Condition) -> bool:
    """Say whether an ARN value fixes whose resource it is: the account, or the name of a bucket."""
    if not condition.key.lower().endswith(("arn", ":arn")):
        return True
    return all(_arn_fixes_owner(value) for value in condition.values)


def _arn_fixes_owner(value: str) -> bool:
    arn = arns.split(value)
    if arn is None:
        return True
    if arn.account and arn.service != "s3":
        return not has_wildcard(arn.account)
    # Buckets have no account in their ARN; their names are unique instead.
    return literal_prefix(arn.resource) != ""
