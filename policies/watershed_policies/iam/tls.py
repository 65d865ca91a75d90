"""Whether a resource policy refuses requests without TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .conditions import demands_tls
from .patterns import matches

if TYPE_CHECKING:
    from .document import Document, Statement


# SNS takes no wildcard in a topic policy, and `Publish` is the one action that carries a message.
DENIED = {"s3": "s3:*", "sqs": "sqs:*", "sns": "sns:Publish", "secretsmanager": "secretsmanager:*"}


def weakness(document: Document, service: str) -> str | None:
    """Return what is missing for the policy to refuse every request without TLS, None if nothing is."""
    denies = [statement for statement in document.denies if demands_tls(statement)]
    if not denies:
        return "does not deny requests without TLS (aws:SecureTransport)"
    problems = [_gap(statement, service) for statement in denies]
    whole = [statement for statement, problem in zip(denies, problems, strict=True) if problem is None]
    if not whole:
        return problems[0]
    if service == "s3" and not _bucket_and_objects([text for statement in whole for text in statement.resources]):
        return f"denies requests without TLS to the bucket or to its objects only ({whole[0].label}): it must name both"
    return None


def _gap(statement: Statement, service: str) -> str | None:
    if not any(principal.is_everyone for principal in statement.principals):
        return f'denies requests without TLS to some principals only ({statement.label}): it must say "Principal": "*"'
    needed = DENIED[service]
    if not any(matches(action, needed) for action in statement.actions):
        return f'denies only some actions without TLS ({statement.label}): it must say "Action": "{needed}"'
    if not statement.resources:
        return f"names no resource in {statement.label}"
    return None


def _bucket_and_objects(resources: list[str]) -> bool:
    # `bucket*` is the bucket and its objects; `bucket/*` the objects only.
    if any(resource.endswith("*") and "/" not in resource for resource in resources):
        return True
    with_objects = {resource.removesuffix("/*") for resource in resources if resource.endswith("/*")}
    return bool(with_objects & set(resources))
