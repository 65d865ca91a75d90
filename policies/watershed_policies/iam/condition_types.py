"""What type the value of a condition key has, and whether an operator compares that type.

A comparison of another type is never met, or under a negated operator always:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from .actions import condition_key_types

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL_TYPES = {
    "aws:securetransport": "Bool",
    "aws:multifactorauthpresent": "Bool",
    "aws:viaawsservice": "Bool",
    "aws:principalisawsservice": "Bool",
    "aws:multifactorauthage": "Numeric",
    "aws:currenttime": "Date",
    "aws:tokenissuetime": "Date",
    "aws:sourceip": "IPAddress",
    "aws:vpcsourceip": "IPAddress",
    "aws:principalorgid": "String",
    "aws:principalaccount": "String",
    "aws:principalarn": "ARN",
    "aws:sourceaccount": "String",
    "aws:sourcearn": "ARN",
    "aws:sourcevpc": "String",
    "aws:sourcevpce": "String",
}
# Keys of the session or the organization that hold several values; all other global ones hold one.
SEVERAL = {
    *("aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:tagkeys"),
    *("aws:sourceorgpaths", "aws:vpceorgpaths", "aws:resourceorgpaths"),
}
# A text and an ARN are compared alike: AWS's guides have StringLike on aws:PrincipalArn, and ArnLike on a log group's
# encryption context.
TEXTS = ("String", "ARN")
FAMILY = re.compile(r"(not)?(string|arn|numeric|date|bool|ipaddress)")
COMPARES = {
    # AWS's own policies compare with "true" as a text too.
    "string": (*TEXTS, "Bool"),
    "arn": TEXTS,
    "numeric": ("Numeric",),
    "date": ("Date",),
    "bool": ("Bool",),
    "ipaddress": ("IPAddress",),
}
SAID = {
    "Bool": "true or false: Bool",
    "Numeric": "a number: NumericEquals and the like",
    "Date": "a date: DateLessThan",
}
SAID |= {"IPAddress": "an address: IpAddress", "String": "a text: StringEquals", "ARN": "an ARN: ArnLike"}


@lru_cache(maxsize=8192)
def mismatch(operator: str, key: str) -> str | None:
    """Return what the key holds where the operator, in lower case and without qualifiers, compares something else."""
    type_ = _type_of(key)
    found = FAMILY.match(operator)
    if type_ is None or found is None or type_ in COMPARES[found.group(2)]:
        return None
    return SAID.get(type_)


def holds_one(key: str) -> bool:
    """Say whether a key is known to hold a single value."""
    service = key.partition(":")[0]
    if service == "aws":
        return key not in SEVERAL
    found = condition_key_types(service).get(key)
    return found is not None and not found.startswith("ArrayOf")


def _type_of(key: str) -> str | None:
    service = key.partition(":")[0]
    types: Mapping[str, str] = GLOBAL_TYPES if service == "aws" else condition_key_types(service)
    found = types.get(key)
    return found.removeprefix("ArrayOf") if found else None
