"""Names: what a component may be called, and the few physical names that are not left to Pulumi's auto-naming."""

import hashlib
import re

import pulumi

from .limits import AUTO_NAME_SUFFIX

_COMPONENT_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def check_component_name(name: str) -> str:
    """Return `name`, or raise ValueError where AWS would refuse a name derived from it.

    Lower-case letters, digits and single hyphens are what the strictest of the services (S3) accepts.
    """
    if not _COMPONENT_NAME.fullmatch(name):
        raise ValueError(
            f"component name {name!r}: use lower-case letters, digits and single hyphens, starting with a letter, "
            "for example 'sales-lake'"
        )
    return name


def check_auto_name(name: str, limit: int, what: str) -> str:
    """Return `name`, or raise ValueError where Pulumi's suffix would make it longer than AWS's `limit` for `what`."""
    longest = limit - AUTO_NAME_SUFFIX
    if len(name) > longest:
        raise ValueError(
            f"{what} {name!r} has {len(name)} characters; with Pulumi's suffix of {AUTO_NAME_SUFFIX} it would be over "
            f"AWS's limit of {limit}: shorten the component's name by {len(name) - longest}"
        )
    return name


def shorten(name: str, limit: int) -> str:
    """Return `name`, or its beginning and a hash of all of it where it is longer than `limit`."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def fixed_name(name: str, *, limit: int) -> str:
    """Return a fixed name, `<project>-<stack>-<name>`, for what must be known before it exists.

    In the characters that ECS and Step Functions accept; a project's or stack's name may hold periods.
    """
    whole = "-".join((pulumi.get_project(), stack_name(), name))
    return shorten(re.sub(r"[^A-Za-z0-9_-]", "-", whole), limit)


def sql_name(*parts: str) -> str:
    """Return a fixed name that SQL needs no quotes for: the parts joined by underscores.

    Users type database names in queries, so these are not auto-named. Hyphens become underscores.
    """
    name = "_".join(part.replace("-", "_").lower() for part in parts if part)
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,127}", name):
        raise ValueError(
            f"{name!r} (made of {', '.join(parts)}) cannot be a database name: it must start with a letter, hold only "
            "letters, digits and underscores, and have at most 128 characters"
        )
    return name


def stack_name() -> str:
    """Return the stack's own name, without the organisation that Pulumi Cloud puts before it."""
    return pulumi.get_stack().rsplit("/", 1)[-1]
