"""Snowflake: nobody is given the account, nothing is given to everyone, and storage is reached bucket by bucket."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..resource import Resource
    from ..settings import Settings
    from ..values import Properties


def snowflake(*names: str) -> list[str]:
    """Return the type tokens of Snowflake resources, as SDKs spell them and as people do in YAML."""
    canonical = [f"snowflake:index/{name[0].lower()}{name[1:]}:{name}" for name in names]
    return [*canonical, *(f"snowflake:index:{name}" for name in names), *(f"snowflake:{name}" for name in names)]


ACCOUNT_ROLES = ("ACCOUNTADMIN", "ORGADMIN", "GLOBALORGADMIN", "SECURITYADMIN")
PUBLIC_ROLE = "PUBLIC"
# Who may grant any role to itself, or do anything.
ACCOUNT_PRIVILEGES = ("ALL", "ALL PRIVILEGES", "MANAGE GRANTS", "OWNERSHIP")

# Each type of grant, and the properties that say which role is given away.
ROLE_GIVEN = {"GrantAccountRole": "roleName", "RoleGrants": "roleName"}
# Each type of grant, and the properties that say who receives it.
RECEIVERS = {
    "GrantAccountRole": ("parentRoleName",),
    "GrantDatabaseRole": ("parentRoleName",),
    "GrantApplicationRole": ("parentAccountRoleName",),
    "GrantPrivilegesToAccountRole": ("accountRoleName",),
    "GrantPrivilegesToRole": ("roleName",),
    "GrantOwnership": ("accountRoleName",),
    "RoleGrants": ("roles",),
    **{
        # Until version 1.0 of the provider there was a type for each kind of object.
        f"{kind}Grant": ("roles",)
        for kind in (
            *("Account", "Database", "ExternalTable", "FailoverGroup", "FileFormat", "Function", "Integration"),
            *("MaskingPolicy", "MaterializedView", "Pipe", "Procedure", "ResourceMonitor", "RowAccessPolicy", "Schema"),
            *("Sequence", "Stage", "Stream", "Table", "Tag", "Task", "User", "View", "Warehouse"),
        )
    },
    "RoleOwnershipGrant": ("toRoleName",),
    "UserOwnershipGrant": ("toRoleName",),
}
OWNERSHIPS = {
    "GrantOwnership": "accountRoleName",
    "RoleOwnershipGrant": "toRoleName",
    "UserOwnershipGrant": "toRoleName",
}
USERS = ("User", "ServiceUser", "LegacyServiceUser")
INTEGRATIONS = ("StorageIntegration", "StorageIntegrationAws")
ON_ACCOUNT = {
    "GrantPrivilegesToAccountRole": "onAccount",
    "GrantPrivilegesToRole": "onAccount",
}
STAGES = ("Stage", "StageExternalS3", "StageExternalS3Compatible")
# A named bucket, and whatever prefix: https://docs.snowflake.com/en/sql-reference/sql/create-storage-integration
NAMED_LOCATION = re.compile(r"(s3|s3gov|s3china|gcs)://[^*?/\s]+(/[^*]*)?|azure://[^*/\s]+/[^*]+", re.IGNORECASE)

ACCOUNT_ADMINISTRATOR = Rule(
    id="SNOWFLAKE-ACCOUNTADMIN",
    title="Nobody is given ACCOUNTADMIN, or what amounts to it",
    severity=Severity.CRITICAL,
    why="ACCOUNTADMIN and SECURITYADMIN reach all data and all users. People get them by hand, for a day.",
    frameworks=("NIST 800-53 AC-6(5)",),
)
PUBLIC = Rule(
    id="SNOWFLAKE-PUBLIC",
    title="Nothing is given to PUBLIC",
    severity=Severity.CRITICAL,
    why="Every user of the account has the role PUBLIC.",
    frameworks=("NIST 800-53 AC-3", "NIST 800-53 AC-6"),
)
NAMED_BUCKETS = Rule(
    id="SNOWFLAKE-STORAGE-LOCATIONS",
    title="Storage integrations name their buckets",
    severity=Severity.HIGH,
    why="With `*`, whoever may make a stage unloads tables into any bucket that the role reaches.",
    frameworks=("NIST 800-53 AC-4", "NIST 800-53 AC-6"),
)
STAGE_CREDENTIALS = Rule(
    id="SNOWFLAKE-STAGE-CREDENTIALS",
    title="Stages use a storage integration, not keys",
    severity=Severity.HIGH,
    why="AWS keys in a stage do not expire, and go around the locations of the integration.",
    frameworks=("NIST 800-53 IA-5(7)",),
)


@ACCOUNT_ADMINISTRATOR.on(*snowflake(*ROLE_GIVEN))
def role_is_not_the_account(grant: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to give an account role to a user or to another role."""
    role = _role(grant.properties.get(ROLE_GIVEN[grant.kind]))
    if role in ACCOUNT_ROLES:
        yield Finding(f"gives {role} away", "grant a role of your own: role_name=analyst.name")


@ACCOUNT_ADMINISTRATOR.on(*snowflake(*OWNERSHIPS))
def account_role_owns_nothing(grant: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse ownership for an account role."""
    role = _role(grant.properties.get(OWNERSHIPS[grant.kind]))
    if role in ACCOUNT_ROLES:
        yield Finding(f"makes {role} an owner", "let a role of your own, granted to SYSADMIN, own it")


@ACCOUNT_ADMINISTRATOR.on(*snowflake(*USERS))
def user_does_not_start_as_administrator(user: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse an account role as the default one."""
    role = _role(user.properties.get("defaultRole"))
    if role in ACCOUNT_ROLES:
        yield Finding(f"starts every session as {role}", "default_role=analyst.name")


@ACCOUNT_ADMINISTRATOR.on(*snowflake(*ON_ACCOUNT, "AccountGrant"))
def account_is_not_given_away(grant: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse all privileges on the account, and MANAGE GRANTS."""
    properties = grant.properties
    if grant.kind in ON_ACCOUNT and not properties.is_true("onAccount"):
        return
    given = [] if properties.is_unknown("privileges") else properties.texts("privileges")
    given += [] if properties.is_unknown("privilege") else properties.texts("privilege")
    wide = [privilege for privilege in given if privilege.strip().upper() in ACCOUNT_PRIVILEGES]
    if wide or properties.is_true("allPrivileges"):
        yield Finding(
            f"gives {', '.join(wide) or 'all privileges'} on the account",
            'name what is used: privileges=["MONITOR USAGE"], without all_privileges',
        )


@PUBLIC.on(*snowflake(*RECEIVERS))
def nothing_is_public(grant: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse PUBLIC as the receiver of a grant."""
    for name in RECEIVERS[grant.kind]:
        if any(_role(receiver) == PUBLIC_ROLE for receiver in grant.properties.texts(name)):
            yield Finding("gives something to every user (PUBLIC)", "grant it to a role of your own")


@NAMED_BUCKETS.on(*snowflake(*INTEGRATIONS))
def integration_names_buckets(integration: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse no locations, and locations that leave the bucket open."""
    if not integration.properties.is_set("storageAllowedLocations"):
        yield Finding("names no location", 'storage_allowed_locations=[pulumi.Output.format("s3://{0}/", bucket.id)]')
        return
    yield from _open_locations(integration.properties.texts("storageAllowedLocations"))


@NAMED_BUCKETS.on(*snowflake("ExternalVolume"))
def volume_names_buckets(volume: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a volume that leaves the bucket open."""
    for location in volume.properties.each("storageLocations"):
        if not location.is_unknown("storageBaseUrl"):
            yield from _open_locations(location.texts("storageBaseUrl"))


@STAGE_CREDENTIALS.on(*snowflake(*STAGES))
def stage_has_no_keys(stage: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse AWS keys in a stage."""
    if _holds_keys(stage.properties):
        yield Finding("holds AWS keys", "storage_integration=integration.name, without credentials")


def _open_locations(places: list[str]) -> Iterator[Finding]:
    for place in places:
        if not NAMED_LOCATION.fullmatch(place.strip()):
            yield Finding(
                f'allows the location "{place}", which names no bucket',
                'storage_allowed_locations=[pulumi.Output.format("s3://{0}/", bucket.id)]',
            )


def _holds_keys(properties: Properties) -> bool:
    if not properties.is_set("credentials") or properties.is_unknown("credentials"):
        return False
    credentials = properties.get("credentials")
    if isinstance(credentials, str):
        return any(key in credentials.upper() for key in ("AWS_KEY_ID", "AWS_SECRET_KEY", "AWS_TOKEN"))
    return any(properties.section("credentials").is_set(key) for key in ("awsKeyId", "awsSecretKey"))


def _role(name: object) -> str:
    """Return a role's name as Snowflake stores it: small letters count only in quotes."""
    if not isinstance(name, str):
        return ""
    text = name.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text.upper()
