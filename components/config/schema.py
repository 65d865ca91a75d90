"""The JSON Schema of `Pulumi.<stack>.yaml`, for editors; `make schema` writes it."""

import json
import sys
from typing import Any

from .platform import PlatformConfig
from .source import LISTS

_PATH = {"type": "string", "description": "Path of a YAML file that holds one or a list, or a pattern of such paths"}
_FILES = (
    _PATH,
    {
        "type": "object",
        "description": "What a file says, with the other keys given here instead of its own",
        "required": ["file"],
        "properties": {"file": _PATH},
    },
)


def stack_config_schema(namespace: str = "watershed") -> dict[str, Any]:
    """Return the schema of a stack's settings file whose project is called `namespace`."""
    platform = PlatformConfig.model_json_schema(by_alias=True)
    definitions = platform.pop("$defs")
    for name in LISTS:
        entries = platform["properties"][name]
        entries["items"] = {"anyOf": [entries["items"], *_FILES]}
    # Pulumi passes scalars on as text, so an editor must accept both ways of writing them.
    keys: dict[str, Any] = {f"{namespace}:{name}": schema for name, schema in platform["properties"].items()}
    keys["aws:region"] = {"type": "string", "description": "The region everything is deployed to"}
    keys["aws:allowedAccountIds"] = {
        "type": "array",
        "items": {"type": "string", "pattern": r"^\d{12}$"},
        "minItems": 1,
        "maxItems": 1,
        "description": "The one account this stack may be deployed to",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Watershed stack config",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": dict(sorted(keys.items())),
                "patternProperties": {f"^(?!{namespace}:)[^:]+:": {}},
                "additionalProperties": False,
                "required": ["aws:region", "aws:allowedAccountIds"],
            },
            "secretsprovider": {"type": "string"},
            "encryptedkey": {"type": "string"},
            "encryptionsalt": {"type": "string"},
            "environment": {},
        },
        "required": ["config"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def schema_text() -> str:
    """Return the schema as it is committed."""
    return json.dumps(stack_config_schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
