"""What the Deny statements of a document leave of its Allow statements.

A Deny counts only if it is unconditional: one for plain HTTP leaves the rest allowed. It takes away the actions that it
covers on all of the resources, or the resources that it covers for all of the actions; what it covers in part stays
whole. A Deny with NotResource or NotAction takes away all but those, so that they are what a wildcard still reaches.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .patterns import covers, overlap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .document import Document, Statement


def allowed(document: Document) -> Iterator[Statement]:
    """Yield the Allow statements, less what a Deny of the same document takes back."""
    denies = [deny for deny in document.denies if not deny.conditions]
    for statement in document.allows:
        left: Statement | None = statement
        for deny in denies:
            if left is None or (not document.complete and _spares_unknown(deny)):
                # What the Deny spares may be all that is reached: `up` can tell.
                left = None
                break
            left = _left(left, deny)
        if left is not None:
            yield left


def covers_statement(deny: Statement, allow: Statement) -> bool:
    """Say whether a Deny is about every action, resource and principal of an Allow, whatever its conditions."""
    return _left(allow, deny) is None


def _left(allow: Statement, deny: Statement) -> Statement | None:
    """Return what is left of an Allow, None if that is nothing."""
    if allow.not_actions or allow.not_resources or not _everyone_denied(deny, allow):
        return allow
    actions = _uncovered(allow.actions, deny.actions, deny.not_actions)
    resources = _uncovered(allow.resources, deny.resources, deny.not_resources)
    if actions and resources:
        # Of what it denies, some actions reach other resources, and other actions reach some of the resources.
        return allow
    if not actions and not resources:
        return None
    return replace(allow, actions=actions) if actions else replace(allow, resources=resources)


def _uncovered(given: Sequence[str], denied: Sequence[str], spared: Sequence[str]) -> tuple[str, ...]:
    """Return what a Deny leaves of patterns: those that it does not cover, or those that it spares."""
    if not spared:
        return tuple(one for one in given if not any(covers(pattern, one) for pattern in denied))
    return tuple(left for one in given for left in _spared(one, spared))


def _spared(one: str, spared: Sequence[str]) -> Sequence[str]:
    within = [pattern for pattern in spared if overlap(pattern, one)]
    if any(covers(pattern, one) for pattern in within) or not all(covers(one, pattern) for pattern in within):
        return [one]
    return within


def _everyone_denied(deny: Statement, allow: Statement) -> bool:
    if not allow.principals and not allow.not_principals:
        return True
    return any(principal.is_everyone for principal in deny.principals) or set(allow.principals) <= set(deny.principals)


def _spares_unknown(deny: Statement) -> bool:
    return bool(deny.elements & {"notaction", "notresource"})
