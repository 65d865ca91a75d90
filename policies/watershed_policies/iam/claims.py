"""What the tokens of OIDC providers claim, and which claims say for whom a token was issued."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .condition_values import is_real
from .patterns import has_wildcard, literal_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .document import Condition

# Claims of a token that say whom it was issued to. Cognito's identity pools and the social providers have an audience
# of one's own; whether somebody signed in (`amr`) says nothing of whose pool it was.
SUBJECT_KEY_ENDS = (
    ":sub",
    ":repository",
    ":repository_id",
    ":repository_owner_id",
    ":job_workflow_ref",
    ":aud",
    ":oaud",
    ":azp",
    ":app_id",
)
# Issuers whose tokens have any audience that the one who asks for them wants: it says nothing.
SHARED_ISSUERS = (
    "token.actions.githubusercontent.com",
    "gitlab.com",
    "app.terraform.io",
    "agent.buildkite.com",
    "oidc.eks.",
)
SHARED_AUDIENCES = {"sts.amazonaws.com", "https://gitlab.com", "https://github.com", "aws.workload.identity"}
# The name of a claim in front of its value, as in `repo:owner/name:ref:refs/heads/main`.
CLAIM = re.compile(
    r"(repo|repository|repository_owner|repository_owner_id|repository_id|job_workflow_ref|project_path|namespace_path|"
    r"organization|org|owner|workspace|system:serviceaccount)[:/]"
)
# Claims of GitHub that every repository can have.
ANYONES_CLAIM = re.compile(r"(environment|ref|context|workflow|head_ref|base_ref|actor):")
ENTERPRISE = "enterprise:"
GUEST = "unauthenticated"
GITHUB = "token.actions.githubusercontent.com"


def bounds_subject(conditions: Sequence[Condition]) -> bool:
    """Say whether a condition narrows for whom an OIDC provider's tokens must be issued."""
    return any(
        condition.key.lower().endswith(SUBJECT_KEY_ENDS)
        and is_real(condition, conditions)
        and all(_names_owner(condition.key.lower(), value) for value in condition.values)
        for condition in conditions
    )


def admits_guests(conditions: Sequence[Condition]) -> bool:
    """Say whether a condition is for those whom Cognito gives a token without a sign-in.

    https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
    """
    return any(condition.key.lower().endswith(":amr") and GUEST in condition.values for condition in conditions)


def _names_owner(key: str, value: str) -> bool:
    """Say whether a claim's value names an owner: `repo:*` and an audience that all share do not."""
    if key.endswith((":aud", ":oaud")):
        return not key.startswith(SHARED_ISSUERS) and value.lower() not in SHARED_AUDIENCES
    found = CLAIM.match(value)
    rest = value[found.end() :] if found else value
    if key.startswith(GITHUB) and key.endswith(":sub"):
        if ANYONES_CLAIM.match(value) or (not found and not value.startswith(ENTERPRISE)):
            return False
        if found and found.group(1) == "repo" and has_wildcard(rest):
            return "/" in literal_prefix(rest)
    return literal_prefix(rest).strip(":/") != ""
