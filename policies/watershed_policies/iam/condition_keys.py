"""Whether a condition is one that AWS knows: its operator, its key, and the form of its values."""

from __future__ import annotations

import ipaddress
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from .actions import condition_keys_of, services
from .patterns import VARIABLE

if TYPE_CHECKING:
    from .document import Condition

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
TEMPLATE_END = re.compile(r"\$\{[^}]*\}|<[^>]*>")
DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?|\d+")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def problem(condition: Condition) -> str | None:
    """Return why AWS does not know the condition or it can never be met as it is meant, None if all is well."""
    operator = condition.operator.lower()
    for quantifier in ("forallvalues:", "foranyvalue:"):
        operator = operator.removeprefix(quantifier)
    if operator != "null":
        operator = operator.removesuffix("ifexists")
    if operator not in OPERATORS:
        return f'has the operator "{condition.operator}", which AWS does not have'
    if not _is_known(condition.key.lower()):
        return f'has the key "{condition.key}", which AWS does not have'
    for value in condition.values:
        found = _bad_value(operator, value)
        if found:
            return f"{condition.operator} on {condition.key} {found}"
    return None


@lru_cache(maxsize=8192)
def _is_known(key: str) -> bool:
    service, colon, name = key.partition(":")
    if not colon:
        return False
    if service == "aws":
        return name in GLOBAL_KEYS or name.startswith(GLOBAL_FAMILIES)
    if "." in service or service == "saml" or key in SESSION_KEYS:
        # A claim of an identity provider, under its host name.
        return True
    if service not in services():
        return False
    exact, families = _keys(service)
    return not exact or key in exact or key.startswith(families)


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
