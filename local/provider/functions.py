"""The provider functions (`aws.get_caller_identity()` and the like) that need no more than where one is."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from .table import Session


class UnknownFunction(Exception):  # noqa: N818  the name says what it is
    """A function that the local provider does not serve."""


def invoke(token: str, arguments: Mapping[str, Any], session: Session) -> dict[str, Any]:
    """The result of a provider function."""
    function = _FUNCTIONS.get(token)
    if function is None:
        known = ", ".join(sorted(_FUNCTIONS))
        raise UnknownFunction(
            f"the local aws provider does not serve this function (it serves {known}); "
            "pass the value in the stack config, or take it from an Output of the resource"
        )
    return function(arguments, session)


def _caller_identity(arguments: Mapping[str, Any], session: Session) -> dict[str, Any]:
    account = session.account
    arn = f"arn:{session.partition}:iam::{account}:root"
    return {"id": account, "accountId": account, "arn": arn, "userId": account}


def _region(arguments: Mapping[str, Any], session: Session) -> dict[str, Any]:
    name = arguments.get("region") or arguments.get("name") or session.region
    endpoint = f"ec2.{name}.amazonaws.com"
    return {"id": name, "name": name, "region": name, "endpoint": endpoint, "description": name}


def _partition(arguments: Mapping[str, Any], session: Session) -> dict[str, Any]:
    suffix = "amazonaws.com.cn" if session.partition == "aws-cn" else "amazonaws.com"
    reverse = ".".join(reversed(suffix.split(".")))
    partition = session.partition
    return {"id": partition, "partition": partition, "dnsSuffix": suffix, "reverseDnsPrefix": reverse}


def _availability_zones(arguments: Mapping[str, Any], session: Session) -> dict[str, Any]:
    """Three zones, as most regions have."""
    asked = {name for name, value in arguments.items() if value and name not in ("state", "region")}
    if asked or arguments.get("state") not in (None, "available"):
        raise ValueError("the local aws provider knows the zones that are available: ask for no others")
    region = arguments.get("region") or session.region
    letters = "abc"
    return {
        "id": region,
        "region": region,
        "names": [f"{region}{letter}" for letter in letters],
        "zoneIds": [f"{region}-az{number}" for number in range(1, len(letters) + 1)],
        "groupNames": [f"{region}-zg-1"],
    }


def _policy_document(arguments: Mapping[str, Any], session: Session) -> dict[str, Any]:
    document: dict[str, Any] = {"Version": arguments.get("version") or "2012-10-17"}
    if arguments.get("policyId"):
        document["Id"] = arguments["policyId"]
    document["Statement"] = [_statement(statement) for statement in arguments.get("statements") or []]
    for name in ("sourcePolicyDocuments", "overridePolicyDocuments", "overrideJson", "sourceJson"):
        if arguments.get(name):
            raise ValueError(f"{name} is not supported by the local aws provider; put the statements in `statements`")
    text = json.dumps(document, indent=2)
    return {**arguments, "id": "policy", "json": text, "minifiedJson": json.dumps(document, separators=(",", ":"))}


def _statement(given: Mapping[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": given.get("effect") or "Allow"}
    if given.get("sid"):
        statement["Sid"] = given["sid"]
    for ours, theirs in (
        ("actions", "Action"), ("notActions", "NotAction"), ("resources", "Resource"), ("notResources", "NotResource"),
    ):  # fmt: skip
        if given.get(ours):
            statement[theirs] = _one_or_many(given[ours])
    for ours, theirs in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if given.get(ours):
            statement[theirs] = _principals(given[ours])
    for condition in given.get("conditions") or []:
        tests = statement.setdefault("Condition", {}).setdefault(condition["test"], {})
        tests.setdefault(condition["variable"], []).extend(condition["values"])
    return statement


def _principals(given: list[Mapping[str, Any]]) -> Any:
    if [(entry["type"], entry["identifiers"]) for entry in given] == [("*", ["*"])]:
        return "*"
    principals: dict[str, Any] = {}
    for entry in given:
        principals.setdefault(entry["type"], []).extend(entry["identifiers"])
    return {kind: _one_or_many(identifiers) for kind, identifiers in principals.items()}


def _one_or_many(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values


_FUNCTIONS: Mapping[str, Callable[[Mapping[str, Any], Session], dict[str, Any]]] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
}
