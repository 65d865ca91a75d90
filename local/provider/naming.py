"""Names for what the program leaves unnamed: `<logical name>-<7 hex>`, as the official provider makes them."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .table import Name

SUFFIX_LENGTH = 7
PREFIXED_SUFFIX_LENGTH = 26  # what follows a `namePrefix`


@dataclass(frozen=True)
class Proposal:
    """The stack's own naming rule (`pulumi:autonaming`), applied by the engine to this resource."""

    name: str
    mode: Literal["propose", "enforce", "disable"]


def automatic_name(
    rule: Name, logical_name: str, inputs: Mapping[str, Any], seed: bytes, proposal: Proposal | None
) -> str:
    """The physical name of a resource; raises ValueError where the stack's naming rule allows none."""
    ending = "".join(end for flag, end in rule.suffix_when.items() if inputs.get(flag) is True)
    prefix = inputs.get(rule.prefix_property)
    if prefix is not None:
        room = rule.limit - len(ending) - len(str(prefix))
        return f"{prefix}{_unique(seed, logical_name, min(PREFIXED_SUFFIX_LENGTH, max(room, 1)))}{ending}"
    if proposal and proposal.mode == "disable":
        raise ValueError("is required: this stack switches automatic names off (pulumi:autonaming)")
    if proposal and proposal.name:
        name = proposal.name
        if proposal.mode == "enforce":
            return name
        name = name[: rule.limit - len(ending) - len(rule.starts)]
    else:
        room = rule.limit - SUFFIX_LENGTH - 1 - len(ending) - len(rule.starts)
        name = f"{logical_name[:room]}-{_unique(seed, logical_name, SUFFIX_LENGTH)}"
    if rule.lower:
        name = name.lower()
    return f"{rule.starts}{name}{ending}"


def _unique(seed: bytes, logical_name: str, length: int) -> str:
    source = seed or secrets.token_bytes(32)
    return hashlib.sha256(source + logical_name.encode()).hexdigest()[:length]
