"""IAM's wildcards: `*` for any characters, `?` for one. Actions are compared without case, ARNs with it."""

from __future__ import annotations

import re
from functools import lru_cache

WILDCARDS = re.compile(r"[*?]")
# A policy variable such as ${aws:username} stands for a value that IAM fills in, not for anything.
VARIABLE = re.compile(r"\$\{[^}]*\}")


def has_wildcard(pattern: str) -> bool:
    """Say whether the pattern has a wildcard (`${*}` and the like are literal characters)."""
    return bool(WILDCARDS.search(VARIABLE.sub("v", pattern)))


def literal_prefix(pattern: str) -> str:
    """Return what stands before the first wildcard."""
    replaced = VARIABLE.sub("v", pattern)
    found = WILDCARDS.search(replaced)
    return replaced[: found.start()] if found else replaced


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern as a regular expression for whole strings, without case."""
    body = "".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.compile(body, re.IGNORECASE | re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """Say whether a pattern matches a text, without case."""
    return compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=65536)
def overlap(one: str, other: str) -> bool:
    """Say whether some text matches both patterns."""
    reachable = {0}
    for char in one:
        reachable = _advance(reachable, char, other)
        if not reachable:
            return False
    return len(other) in _skip_stars(reachable, other)


def _advance(reachable: set[int], char: str, other: str) -> set[int]:
    """Return the positions in `other` after one more pattern character of `one`, from those before it."""
    starts = _skip_stars(reachable, other)
    if char == "*":
        return set(range(min(starts), len(other) + 1))
    following: set[int] = set()
    for position in starts:
        if position == len(other):
            continue
        theirs = other[position]
        if theirs == "*":
            following.add(position)
        elif "?" in (char, theirs) or char.lower() == theirs.lower():
            following.add(position + 1)
    return following


def _skip_stars(reachable: set[int], other: str) -> set[int]:
    result = set(reachable)
    for position in reachable:
        while position < len(other) and other[position] == "*":
            position += 1
            result.add(position)
    return result


def covers(wide: str, narrow: str) -> bool:
    """Say whether everything that `narrow` matches is matched by `wide` too (sound, not complete)."""
    if wide == "*" or wide.lower() == narrow.lower():
        return True
    # One character of `wide` is not enough for a `*` of `narrow`.
    body = "".join(".*" if char == "*" else "[^*]" if char == "?" else re.escape(char) for char in wide)
    return re.fullmatch(body, narrow, re.IGNORECASE | re.DOTALL) is not None
