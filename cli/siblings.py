"""Reach the packages beside this one, in the checkout (`local`) and once installed (`watershed.local`)."""

import importlib
from types import ModuleType


def sibling(name: str) -> ModuleType:
    """Import the package `name` that lies beside `cli`, or a module of it: `sibling("local.stage.up")`."""
    parent = (__package__ or "").rpartition(".")[0]
    return importlib.import_module(f"{parent}.{name}" if parent else name)
