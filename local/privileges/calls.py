"""The calls that roles made, as the emulator recorded them: `local/emulator/recording.py`."""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..emulator.recording import CALLS_PATH

# What a handler itself called, as told from what AWS services call in its role's name: those the emulator makes too are
# recorded as theirs, the others follow from `implied.py`.
ITS_OWN = "its own call"


@dataclass(frozen=True)
class Call:
    """One action on one resource under a role; `by` says who calls, `source` is the AWS document that says so."""

    role: str
    action: str
    resource: str
    by: str = ITS_OWN
    source: str = ""
    context: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)
    allowed: bool = field(default=True, compare=False)


@dataclass(frozen=True)
class Recorded:
    """Everything that the emulator recorded since it started."""

    calls: tuple[Call, ...]
    unchecked: tuple[tuple[str, str], ...]
    """(role, operation) of requests that the emulator serves without an IAM check."""
    left_out: int


def read_calls(endpoint: str) -> Recorded:
    """Ask the emulator."""
    with urllib.request.urlopen(endpoint + CALLS_PATH, timeout=30) as answer:  # noqa: S310 - the emulator
        return parse(json.load(answer))


def parse(document: Mapping[str, Any]) -> Recorded:
    """Read what the emulator answers."""
    return Recorded(
        calls=tuple(
            Call(
                role=each["role"],
                action=each["action"],
                resource=each["resource"],
                by=each["by"] or ITS_OWN,
                context=each["context"],
                allowed=each["allowed"],
            )
            for each in document["calls"]
        ),
        unchecked=tuple((each["role"], each["operation"]) for each in document["unchecked"]),
        left_out=document["left_out"],
    )
