"""Resource properties as plain Python values, with a marker where a value is not known yet.

Pulumi's own proxy raises as soon as an unknown value is touched, by `in` and `.get` too. Rules want to tell three
cases apart: not given, given but unknown until `up`, and known. `Properties` does that.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pulumi_policy.proxy import UnknownValueError


class Unknown:
    """The type of `UNKNOWN`, a value that only `up` can tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


class UndecidedError(Exception):
    """A rule needs a value that is not known yet: it says nothing now and decides at `up`."""


class _Met(threading.local):
    unknown_values = 0


_met = _Met()


def unknown_values_met() -> int:
    """Return how many unknown values the checks on this thread asked for so far."""
    return _met.unknown_values


def note_unknown() -> None:
    """Remember that a check asked for a value that is not known yet, whether or not it says nothing because of it."""
    _met.unknown_values += 1


def plain(value: Any) -> Any:
    """Return `value` (a proxy, at any depth) as plain dicts and lists, unknown values replaced by `UNKNOWN`."""
    if isinstance(value, Mapping):
        return {key: _known_or_marker(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [_known_or_marker(value, index) for index in range(len(value))]
    return value


def holds_unknown(value: Any) -> bool:
    """Say whether anything in a plain value is unknown."""
    if isinstance(value, dict):
        return any(holds_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(holds_unknown(item) for item in value)
    return value is UNKNOWN


def _known_or_marker(container: Any, key: Any) -> Any:
    try:
        return plain(container[key])
    except UnknownValueError:
        return UNKNOWN


class Properties:
    """Read access to plain properties by path: `properties.get("versioningConfiguration", "status")`."""

    def __init__(self, values: Mapping[str, Any] | Unknown) -> None:
        self._values = values

    def get(self, *path: str) -> Any:
        """Return the value at `path`, None where nothing is given; raise `UndecidedError` where it is unknown."""
        value = self._walk(path)
        if value is UNKNOWN:
            note_unknown()
            raise UndecidedError(".".join(path))
        return value

    def is_set(self, *path: str) -> bool:
        """Say whether something is given at `path`; a value that is only known at `up` counts as given."""
        value = self._walk(path)
        return value is UNKNOWN or value not in (None, "", [], {})

    def is_unknown(self, *path: str) -> bool:
        """Say whether the value at `path` is one that only `up` can tell."""
        unknown = self._walk(path) is UNKNOWN
        if unknown:
            note_unknown()
        return unknown

    def is_blank(self, *path: str) -> bool:
        """Say whether nothing but white space is known to be given at `path`."""
        value = self._walk(path)
        return value is None or (isinstance(value, str) and not value.strip())

    def is_true(self, *path: str) -> bool:
        """Say whether a switch is on; programs in YAML may spell it as text."""
        value = self.get(*path)
        return value is True or (isinstance(value, str) and value.lower() == "true")

    def is_false(self, *path: str) -> bool:
        """Say whether a switch is off on purpose: not given is neither on nor off."""
        value = self.get(*path)
        return value is False or (isinstance(value, str) and value.lower() == "false")

    def number(self, *path: str) -> float | None:
        """Return a number, which may be spelled as text; None where there is none."""
        value = self.get(*path)
        if isinstance(value, bool):
            return None
        try:
            return float(value)
        except (TypeError, ValueError):
            return None

    def texts(self, *path: str) -> list[str]:
        """Return the texts in the list at `path` that are known by now; a single one counts as a list of one."""
        value = self.get(*path)
        return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]

    def has_customer_key(self, *path: str) -> bool:
        """Say whether a KMS key of ours is given: AWS's own keys have aliases such as `alias/aws/s3`."""
        return self.is_set(*path) and "alias/aws/" not in str(self._walk(path))

    def section(self, *path: str) -> Properties:
        """Return the object at `path` (the first one of a list), empty where there is none."""
        value = self._walk(path)
        if isinstance(value, list):
            value = value[0] if value else None
        return Properties(value if isinstance(value, (dict, Unknown)) else {})

    def each(self, *path: str) -> list[Properties]:
        """Return the objects in the list at `path`; a single object counts as a list of one."""
        value = self.get(*path)
        entries = value if isinstance(value, list) else [value]
        return [Properties(entry) for entry in entries if isinstance(entry, (dict, Unknown))]

    def _walk(self, path: tuple[str, ...]) -> Any:
        value: Any = self._values
        for step in path:
            if isinstance(value, list) and len(value) == 1:
                value = value[0]
            if value is UNKNOWN:
                return UNKNOWN
            value = value.get(step) if isinstance(value, dict) else None
        return value
