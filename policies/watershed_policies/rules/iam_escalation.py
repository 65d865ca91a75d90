"""IAM: permissions that turn into more permissions, by themselves or together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import escalation, holders, locations
from ..iam.locations import Kind
from ..resource import Resource, Stack, aws
from ..rule import Finding, Rule, Severity
from .iam_grants import judges_identity_policies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.document import Statement
    from ..iam.escalation import Escalation
    from ..settings import Settings

PRIVILEGE_ESCALATION = Rule(
    id="IAM-PRIVILEGE-ESCALATION",
    title="No permissions that turn into more permissions",
    severity=Severity.CRITICAL,
    why="Who may write policies, become any other identity, or start a program under any role, has the permissions of "
    "the strongest one. The rule adds up what all policies of a role, or of a user and their groups, allow together.",
    frameworks=("NIST 800-53 AC-6(10)", "NIST 800-53 AC-5"),
    peers=("Checkov CKV_AWS_110", "Checkov CKV_AWS_286", "Checkov CKV_AWS_109", "Checkov CKV_AWS_289"),
    by_grant=True,
)


@judges_identity_policies(PRIVILEGE_ESCALATION)
def no_escalation(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse what one policy allows."""
    for found in escalation.ways(locations.allowed_statements(resource, Kind.IDENTITY)):
        yield _finding(found)


@PRIVILEGE_ESCALATION.across(aws("iam", "Role"), aws("iam", "Group"))
def no_escalation_together(identity: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse what only the policies of a role or a group together allow."""
    yield from _together([_statements(policy) for policy in holders.policies_of(identity, stack)])


@PRIVILEGE_ESCALATION.across(aws("iam", "User"))
def no_escalation_in_groups(user: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse what only a user's policies allow together with those of the groups that the user is in."""
    held = [_statements(policy) for policy in holders.policies_of(user, stack)]
    for group in holders.groups_of(user, stack):
        policies = holders.policies_of(group, stack)
        held.append([statement for policy in policies for statement in _statements(policy)])
    yield from _together(held)


def _statements(policy: Resource) -> list[Statement]:
    return list(locations.allowed_statements(policy, Kind.IDENTITY))


def _together(held: list[list[Statement]]) -> Iterator[Finding]:
    alone = {found.actions for statements in held for found in escalation.ways(statements)}
    for found in escalation.ways([statement for statements in held for statement in statements]):
        if found.actions not in alone:
            yield _finding(found)


def _finding(found: Escalation) -> Finding:
    return Finding(
        f"has permissions that give more permissions: {' and '.join(found.actions)} ({found})",
        'name the one resource that is meant (`role.arn`), and for writing policies add "Condition": '
        '{"StringEquals": {"iam:PermissionsBoundary": boundary.arn}}',
        grant=str(found.grants[0]),
    )
