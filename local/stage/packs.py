"""Which policy pack checks a stack, and where its levels for the stack come from."""

import importlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# Names the folder of `<stack>.json` files to the pack that Watershed ships.
CONFIG_VARIABLE = "WATERSHED_POLICIES_CONFIG"


@dataclass(frozen=True)
class PolicyPack:
    """A policy pack's folder, and the variables it reads."""

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)


def count_rules(pack: PolicyPack | None) -> int:
    """Return how many rules a pack of Watershed's has; 0 where that cannot be told."""
    if pack is None or not (pack.folder / "watershed_policies").is_dir():
        return 0
    path = list(sys.path)
    sys.path.insert(0, str(pack.folder))
    try:
        return len(importlib.import_module("watershed_policies.registry").load().rules)
    finally:
        sys.path[:] = path


def find_pack(project: Path) -> PolicyPack | None:
    """Return the project's own pack, or the one that Watershed ships with the project's levels if it has any."""
    own = project / "policies"
    if (own / "PulumiPolicy.yaml").is_file():
        return PolicyPack(own)
    shipped = REPOSITORY / "policies"
    if not (shipped / "PulumiPolicy.yaml").is_file():
        return None
    levels = own / "config"
    return PolicyPack(shipped, {CONFIG_VARIABLE: str(levels)} if levels.is_dir() else {})
