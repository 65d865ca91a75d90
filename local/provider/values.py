"""Property values as the engine sends them: unknowns, secrets and assets kept apart from plain data.

On the wire everything is a protobuf `Struct`; a "signature" key marks what JSON has no word for. Numbers arrive as
floats: a whole one becomes an `int`, because AWS APIs tell them apart.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime import rpc

SIGNATURE: Final = rpc._special_sig_key
SECRET: Final = rpc._special_secret_sig
ASSET: Final = rpc._special_asset_sig
ARCHIVE: Final = rpc._special_archive_sig
RESOURCE: Final = rpc._special_resource_sig
OUTPUT: Final = rpc._special_output_value_sig

# The engine has one marker for each type of unknown (sdk/go/common/resource/plugin/rpc.go).
UNKNOWN_MARKERS: Final = frozenset(
    {
        rpc.UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


class Unknown:
    """A value that only exists after a deploy. There is one: `UNKNOWN`."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that state keeps encrypted."""

    value: Any

    def __repr__(self) -> str:
        return "<secret>"


@dataclass(frozen=True)
class Asset:
    """A file or archive: `fields` is what the engine sent (hash, path, text, uri, assets)."""

    archive: bool
    fields: Mapping[str, Any]

    @property
    def hash(self) -> str:
        """The engine's hash of the content: what decides whether it has changed."""
        return str(self.fields.get("hash", ""))


def from_struct(message: struct_pb2.Struct) -> dict[str, Any]:
    """The properties in a message from the engine."""
    return {key: _from_value(value) for key, value in message.fields.items()}


def to_struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """The message that carries `properties` to the engine."""
    message = struct_pb2.Struct()
    for key, value in properties.items():
        if value is not None:
            message.fields[key].CopyFrom(_to_value(value))
    return message


def plain(value: Any) -> Any:
    """`value` without its secret wrappers, as AWS must get it."""
    return _rewrite(value, lambda secret: plain(secret.value))


def has_secret(value: Any) -> bool:
    """Whether there is a secret in `value`, at any depth."""
    return _any(value, lambda leaf: isinstance(leaf, Secret))


def has_unknown(value: Any) -> bool:
    """Whether there is an unknown in `value`, at any depth, inside secrets and archives too."""
    return _any(value, lambda leaf: isinstance(leaf, Unknown))


def _rewrite(value: Any, reveal: Callable[[Secret], Any]) -> Any:
    if isinstance(value, Secret):
        return reveal(value)
    if isinstance(value, dict):
        return {key: _rewrite(item, reveal) for key, item in value.items()}
    if isinstance(value, list):
        return [_rewrite(item, reveal) for item in value]
    if isinstance(value, Asset):
        return Asset(value.archive, _rewrite(dict(value.fields), reveal))
    return value


def _any(value: Any, test: Callable[[Any], bool]) -> bool:
    if test(value):
        return True
    if isinstance(value, Secret):
        return _any(value.value, test)
    if isinstance(value, Asset):
        return _any(value.fields, test)
    if isinstance(value, Mapping):
        return any(_any(item, test) for item in value.values())
    if isinstance(value, list):
        return any(_any(item, test) for item in value)
    return False


def _from_value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWN_MARKERS else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_from_value(item) for item in value.list_value.values]
    if kind == "struct_value":
        return _from_marked(from_struct(value.struct_value))
    return None


def _from_marked(fields: dict[str, Any]) -> Any:
    signature = fields.pop(SIGNATURE, None)
    if signature is None:
        return fields
    if signature == SECRET:
        return Secret(fields.get("value"))
    if signature in (ASSET, ARCHIVE):
        return Asset(signature == ARCHIVE, fields)
    if signature == OUTPUT:
        value = fields.get("value", UNKNOWN)
        return Secret(value) if fields.get("secret") else value
    if signature == RESOURCE:
        return fields.get("id") or fields.get("urn")
    raise ValueError(f"the engine sent a kind of value the local aws provider does not know (signature {signature})")


def _to_value(value: Any) -> struct_pb2.Value:
    if isinstance(value, Unknown):
        return struct_pb2.Value(string_value=rpc.UNKNOWN)
    if isinstance(value, Secret):
        return _marked(SECRET, {"value": value.value})
    if isinstance(value, Asset):
        return _marked(ARCHIVE if value.archive else ASSET, value.fields)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, (int, float)):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=to_struct(value))
    if isinstance(value, (list, tuple)):
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[_to_value(item) for item in value]))
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    raise TypeError(f"a value of type {type(value).__name__} cannot be sent to the engine")


def _marked(signature: str, fields: Mapping[str, Any]) -> struct_pb2.Value:
    message = to_struct(fields)
    message.fields[SIGNATURE].string_value = signature
    return struct_pb2.Value(struct_value=message)
