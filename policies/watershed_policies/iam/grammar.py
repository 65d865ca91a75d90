"""What AWS refuses in a document that is well-formed JSON: elements out of place, malformed principals and ARNs.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import service_names
from .document import PRINCIPAL_KINDS
from .patterns import VARIABLE
from .places import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .document import Document, Principal, Statement

SID = re.compile(r"[0-9A-Za-z]*")
ACCOUNT = re.compile(r"\d{12}")
# Of a deleted role or user, AWS shows the unique id.
UNIQUE_ID = re.compile(r"A[A-Z0-9]{15,127}")
IDENTITY_ARN = re.compile(
    r"arn:[^:]+:(iam|sts)::(\d{12}|aws|cloudfront):(root$|(role|user|assumed-role|federated-user)/.+|self$)"
)
ANY_ACCOUNT_ROOT = re.compile(r"arn:[^:]+:iam::\*:root")
SERVICE = re.compile(r"[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal|aws)", re.IGNORECASE)
ARN_FIELDS = 6


def problem(document: Document, kind: Kind) -> str | None:
    """Return the first thing for which AWS would refuse the document, None if there is none."""
    seen: set[str] = set()
    for statement in document.statements:
        if document.complete and (empty := _empty(statement)):
            return f"has an empty {empty} ({statement.label})"
        for found in _problems(statement, kind):
            return f"{found} ({statement.label})"
        if kind in (Kind.IDENTITY, Kind.TRUST) and statement.sid:
            if statement.sid in seen:
                return f'has the Sid "{statement.sid}" twice'
            seen.add(statement.sid)
    return None


def _problems(statement: Statement, kind: Kind) -> Iterator[str]:
    names_principal = bool(statement.elements & {"principal", "notprincipal"})
    names_resource = bool(statement.elements & {"resource", "notresource"})
    if kind is Kind.IDENTITY:
        if names_principal:
            yield "names a Principal, which an identity policy must not"
        if not names_resource:
            yield "names no Resource"
        yield from _bad_resources(statement)
    elif not names_principal:
        yield "names no Principal"
    if kind is Kind.TRUST:
        if names_resource:
            yield "names a Resource, which a trust policy must not: it is the role's own"
        yield from _bad_trust_actions(statement)
    if kind in (Kind.IDENTITY, Kind.TRUST) and not SID.fullmatch(statement.sid):
        yield f'has the Sid "{statement.sid}"; IAM takes letters and digits only'
    for action in (*statement.actions, *statement.not_actions):
        if ":" not in action and set(action) != {"*"}:
            yield f'names the action "{action}" without its service, such as s3:GetObject'
    for principal in (*statement.principals, *statement.not_principals):
        found = _bad_principal(principal)
        if found:
            yield found


def _empty(statement: Statement) -> str | None:
    """Return an element that is there and holds nothing, which the grammar does not know."""
    return next(
        (name for name, values in _elements(statement) if name.lower() in statement.elements and not values), None
    )


def _elements(statement: Statement) -> Iterator[tuple[str, Sequence[object]]]:
    yield "Action", statement.actions
    yield "NotAction", statement.not_actions
    yield "Resource", statement.resources
    yield "NotResource", statement.not_resources
    yield "Principal", statement.principals
    yield "NotPrincipal", statement.not_principals


def _bad_resources(statement: Statement) -> Iterator[str]:
    for resource in (*statement.resources, *statement.not_resources):
        if resource.startswith("*") or VARIABLE.search(resource):
            continue
        parts = resource.split(":", ARN_FIELDS - 1)
        if parts[0] != "arn" or (len(parts) < ARN_FIELDS and not resource.endswith("*")):
            yield f'names the Resource "{resource}", which is neither an ARN nor *'


def _bad_trust_actions(statement: Statement) -> Iterator[str]:
    for action in (*statement.actions, *statement.not_actions):
        if ":" in action and action.split(":", 1)[0].lower() not in ("sts", "*"):
            yield f'allows "{action}"; a trust policy is about sts: actions'


def _bad_principal(principal: Principal) -> str | None:
    kind, value = principal.kind, principal.value
    if kind not in (*PRINCIPAL_KINDS.values(), "*"):
        return f'names a principal of the kind "{kind}"; AWS has {", ".join(PRINCIPAL_KINDS.values())}'
    if value == "*":
        return 'names every service ("Service": "*")' if kind == "Service" else None
    if kind == "Service" and not SERVICE.fullmatch(value):
        return f'names the service "{value}", which is not a service principal such as lambda.amazonaws.com'
    if kind == "Service" and (intended := service_names.meant(value)):
        return f'names the service "{value}", which AWS does not have; did you mean {intended}?'
    if kind == "AWS" and not _is_identity(value):
        return f'names the principal "{value}", which is not an account, a role, a user or *'
    return None


def _is_identity(value: str) -> bool:
    if VARIABLE.search(value) or ACCOUNT.fullmatch(value) or UNIQUE_ID.fullmatch(value):
        return True
    # AWS takes no wildcard within a principal's ARN; `arn:aws:iam::*:root` is refused as too wide by another rule.
    return ANY_ACCOUNT_ROOT.fullmatch(value) is not None or (
        IDENTITY_ARN.fullmatch(value) is not None and not ({"*", "?"} & set(value))
    )
