"""IAM: permissions that are written for us, and for roles: no AWS-managed policies, no users with keys of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import conditions, locations, reach
from ..iam.actions import Access, expand
from ..iam.locations import Kind
from ..iam.patterns import has_wildcard, matches
from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity
from .iam_grants import judges_identity_policies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

MANAGED_POLICY = Rule(
    id="IAM-MANAGED-POLICY",
    title="No AWS-managed policies",
    severity=Severity.MEDIUM,
    why="AWS-managed policies are written for every customer: their resources are wildcards, and AWS changes them.",
    frameworks=("NIST 800-53 AC-6",),
    peers=("cdk-nag IAM4", "Checkov CKV_AWS_274", "Checkov CKV_AWS_275", "Checkov CKV2_AWS_56"),
)

USER_POLICY = Rule(
    id="IAM-USER-POLICY",
    title="No permissions and no keys for IAM users",
    severity=Severity.HIGH,
    why="Users have keys that do not expire. Roles have credentials that do.",
    frameworks=("FSBP IAM.2", "CIS AWS 1.15", "PCI DSS 8.6.3"),
    peers=("Checkov CKV_AWS_40", "Trivy AWS-0143"),
)

USERS = Rule(
    id="IAM-USERS",
    title="No IAM users",
    severity=Severity.LOW,
    why="People sign in through IAM Identity Center, and machines assume roles: a user has nothing that these lack.",
    frameworks=("NIST 800-53 IA-2",),
    peers=("Checkov CKV_AWS_273",),
    profile=Profile.STRICT,
)

CREDENTIALS = Rule(
    id="IAM-CREDENTIALS",
    title="Credentials are handed out for named identities only",
    severity=Severity.HIGH,
    why="Actions that answer with credentials make their holder whoever the credentials are for.",
    frameworks=("NIST 800-53 AC-6", "NIST 800-53 IA-5"),
    peers=("Checkov CKV_AWS_107", "Checkov CKV_AWS_287"),
    by_grant=True,
)

PERMISSIONS_MANAGEMENT = Rule(
    id="IAM-PERMISSIONS-MANAGEMENT",
    title="Permissions of the whole account are changed by hand-picked roles only",
    severity=Severity.MEDIUM,
    why="These actions decide who reaches what in all of the account, and cannot be bound to a resource.",
    frameworks=("NIST 800-53 AC-6",),
    peers=("Checkov CKV_AWS_109", "Checkov CKV_AWS_289"),
    profile=Profile.STRICT,
    by_grant=True,
)

# Actions whose answer holds credentials, as in the list that Checkov and cloudsplaining share, but without
# ecr:GetAuthorizationToken (it supports only `*`, and every image pull needs it), sts:GetSessionToken (one's own), and
# cognito-identity:GetCredentialsForIdentity and GetOpenIdToken, which need no permission: an identity pool decides.
# https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html
HANDS_OUT_CREDENTIALS = {
    *("iam:createaccesskey", "iam:createloginprofile", "iam:updateaccesskey", "iam:createservicespecificcredential"),
    *("iam:resetservicespecificcredential", "sts:getfederationtoken", "sts:assumerole", "rds-db:connect"),
    *("redshift:getclustercredentials", "redshift:getclustercredentialswithiam", "redshift:createclusteruser"),
    *("redshift-serverless:getcredentials", "cognito-identity:getopenidtokenfordeveloperidentity"),
    *("gamelift:requestuploadcredentials", "lightsail:getinstanceaccessdetails", "codepipeline:pollforjobs"),
    *("lightsail:getrelationaldatabasemasteruserpassword", "connect:getfederationtoken", "chime:createapikey"),
    *("snowball:getjobunlockcode", "emr-containers:getmanagedendpointsessioncredentials"),
    *("elasticmapreduce:getclustersessioncredentials", "kafka:getscramsecret"),
}
# What a state machine needs to have its own log delivered.
# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
DELIVERS_LOGS = {"logs:putresourcepolicy"}


@MANAGED_POLICY.on(
    aws("iam", "RolePolicyAttachment"),
    aws("iam", "UserPolicyAttachment"),
    aws("iam", "GroupPolicyAttachment"),
    aws("iam", "PolicyAttachment"),
    aws("iam", "RolePolicyAttachmentsExclusive"),
    aws("iam", "UserPolicyAttachmentsExclusive"),
    aws("iam", "GroupPolicyAttachmentsExclusive"),
    aws("ssoadmin", "ManagedPolicyAttachment"),
    aws("ssoadmin", "ManagedPolicyAttachmentsExclusive"),
    aws("iam", "Role"),
)
def no_managed_policies(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse attached policies that AWS owns."""
    for name in ("policyArn", "managedPolicyArns", "policyArns", "managedPolicyArn"):
        given = resource.properties.get(name) or []
        for arn in given if isinstance(given, list) else [given]:
            if isinstance(arn, str) and matches("arn:*:iam::aws:policy/*", arn):
                yield Finding(
                    f"uses the AWS-managed policy {arn.rsplit('/', 1)[-1]}",
                    "write what is used as aws.iam.RolePolicy(role=role.id, policy=...), or use a component's grants",
                )


@USER_POLICY.on(
    aws("iam", "UserPolicy"),
    aws("iam", "UserPolicyAttachment"),
    aws("iam", "UserPolicyAttachmentsExclusive"),
    aws("iam", "AccessKey"),
    aws("iam", "UserLoginProfile"),
    aws("iam", "ServiceSpecificCredential"),
    aws("iam", "SshKey"),
    aws("iam", "SigningCertificate"),
    aws("iam", "PolicyAttachment"),
)
def no_user_permissions(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse policies, keys and passwords of IAM users."""
    if resource.type == aws("iam", "PolicyAttachment") and not resource.properties.is_set("users"):
        return
    yield Finding(
        "gives permissions or lasting credentials to an IAM user",
        "give the permissions to an aws.iam.Role that people assume through IAM Identity Center, and machines by OIDC",
    )


@USERS.on(aws("iam", "User"))
def no_users(_user: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse IAM users."""
    yield Finding("is an IAM user", "let people sign in through IAM Identity Center and assume an aws.iam.Role")


@judges_identity_policies(CREDENTIALS)
def no_credentials_of_all(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse actions that answer with credentials, on any identity or database."""
    for statement in locations.allowed_statements(resource, Kind.IDENTITY):
        if reach.is_administrator(statement) or conditions.bounds_resource(statement.conditions):
            continue
        for grant in reach.grants(statement):
            for action in expand(grant.action):
                if action.name.lower() in HANDS_OUT_CREDENTIALS and _is_any(action.name, grant.resource):
                    yield Finding(
                        f'{statement.label} allows "{grant}", and {action.name} answers with credentials',
                        f'give the ARN of the identity or database instead of "{grant.resource}", or leave it out',
                        grant=str(grant),
                    )
                    break


@judges_identity_policies(PERMISSIONS_MANAGEMENT)
def no_permissions_of_all(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse actions that change permissions of the whole account."""
    for statement in locations.allowed_statements(resource, Kind.IDENTITY):
        for grant in reach.grants(statement):
            if has_wildcard(grant.action) or grant.action.lower() in DELIVERS_LOGS:
                continue
            for action in expand(grant.action):
                if action.needs_any_resource and Access.PERMISSIONS in action.access:
                    yield Finding(
                        f'{statement.label} allows "{grant}", which changes permissions of the whole account',
                        "leave it to the role that deploys the account's settings, and exempt it there",
                        grant=str(grant),
                    )


def _is_any(action: str, resource: str) -> bool:
    return resource == "*" or reach.unbounded(action, resource) is not None
