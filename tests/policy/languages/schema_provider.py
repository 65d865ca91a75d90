"""The local provider for policy checks, with a schema of the types named on the command line: Pulumi YAML asks for one.

`python -m tests.policy.languages.schema_provider FILE TYPE...` prints its port and serves until it is stopped. The real
plugin has the schema of all 1,500 types; this one reads theirs from the signatures of pulumi_aws.
"""

from __future__ import annotations

import json
import sys
import threading
from concurrent import futures
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from local.provider.given import GivenProvider
from local.provider.schema import PropertyType, resource_schema
from local.provider.server import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

ANYTHING = {"$ref": "pulumi.json#/Any"}
CALLER = "aws:index/getCallerIdentity:getCallerIdentity"


class SchemaProvider(GivenProvider):
    """Tells the engine the shapes of some types."""

    def __init__(self, given: Path, types: Sequence[str]) -> None:
        super().__init__("eu-central-1", "123456789012", lambda what: append(given, what))
        self._schema = json.dumps(package_schema(types))

    def GetSchema(self, request: Any, context: Any) -> provider_pb2.GetSchemaResponse:  # noqa: N802
        return provider_pb2.GetSchemaResponse(schema=self._schema)


def append(file: Path, line: str) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(f"{line}\n")


def package_schema(types: Sequence[str]) -> dict[str, Any]:
    return {
        "name": "aws",
        "version": VERSION,
        "meta": {"moduleFormat": "(.*)(?:/[^/]*)"},
        "provider": {},
        "resources": {token: resource(token) for token in types},
        "functions": {
            CALLER: {"outputs": {"type": "object", "properties": {"accountId": {"type": "string"}}}},
        },
    }


def resource(token: str) -> dict[str, Any]:
    schema = resource_schema(token)
    properties = {name: spelled(kind) for name, kind in schema.properties.items()}
    return {
        "properties": properties,
        "inputProperties": {name: properties.get(name, ANYTHING) for name in sorted(schema.inputs)},
    }


def spelled(kind: PropertyType) -> dict[str, Any]:
    if kind.kind in ("string", "integer", "number", "boolean"):
        return {"type": kind.kind}
    if kind.kind == "list" and kind.item is not None:
        return {"type": "array", "items": spelled(kind.item)}
    if kind.kind == "map" and kind.item is not None:
        return {"type": "object", "additionalProperties": spelled(kind.item)}
    return ANYTHING


def main() -> None:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    served = SchemaProvider(Path(sys.argv[1]), sys.argv[2:])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(served, server)
    sys.stdout.write(f"{server.add_insecure_port('127.0.0.1:0')}\n")
    sys.stdout.flush()
    server.start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
