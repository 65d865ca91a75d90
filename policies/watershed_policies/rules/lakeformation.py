"""Lake Formation: permissions come from Lake Formation alone, nobody grants to everyone, roles reach their location."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..iam import arns, locations, reach
from ..iam.holders import managed_policy_arns, policies_of
from ..iam.locations import Kind
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.document import Statement
    from ..settings import Settings
    from ..values import Properties

SETTINGS = aws("lakeformation", "DataLakeSettings")
PERMISSIONS = aws("lakeformation", "Permissions")
LOCATION = aws("lakeformation", "Resource")
DATABASE = aws("glue", "CatalogDatabase")
# The group that stands for "whoever IAM lets through": with it, Lake Formation decides nothing.
IAM_ALLOWED = "IAM_ALLOWED_PRINCIPALS"
# The group of all principals of an account, `123456789012:IAMPrincipals`, and patterns.
EVERYONE = re.compile(
    r"\*|everyone|(\d*:)?(ALL)?IAMPrincipals|arn:aws[\w-]*:iam::[\d*]*:((role|user)/)?\*", re.IGNORECASE
)
# An account as a whole; as the receiver of a grant it stands for its administrators, who decide on.
ACCOUNT = re.compile(r"\d{12}|arn:aws[\w-]*:iam::\d{12}:root")
SUPER = {"ALL", "SUPER"}
# AWS's own policies that reach every bucket.
FOR_ALL_OF_S3 = re.compile(
    r"arn:[^:]+:iam::aws:policy/(AmazonS3(FullAccess|ReadOnlyAccess)|AdministratorAccess|PowerUserAccess|ReadOnlyAccess)"
)

IAM_PRINCIPALS = Rule(
    id="LAKEFORMATION-IAM-PRINCIPALS",
    title="IAMAllowedPrincipals has no permissions",
    severity=Severity.HIGH,
    why="What is granted to IAMAllowedPrincipals is decided by IAM alone: column and row permissions do not hold.",
    frameworks=("NIST 800-53 AC-3", "NIST 800-53 AC-6"),
)
NOT_EVERYONE = Rule(
    id="LAKEFORMATION-EVERYONE",
    title="No data is granted to everyone in an account",
    severity=Severity.CRITICAL,
    why="A grant to all principals reaches every role that somebody ever made.",
    frameworks=("NIST 800-53 AC-3", "NIST 800-53 AC-6", "PCI DSS 7.2.1"),
)
SCOPED_ROLE = Rule(
    id="LAKEFORMATION-REGISTERED-ROLE",
    title="A location is registered with a role that reaches it and no more",
    severity=Severity.MEDIUM,
    why="Whoever reads a table reads it as this role.",
    frameworks=("NIST 800-53 AC-6",),
)
OWN_ROLE = Rule(
    id="LAKEFORMATION-OWN-ROLE",
    title="A location is not registered with the service-linked role",
    severity=Severity.LOW,
    why="That role collects every location of the account, and service control policies do not hold for it. AWS has it "
    "as the simplest way, hence strict.",
    frameworks=("NIST 800-53 AC-6",),
    profile=Profile.STRICT,
)
NAMED_PERMISSIONS = Rule(
    id="LAKEFORMATION-NAMED-PERMISSIONS",
    title="Permissions are named one by one",
    severity=Severity.MEDIUM,
    why="ALL is Super: its holder may alter, drop and grant on what it was meant to read.",
    frameworks=("NIST 800-53 AC-6",),
)
GRANTS_ONLY = Rule(
    id="LAKEFORMATION-GRANTS-ONLY",
    title="Data is reached by Lake Formation's grants only, and those who grant are its administrators",
    severity=Severity.LOW,
    why="Hybrid and privileged locations, other engines and grantable permissions go around them. Each has its uses.",
    frameworks=("NIST 800-53 AC-3", "NIST 800-53 AC-6"),
    profile=Profile.STRICT,
)


@IAM_PRINCIPALS.on(SETTINGS)
def defaults_are_revoked(settings: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse defaults for new databases and tables that leave them to IAM; without defaults there are none."""
    for name, python in (
        ("createDatabaseDefaultPermissions", "create_database_default_permissions"),
        ("createTableDefaultPermissions", "create_table_default_permissions"),
    ):
        for default in _known_entries(settings.properties, name):
            if _is_iam_allowed(default.get("principal")) and default.is_set("permissions"):
                yield Finding(f"gives IAMAllowedPrincipals permissions on what is new ({python})", f"{python}=[]")


@IAM_PRINCIPALS.on(DATABASE)
def tables_are_not_left_to_iam(database: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a database whose new tables are left to IAM."""
    for default in _known_entries(database.properties, "createTableDefaultPermissions"):
        if _is_iam_allowed(default.get("principal", "dataLakePrincipalIdentifier")) and default.is_set("permissions"):
            yield Finding("gives IAMAllowedPrincipals permissions on new tables", "create_table_default_permissions=[]")


@IAM_PRINCIPALS.on(PERMISSIONS)
def nothing_is_granted_to_iam(grant: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a grant to IAMAllowedPrincipals."""
    if _is_iam_allowed(grant.properties.get("principal")):
        yield Finding("grants to IAMAllowedPrincipals", "principal=role.arn")


@NOT_EVERYONE.on(PERMISSIONS)
def grants_to_somebody(grant: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a grant to all principals."""
    principal = grant.properties.get("principal")
    if isinstance(principal, str) and not _is_iam_allowed(principal) and _is_everyone(principal):
        yield Finding(f"grants to everyone ({principal})", "principal=role.arn")


@NOT_EVERYONE.on(SETTINGS)
def administrators_are_named(settings: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse everyone as an administrator, and in the defaults for what is new."""
    properties = settings.properties
    for name in ("admins", "readOnlyAdmins"):
        for principal in [] if properties.is_unknown(name) else properties.texts(name):
            if _is_iam_allowed(principal) or _is_everyone(principal) or ACCOUNT.fullmatch(principal):
                yield Finding(f"makes everyone in an account an administrator ({principal})", "admins=[role.arn]")
    for name in ("createDatabaseDefaultPermissions", "createTableDefaultPermissions"):
        for default in _known_entries(properties, name):
            principal = default.get("principal")
            if isinstance(principal, str) and not _is_iam_allowed(principal) and _is_everyone(principal):
                yield Finding(f"gives everyone permissions on what is new ({principal})", "remove the default")


@NAMED_PERMISSIONS.on(PERMISSIONS)
def permissions_are_named(grant: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse ALL."""
    for name in ("permissions", "permissionsWithGrantOptions"):
        if not grant.properties.is_unknown(name) and SUPER & {item.upper() for item in grant.properties.texts(name)}:
            yield Finding(f"gives every permission ({name})", 'permissions=["SELECT", "DESCRIBE"]')


@GRANTS_ONLY.on(PERMISSIONS)
def grants_end_with_their_receiver(grant: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse grantable permissions."""
    if grant.properties.is_set("permissionsWithGrantOptions"):
        yield Finding("lets its receiver grant on", "remove permissions_with_grant_options")


@GRANTS_ONLY.on(LOCATION)
def location_has_one_door(location: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse hybrid access and the privileges of whoever registers the location."""
    for name, python in (
        ("hybridAccessEnabled", "hybrid_access_enabled"),
        ("withPrivilegedAccess", "with_privileged_access"),
    ):
        if location.properties.is_true(name):
            yield Finding(f"is reached without grants too ({name})", f"remove {python}=True")


@GRANTS_ONLY.on(SETTINGS)
def engines_have_session_tags(settings: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse credentials for engines that say nothing about themselves."""
    if settings.properties.is_true("allowFullTableExternalDataAccess"):
        yield Finding(
            "gives engines outside of AWS the credentials for whole tables",
            "remove allow_full_table_external_data_access=True",
        )


@OWN_ROLE.on(LOCATION)
def is_registered_with_a_role(location: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the service-linked role."""
    if _is_service_linked(location.properties):
        yield Finding("is registered with the service-linked role", "role_arn=role.arn, with s3 on this location only")


@SCOPED_ROLE.on(LOCATION)
def is_a_bucket(location: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a location that is no bucket."""
    properties = location.properties
    if (
        not properties.is_unknown("arn")
        and not _is_elsewhere(properties.get("arn"))
        and not _bucket(properties.get("arn"))
    ):
        yield Finding("registers every bucket", 'arn=bucket.arn, or f"{bucket.arn}/prefix"')


@SCOPED_ROLE.across(LOCATION)
def role_reaches_its_locations(location: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the S3 permissions of the role are for the locations registered with it."""
    for role in stack.of_type(aws("iam", "Role")):
        registered = stack.naming(role, "roleArn", LOCATION)
        if location.urn not in {other.urn for other in registered}:
            continue
        buckets = [_bucket(other.properties.get("arn")) for other in registered]
        for holder in policies_of(role, stack):
            for statement in locations.allowed_statements(holder, Kind.IDENTITY):
                for resource in _s3_resources(statement):
                    if _bucket_pattern(resource) not in buckets:
                        yield Finding(
                            f'is registered with role "{role.name}", which reaches {resource} too',
                            "name only the registered location in the role's policy",
                        )


@SCOPED_ROLE.across(LOCATION)
def role_has_no_policy_for_every_bucket(location: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the role has none of AWS's policies for all of S3."""
    for role in stack.of_type(aws("iam", "Role")):
        if location not in stack.naming(role, "roleArn", LOCATION):
            continue
        for arn in managed_policy_arns(role, stack):
            if FOR_ALL_OF_S3.fullmatch(arn):
                yield Finding(
                    f'is registered with role "{role.name}", which has {arn.rpartition("/")[2]}',
                    "name only the registered location in a policy of the role's own",
                )


def _is_service_linked(location: Properties) -> bool:
    if location.is_true("useServiceLinkedRole") or not location.is_set("roleArn"):
        return True
    return not location.is_unknown("roleArn") and "/aws-service-role/" in str(location.get("roleArn"))


def _s3_resources(statement: Statement) -> tuple[str, ...]:
    reaches_s3 = any(
        action == "*" or (action.lower().startswith("s3:") and not reach.names_nothing(action))
        for action in statement.actions
    )
    return statement.resources if reaches_s3 else ()


def _known_entries(properties: Properties, name: str) -> list[Properties]:
    return [] if properties.is_unknown(name) else properties.each(name)


def _is_iam_allowed(principal: object) -> bool:
    return isinstance(principal, str) and principal.replace("_", "").upper() == IAM_ALLOWED.replace("_", "")


def _is_everyone(principal: str) -> bool:
    return EVERYONE.fullmatch(principal) is not None


def _is_elsewhere(arn: object) -> bool:
    """Say whether a location is none of S3's: table buckets are registered all at once, as AWS documents it."""
    parts = arns.split(arn) if isinstance(arn, str) else None
    return parts is not None and parts.service not in ("s3", "*")


def _bucket(arn: object) -> str | None:
    """Return the bucket of an S3 ARN, None for one that leaves it open."""
    name = _bucket_pattern(arn) if isinstance(arn, str) else None
    return None if name is None or "*" in name else name


def _bucket_pattern(resource: str) -> str | None:
    arn = arns.split(resource)
    return arn.resource.split("/", 1)[0] if arn is not None and arn.service == "s3" else None
