"""IAM: the account's password policy, for the people who still sign in with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

PASSWORDS = aws("iam", "AccountPasswordPolicy")
MINIMUM_LENGTH = 14
MINIMUM_REUSE = 24
MAXIMUM_AGE = 90
CHARACTERS = {
    "requireLowercaseCharacters": "require_lowercase_characters",
    "requireUppercaseCharacters": "require_uppercase_characters",
    "requireNumbers": "require_numbers",
    "requireSymbols": "require_symbols",
}

STRENGTH = Rule(
    id="IAM-PASSWORD-STRENGTH",
    title="Passwords are long, mixed and not used again",
    severity=Severity.MEDIUM,
    why="Short and repeated passwords are guessed.",
    frameworks=(
        *("FSBP IAM.7", "CIS AWS 1.8", "CIS AWS 1.9", "NIST 800-53 IA-5(1)"),
        *("PCI DSS 8.3.6", "PCI DSS 8.3.7"),
    ),
    peers=(
        *("Checkov CKV_AWS_10", "Checkov CKV_AWS_11", "Checkov CKV_AWS_12", "Checkov CKV_AWS_13"),
        *("Checkov CKV_AWS_14", "Checkov CKV_AWS_15", "Trivy AWS-0056", "Trivy AWS-0058", "Trivy AWS-0059"),
        *("Trivy AWS-0060", "Trivy AWS-0061", "Trivy AWS-0063"),
    ),
)
AGE = Rule(
    id="IAM-PASSWORD-AGE",
    title="Passwords expire within 90 days",
    severity=Severity.LOW,
    why="A password that leaked unnoticed stops working.",
    frameworks=("FSBP IAM.7", "PCI DSS 8.3.9"),
    peers=("Checkov CKV_AWS_9", "Trivy AWS-0062"),
)


@STRENGTH.on(PASSWORDS)
def passwords_are_strong(policy: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse less than 14 characters, fewer than four kinds, and reuse within 24; what is not said is off."""
    properties = policy.properties
    if (properties.number("minimumPasswordLength") or 0) < MINIMUM_LENGTH:
        yield Finding("takes short passwords", f"minimum_password_length={MINIMUM_LENGTH}")
    missing = [python for name, python in CHARACTERS.items() if not properties.is_true(name)]
    if missing:
        yield Finding("takes passwords of few kinds of characters", ", ".join(f"{python}=True" for python in missing))
    if (properties.number("passwordReusePrevention") or 0) < MINIMUM_REUSE:
        yield Finding("lets passwords be used again", f"password_reuse_prevention={MINIMUM_REUSE}")


@AGE.on(PASSWORDS)
def passwords_expire(policy: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse passwords that last for ever, or longer than 90 days."""
    days = policy.properties.number("maxPasswordAge")
    if not days or days > MAXIMUM_AGE:
        yield Finding("lets passwords last too long", f"max_password_age={MAXIMUM_AGE}")
