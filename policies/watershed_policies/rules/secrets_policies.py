"""Secrets Manager: the policy of a secret refuses plain HTTP, and shuts out other accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import conditions, locations, tls
from ..iam.locations import Kind
from ..iam.patterns import matches
from ..rule import Finding, Profile, Rule, Severity
from .secrets import POLICY, SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.document import Statement
    from ..resource import Resource, Stack
    from ..settings import Settings

FIX = 'aws.secretsmanager.SecretPolicy("...", secret_arn=secret.arn, block_public_policy=True, policy=...) with '
FIX_TLS = (
    FIX + '{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*", '
    '"Condition": {"Bool": {"aws:SecureTransport": "false"}}}'
)
FIX_ACCOUNTS = (
    FIX + '{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*", "Condition": '
    '{"StringNotEquals": {"aws:PrincipalAccount": account_id}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}'
)

TLS_ONLY = Rule(
    id="SECRETS-TLS-ONLY",
    title="Secrets refuse requests without TLS",
    severity=Severity.LOW,
    # botocore's endpoints: `protocols` of S3, SNS and SQS have http too, that of Secrets Manager has not.
    why="Secrets Manager's endpoints have no plain HTTP; the statement is for those who ask for it in writing, hence "
    "strict.",
    frameworks=("NIST 800-53 SC-8", "PCI DSS 4.2.1"),
    profile=Profile.STRICT,
)
OTHER_ACCOUNTS = Rule(
    id="SECRETS-OTHER-ACCOUNTS",
    title="Secrets shut out other accounts",
    severity=Severity.LOW,
    why="An Allow that somebody adds later then opens the secret to nobody outside. Without one no other account reads "
    "it in any case, hence strict.",
    frameworks=("NIST 800-53 AC-3", "NIST 800-53 AC-4"),
    profile=Profile.STRICT,
)


@TLS_ONLY.on(SECRET, POLICY)
def policy_refuses_plain_http(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Check the policy itself, when it is known."""
    for document in locations.documents(resource, Kind.RESOURCE):
        problem = tls.weakness(document, "secretsmanager")
        if problem and document.complete:
            yield Finding(f"has a policy that {problem}", FIX_TLS)


@TLS_ONLY.across(SECRET)
def has_policy_against_plain_http(secret: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that there is a policy."""
    if not _has_policy(secret, stack):
        yield Finding("has no policy that denies requests without TLS", FIX_TLS)


@OTHER_ACCOUNTS.on(SECRET, POLICY)
def policy_shuts_out_others(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Check the policy itself, when it is known."""
    for document in locations.documents(resource, Kind.RESOURCE):
        if document.complete and not any(map(_denies_others, document.denies)):
            yield Finding("has a policy that does not deny other accounts", FIX_ACCOUNTS)


@OTHER_ACCOUNTS.across(SECRET)
def has_policy_against_others(secret: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that there is a policy."""
    if not _has_policy(secret, stack):
        yield Finding("has no policy that denies other accounts", FIX_ACCOUNTS)


def _denies_others(deny: Statement) -> bool:
    """Say whether a Deny keeps the secret's value from all but those who meet a condition on who they are."""
    everyone = any(principal.is_everyone for principal in deny.principals)
    value = any(matches(action, "secretsmanager:GetSecretValue") for action in deny.actions)
    return everyone and value and bool(deny.resources) and conditions.shuts_out_others(deny)


def _has_policy(secret: Resource, stack: Stack) -> bool:
    return secret.properties.is_set("policy") or bool(stack.naming(secret, "secretArn", POLICY))
