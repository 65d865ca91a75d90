"""Makes recorded resources by hand, for the cases of the rules: `make("aws:s3/bucketPolicy:BucketPolicy", bucket=raw)`.

A resource given as a value stands for a reference to it: the value becomes its id (its ARN for `arn` properties), and
the property depends on it, as Pulumi records it.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Any

import pulumi_aws
from pulumi.runtime import rpc

from tests.policy.harness import Recorded
from tests.policy.outputs import KEY_ID_PREFIX, SUFFIX, outputs_of

PREFIX = "urn:pulumi:test::watershed::"


def make(type_: str, name: str = "it", /, *, within: str = "", **inputs: Any) -> Recorded:
    """Return a recorded resource; `within` is the type of the component that holds it."""
    values = {key: _value(key, value) for key, value in inputs.items()}
    id_, outputs = outputs_of(type_, name, values)
    qualified = f"{within}${type_}" if within else type_
    return Recorded(
        type=type_,
        name=name,
        urn=f"{PREFIX}{qualified}::{name}",
        inputs=values,
        outputs={**values, **outputs, "id": id_},
        dependencies={key: urns for key, value in inputs.items() if (urns := _urns(value))},
    )


def before_creation(resource: Recorded, *, documents: bool = False) -> Recorded:
    """Return the resource as a first preview sees it: what depends on others, and what AWS will answer, is unknown.

    With `documents`, so are JSON texts, which mostly are made of ARNs.
    """
    inputs = {key: _unknown(value) if key in resource.dependencies else value for key, value in resource.inputs.items()}
    if documents:
        inputs = {key: rpc.UNKNOWN if _is_json(value) else value for key, value in inputs.items()}
    return replace(resource, inputs=inputs, outputs={**inputs, "id": rpc.UNKNOWN, "arn": rpc.UNKNOWN})


def arn(resource: Recorded) -> str:
    """Return the ARN of a made resource."""
    return str(resource.outputs["arn"])


def document(*statements: dict[str, Any]) -> str:
    """Return a policy document as JSON."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str | list[str], resource: str | list[str] | None = None, **more: Any) -> dict[str, Any]:
    """Return an Allow statement; keyword arguments are its other elements."""
    return {"Effect": "Allow", "Action": action, **({} if resource is None else {"Resource": resource}), **more}


def deny_plain_http(action: str, *resources: str) -> dict[str, Any]:
    """Return the statement that refuses requests without TLS."""
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": list(resources),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def arguments_of(type_: str) -> type:
    """Return the class of pulumi_aws that holds the arguments of a resource type."""
    _, place, name = type_.split(":")
    module = {"lambda": "lambda_"}.get(place.split("/")[0], place.split("/")[0])
    # Through the package: importing the file first would leave pulumi_aws's lazy module without the class.
    found = sys.modules[getattr(getattr(pulumi_aws, module), name).__module__]
    # Where a nested type has the name already, a resource's own arguments have another.
    arguments: type = getattr(found, f"{name}InitArgs", None) or getattr(found, f"{name}Args")
    return arguments


def _is_json(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("{")


def _value(key: str, value: Any) -> Any:
    if isinstance(value, Recorded):
        return arn(value) if key.lower().endswith("arn") else value.outputs["id"]
    if isinstance(value, dict):
        return {name: _value(name, item) for name, item in value.items()}
    if isinstance(value, list):
        return [_value(key, item) for item in value]
    return value


def _urns(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [urn for item in value.values() for urn in _urns(item)]
    if isinstance(value, list):
        return [urn for item in value for urn in _urns(item)]
    return [value.urn] if isinstance(value, Recorded) else []


def _unknown(value: Any) -> Any:
    """Return a value that holds references with those unknown; the physical names of `outputs.py` tell them."""
    if isinstance(value, dict):
        return {name: _unknown(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_unknown(item) for item in value]
    return rpc.UNKNOWN if isinstance(value, str) and (SUFFIX in value or KEY_ID_PREFIX in value) else value
