"""What each AWS resource type accepts and returns, read from the `pulumi_aws` classes the program itself uses."""

import sys
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any, Literal

import pulumi_aws
from pulumi import Archive, Asset
from pulumi._types import input_type_py_to_pulumi_names, is_output_type, output_type_types, resource_types

Kind = Literal["string", "integer", "number", "boolean", "list", "map", "object", "asset", "any"]

_SCALARS: Mapping[Any, Kind] = {str: "string", int: "integer", float: "number", bool: "boolean"}


@dataclass(frozen=True)
class PropertyType:
    """The type of one property; an object's own properties are read when they are first asked for."""

    kind: Kind
    item: "PropertyType | None" = None
    output_class: Any = field(default=None, repr=False)

    @cached_property
    def properties(self) -> Mapping[str, "PropertyType"]:
        """An object's properties by their Pulumi (camelCase) names."""
        if self.kind != "object":
            return {}
        return {name: _property_type(hint) for name, hint in output_type_types(self.output_class).items()}


@dataclass(frozen=True)
class ResourceSchema:
    """A resource type's properties by their Pulumi names."""

    token: str
    inputs: frozenset[str]
    properties: Mapping[str, PropertyType]

    @property
    def outputs(self) -> frozenset[str]:
        """The properties only the provider sets."""
        return frozenset(self.properties) - self.inputs


@cache
def resource_schema(token: str) -> ResourceSchema:
    """The schema of a type token such as `aws:s3/bucket:Bucket`."""
    resource_class = _resource_class(token)
    class_name, module = resource_class.__name__, sys.modules[resource_class.__module__]
    # Where a nested type already has the name `<Class>Args`, pulumi_aws calls the resource's own `<Class>InitArgs`.
    arguments = getattr(module, f"{class_name}InitArgs", None) or getattr(module, f"{class_name}Args")
    inputs = frozenset(input_type_py_to_pulumi_names(arguments).values())
    properties = {name: _property_type(hint) for name, hint in resource_types(resource_class).items()}
    return ResourceSchema(token, inputs, properties)


def with_id(schema: ResourceSchema) -> ResourceSchema:
    """The schema with the id as a property, for types whose id no other property holds, as in EC2."""
    return replace(schema, properties={**schema.properties, "id": PropertyType("string")})


def _resource_class(token: str) -> type:
    """Reach the class through its package: importing its file first leaves pulumi_aws's lazy modules half loaded."""
    package, module, name = token.split(":")
    service = {"lambda": "lambda_"}.get(module.split("/")[0], module.split("/")[0])
    found = getattr(getattr(pulumi_aws, service, None), name, None)
    if package != "aws" or not isinstance(found, type):
        raise ModuleNotFoundError(f"{token!r} is not a resource type of pulumi_aws")
    return found


def _property_type(hint: Any) -> PropertyType:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint in _SCALARS:
        return PropertyType(_SCALARS[hint])
    if origin is typing.Union:
        return _union(arguments)
    if origin is not None and issubclass(origin, Mapping):
        return PropertyType("map", _property_type(arguments[1]))
    if origin is not None and issubclass(origin, typing.Sequence):
        return PropertyType("list", _property_type(arguments[0]))
    if isinstance(hint, type) and issubclass(hint, (Archive, Asset)):
        return PropertyType("asset")
    if is_output_type(hint):
        return PropertyType("object", output_class=hint)
    return PropertyType("any")


def _union(members: tuple[Any, ...]) -> PropertyType:
    """The one type that matters: an enum or a typed JSON document beside `str` is a string on the wire."""
    kinds = [_property_type(member) for member in members if member is not type(None)]
    scalars = [kind for kind in kinds if kind.kind == "string"]
    return scalars[0] if scalars else kinds[0]
