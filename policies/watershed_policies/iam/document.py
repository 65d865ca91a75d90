"""Policy documents in every form that pulumi-aws takes, as typed statements.

A document may be a JSON string or an object; its keys may be spelled as AWS does (`Statement`) or as Python does;
single values may stand for lists.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..values import UNKNOWN, UndecidedError, holds_unknown, note_unknown

VERSIONS = ("2012-10-17", "2008-10-17")
STATEMENT_KEYS = {
    "sid",
    "effect",
    "action",
    "notaction",
    "resource",
    "notresource",
    "principal",
    "notprincipal",
    "condition",
}

PRINCIPAL_KINDS = {"aws": "AWS", "service": "Service", "federated": "Federated", "canonicaluser": "CanonicalUser"}


class MalformedDocumentError(ValueError):
    """AWS would refuse this document; the message says why."""


@dataclass(frozen=True)
class Principal:
    """Who: kind is AWS, Service, Federated, CanonicalUser, or `*` for everyone."""

    kind: str
    value: str

    @property
    def is_everyone(self) -> bool:
        """Say whether this is anyone at all, signed in or not."""
        return self.value == "*" and self.kind in ("*", "AWS")

    def __str__(self) -> str:
        return self.value if self.kind in ("*", "AWS") else f"{self.kind} {self.value}"


@dataclass(frozen=True)
class Condition:
    """One operator on one key; its values are alternatives."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """One statement, every part a tuple."""

    label: str
    allows: bool
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    principals: tuple[Principal, ...] = ()
    not_principals: tuple[Principal, ...] = ()
    conditions: tuple[Condition, ...] = ()
    sid: str = ""
    # The elements that are there, in lower case: one whose value is not known yet is there too.
    elements: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Document:
    """A policy document. `complete` is False while a part of it is only known at `up`."""

    statements: tuple[Statement, ...]
    version: str = VERSIONS[0]
    complete: bool = True
    # Characters that count towards IAM's limits: all but whitespace.
    size: int = 0

    @property
    def allows(self) -> Iterator[Statement]:
        """The statements that allow."""
        return (statement for statement in self.statements if statement.allows)

    @property
    def denies(self) -> Iterator[Statement]:
        """The statements that deny."""
        return (statement for statement in self.statements if not statement.allows)


def parse(value: Any) -> Document:
    """Read a document; raise `UndecidedError` while it is unknown, `MalformedDocumentError` if AWS would refuse it."""
    if value is UNKNOWN:
        raise UndecidedError("policy document")
    return _parsed_text(value) if isinstance(value, str) else _parsed(value, value)


# Every rule reads the same few documents anew.
@lru_cache(maxsize=256)
def _parsed_text(text: str) -> Document:
    return _parsed(_from_json(text), text)


def _parsed(raw: Any, given: Any) -> Document:
    if not isinstance(raw, Mapping):
        raise MalformedDocumentError("is not a policy document: it must be an object with Version and Statement")
    top = _lowered(raw)
    if top.get("statement") is UNKNOWN:
        raise UndecidedError("policy document")
    entries = _listed(top.get("statement"))
    if not entries:
        raise MalformedDocumentError("has no Statement")
    known = [(index, entry) for index, entry in enumerate(entries) if not _is_undecided(entry)]
    version = top.get("version", "2008-10-17")
    if version is not UNKNOWN and version not in VERSIONS:
        raise MalformedDocumentError(f"has the Version {version!r}; AWS accepts {' and '.join(VERSIONS)}")
    complete = not holds_unknown(raw)
    if not complete:
        note_unknown()
    return Document(
        statements=tuple(_statement(entry, index) for index, entry in known),
        version=str(version),
        complete=complete,
        size=_size(given),
    )


def _from_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise MalformedDocumentError(f"is not valid JSON (line {error.lineno}: {error.msg})") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; JSON readers keep one of two equal keys, and which one differs between them."""
    known = {key.lower() for key, _ in pairs}
    if len(known) < len(pairs):
        names = [key.lower() for key, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MalformedDocumentError(f'has the key "{twice}" twice in one object')
    return dict(pairs)


def _is_undecided(entry: Any) -> bool:
    """Say whether nothing can be said of a statement yet: its effect, or a condition that may narrow it, is unknown."""
    if not isinstance(entry, Mapping):
        return entry is UNKNOWN
    given = _lowered(entry)
    return given.get("effect") is UNKNOWN or holds_unknown(given.get("condition"))


def _statement(raw: Any, index: int) -> Statement:
    if not isinstance(raw, Mapping):
        raise MalformedDocumentError(f"statement {index + 1} is not an object")
    given = _lowered(raw)
    sid = given.get("sid")
    label = f'statement "{sid}"' if sid and sid is not UNKNOWN else f"statement {index + 1}"
    unknown = sorted(str(key) for key in raw if str(key).replace("_", "").lower() not in STATEMENT_KEYS)
    if unknown:
        raise MalformedDocumentError(f"{label} has unknown elements: {', '.join(unknown)}")
    effect = given.get("effect")
    if effect not in ("Allow", "Deny"):
        raise MalformedDocumentError(f"{label} has the Effect {effect!r}; AWS accepts Allow and Deny")
    for one in ("action", "resource", "principal"):
        if one in given and f"not{one}" in given:
            raise MalformedDocumentError(f"{label} has both {one.title()} and Not{one.title()}")
    if "action" not in given and "notaction" not in given:
        raise MalformedDocumentError(f"{label} has neither Action nor NotAction")
    return Statement(
        label=label,
        allows=effect == "Allow",
        actions=_strings(given.get("action")),
        not_actions=_strings(given.get("notaction")),
        resources=_strings(given.get("resource")),
        not_resources=_strings(given.get("notresource")),
        principals=tuple(_principals(given.get("principal"))),
        not_principals=tuple(_principals(given.get("notprincipal"))),
        conditions=tuple(_conditions(given.get("condition"), label)),
        sid=sid if isinstance(sid, str) else "",
        elements=frozenset(given),
    )


def _principals(raw: Any) -> Iterator[Principal]:
    if isinstance(raw, str):
        yield Principal("*" if raw == "*" else "AWS", raw)
    elif isinstance(raw, Mapping):
        for kind, values in raw.items():
            name = PRINCIPAL_KINDS.get(str(kind).lower(), str(kind))
            for value in _strings(values):
                yield Principal(name, value)
    elif isinstance(raw, list):
        for entry in raw:
            yield from _principals(entry)


def _conditions(raw: Any, label: str) -> Iterator[Condition]:
    if raw is None:
        return
    if not isinstance(raw, Mapping) or not all(isinstance(keys, Mapping) for keys in raw.values()):
        raise MalformedDocumentError(f"{label} has a Condition that is not of the form operator, key, values")
    for operator, keys in raw.items():
        for key, values in keys.items():
            yield Condition(str(operator), str(key), _strings(values))


def _lowered(raw: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key).replace("_", "").lower(): value for key, value in raw.items() if value is not None}


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _strings(value: Any) -> tuple[str, ...]:
    known = (item for item in _listed(value) if item is not UNKNOWN)
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in known)


def _size(value: Any) -> int:
    # IAM's limits count all characters but whitespace.
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return len("".join(text.split()))
