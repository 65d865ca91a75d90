"""The table of resource types: one file a service, one entry a type. `docs/guides/add-a-resource-type.md` adds one."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from ..table import Resource, Support


@cache
def table() -> Mapping[str, Resource]:
    """Every resource type by its token, from every module here."""
    modules = [importlib.import_module(f".{found.name}", __name__) for found in pkgutil.iter_modules(__path__)]
    return {resource.token: resource for module in modules for resource in module.RESOURCES}


def supported_types() -> tuple[str, ...]:
    """The tokens of the types the provider knows, in order."""
    return tuple(sorted(table()))


def support(type_token: str) -> Support:
    """Whether the emulated AWS has the type, or only state records it; raises KeyError for a type not in the table."""
    return table()[type_token].support
