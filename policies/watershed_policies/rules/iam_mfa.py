"""IAM: multi-factor authentication is demanded so that nobody gets around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import locations
from ..iam.locations import Kind
from ..rule import Finding, Rule, Severity
from .iam_grants import judges_identity_policies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.document import Condition
    from ..resource import Resource
    from ..settings import Settings

KEY = "aws:multifactorauthpresent"
FALSE = {"false"}

MFA = Rule(
    id="IAM-MFA-CONDITION",
    title="A condition on MFA holds for access keys too",
    severity=Severity.MEDIUM,
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
    why="Requests that are signed with long-term access keys do not have aws:MultiFactorAuthPresent. A Deny under Bool "
    "lets them through, and so does an Allow under BoolIfExists; an Allow for `false` demands that there is no MFA.",
    frameworks=("FSBP IAM.19", "CIS AWS 1.10", "NIST 800-53 IA-2(1)", "PCI DSS 8.4.2"),
)


@judges_identity_policies(MFA, Kind.TRUST)
def holds_for_keys(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a condition on MFA that is met by what it should keep out."""
    for document in locations.documents(resource, Kind.IDENTITY, Kind.TRUST):
        for statement in document.statements:
            for condition in statement.conditions:
                if condition.key.lower() != KEY:
                    continue
                if statement.allows and _is_met_without(condition):
                    yield Finding(
                        f"{statement.label} allows what it allows without MFA ({condition.operator})",
                        '"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}',
                    )
                elif not statement.allows and condition.operator.lower() == "bool" and _values(condition) == FALSE:
                    yield Finding(
                        f"{statement.label} does not deny requests signed with access keys, which do not say it",
                        '"Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}',
                    )


def _is_met_without(condition: Condition) -> bool:
    operator = condition.operator.lower()
    return operator == "boolifexists" or (operator == "bool" and _values(condition) == FALSE)


def _values(condition: Condition) -> set[str]:
    return {value.lower() for value in condition.values}
