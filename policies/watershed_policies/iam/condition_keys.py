"""Whether a condition is one that AWS knows: its operator, its key, and the form of its values."""

from __future__ import annotations

import ipaddress
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from . import condition_types
from .actions import condition_keys_by_action, condition_keys_of, expand, services
from .condition_values import must_be_there
from .patterns import VARIABLE, matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .document import Condition, Statement

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
OPERATORS = {
    *("stringequals", "stringnotequals", "stringequalsignorecase", "stringnotequalsignorecase"),
    *("stringlike", "stringnotlike"),
    *("numericequals", "numericnotequals", "numericlessthan", "numericlessthanequals"),
    *("numericgreaterthan", "numericgreaterthanequals"),
    *("dateequals", "datenotequals", "datelessthan", "datelessthanequals", "dategreaterthan", "dategreaterthanequals"),
    *("bool", "binaryequals", "ipaddress", "notipaddress"),
    *("arnequals", "arnlike", "arnnotequals", "arnnotlike", "null"),
}
EXACT = {"stringequals", "stringnotequals", "stringequalsignorecase", "stringnotequalsignorecase"}
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL_KEYS = {
    *("principalarn", "principalaccount", "principalorgpaths", "principalorgid", "principalisawsservice"),
    "principalorgmasteraccountid",
    *("principalservicename", "principalservicenameslist", "principaltype", "userid", "username"),
    *("assumedroot", "federatedprovider", "tokenissuetime", "multifactorauthage", "multifactorauthpresent"),
    *("chatbotsourcearn", "ec2instancesourcevpc", "ec2instancesourceprivateipv4", "sourceidentity", "signinsessionarn"),
    *("sourceip", "sourcevpc", "sourcevpcarn", "sourcevpce", "vpcsourceip", "vpceaccount", "vpceorgid", "vpceorgpaths"),
    *("resourceaccount", "resourceorgid", "resourceorgpaths"),
    *("calledvia", "calledviafirst", "calledvialast", "viaawsservice", "calledviaawsmcp", "viaawsmcpservice"),
    *("currenttime", "epochtime", "referer", "requestedregion", "tagkeys", "securetransport", "useragent"),
    *("sourceaccount", "sourcearn", "sourceorgid", "sourceorgpaths", "sourceowner", "ismcpserviceaction"),
}
GLOBAL_FAMILIES = ("principaltag/", "requesttag/", "resourcetag/")
# Keys of a role's session, which services set for the requests that their resources make, whatever the action.
SESSION_KEYS = {
    *("ec2:sourceinstancearn", "ec2:roledelivery", "lambda:sourcefunctionarn", "ssm:sourceinstancearn"),
    *("glue:roleassumedby", "glue:credentialissuingservice", "codebuild:buildarn", "identitystore:userid"),
    *("codebuild:projectarn", "lambda:functionurlauthtype", "lambda:eventsourcetoken", "s3:resourceaccount"),
}
# A resource's or request's tags are named freely, in keys that the reference writes in many ways.
TAG = "tag/"
TEMPLATE_END = re.compile(r"\$\{[^}]*\}|<[^>]*>")
DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?|\d+")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def problem(condition: Condition) -> str | None:
    """Return why AWS does not know the condition or it can never be met as it is meant, None if all is well."""
    operator = condition.operator.lower()
    for quantifier in ("forallvalues:", "foranyvalue:"):
        operator = operator.removeprefix(quantifier)
    if not operator.startswith("null"):
        operator = operator.removesuffix("ifexists")
    if operator not in OPERATORS:
        return f'has the operator "{condition.operator}", which AWS does not have'
    if not _is_known(condition.key.lower()):
        return f'has the key "{condition.key}", which AWS does not have'
    holds = condition_types.mismatch(operator, condition.key.lower())
    if holds:
        return f"has {condition.operator} on {condition.key}, which holds {holds}"
    if operator in ("bool", "null") and len(condition.values) > 1:
        return f"compares {condition.key} with both true and false"
    for value in condition.values:
        found = _bad_value(operator, value)
        if found:
            return f"{condition.operator} on {condition.key} {found}"
    return None


def loose(statement: Statement) -> Iterator[Condition]:
    """Yield the conditions of an Allow that ask for all values of a key that holds one: without the key they are met.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """
    for condition in statement.conditions if statement.allows else ():
        asks_for_one = condition_types.holds_one(condition.key.lower())
        if condition.operator.lower().startswith("forallvalues:") and asks_for_one:
            yield from () if must_be_there(condition.key, statement.conditions) else (condition,)


def absent(statement: Statement) -> Iterator[Condition]:
    """Yield the conditions on a key of a service that no request for one of the statement's actions has.

    An Allow with one is never met, or always where the operator is negated. IfExists and the like say so themselves.
    """
    if not statement.actions:
        return
    for condition in statement.conditions:
        key = condition.key.lower()
        operator = condition.operator.lower()
        if _is_of_session(key) or operator.startswith(("null", "forallvalues:")) or operator.endswith("ifexists"):
            continue
        may_have = _is_for if TAG in key else _may_have
        if not any(may_have(action, key) for action in statement.actions):
            yield condition


def _is_for(action_pattern: str, key: str) -> bool:
    """Say whether an action is of the key's service; of a role's tags, sts:AssumeRole asks too."""
    service = key.partition(":")[0]
    asked = ("iam", "sts") if service == "iam" else (service,)
    return any(matches(action_pattern.partition(":")[0], name) for name in asked)


@lru_cache(maxsize=8192)
def _may_have(action_pattern: str, key: str) -> bool:
    if not action_pattern.strip("*:"):
        return True
    found = expand(action_pattern)
    return not found or any(_has(action.name.lower(), key) for action in found)


def _has(action: str, key: str) -> bool:
    keys = condition_keys_by_action(action.partition(":")[0])[action]
    return key in keys or any(key.startswith(TEMPLATE_END.split(one)[0]) for one in keys if TEMPLATE_END.search(one))


@lru_cache(maxsize=8192)
def _is_known(key: str) -> bool:
    service, colon, name = key.partition(":")
    if not colon:
        return False
    if service == "aws":
        return name in GLOBAL_KEYS or name.startswith(GLOBAL_FAMILIES)
    if _is_of_session(key):
        return True
    if service not in services():
        return False
    exact, families = _keys(service)
    return not exact or key in exact or key.startswith(families)


def _is_of_session(key: str) -> bool:
    """Say whether a key is in the requests for every action: a global one, a session's, or a claim of its provider."""
    service = key.partition(":")[0]
    return service in ("aws", "saml") or "." in service or key in SESSION_KEYS


@cache
def _keys(service: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the keys of a service, and what those with a variable in them begin with."""
    names = condition_keys_of(service)
    exact = frozenset(name for name in names if not TEMPLATE_END.search(name))
    return exact, tuple(TEMPLATE_END.split(name)[0] for name in names if TEMPLATE_END.search(name))


def _bad_value(operator: str, value: str) -> str | None:
    if VARIABLE.search(value):
        return None
    if operator in EXACT and "*" in value:
        return f'compares with "{value}" letter by letter: a wildcard needs StringLike or ArnLike'
    if operator in ("bool", "null") and value.lower() not in ("true", "false"):
        return f'compares with "{value}", which is neither true nor false'
    if operator.endswith("ipaddress") and not _is_network(value):
        return f'compares with "{value}", which is no address range'
    if operator.startswith("numeric") and not NUMBER.fullmatch(value):
        return f'compares with "{value}", which is no number'
    if operator.startswith("date") and not DATE.fullmatch(value):
        return f'compares with "{value}", which is no date such as 2026-01-31T00:00:00Z'
    return None


def _is_network(value: str) -> bool:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return True
