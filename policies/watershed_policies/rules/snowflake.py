"""Snowflake: nobody is given the account, and nothing is given to everyone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..resource import Resource
    from ..settings import Settings


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
SQL = ("Execute", "UnsafeExecute")
# `GRANT ROLE ACCOUNTADMIN TO USER bob`, `grant usage on database d to role public`: names may stand in quotes.
GRANTS_ACCOUNT = re.compile(rf'\bGRANT\s+ROLE\s+"?({"|".join(ACCOUNT_ROLES)})\b', re.IGNORECASE)
GRANTS_TO_PUBLIC = re.compile(r'\bGRANT\b[^;]*\bTO\s+(ROLE\s+)?"?PUBLIC\b"?(?!\.)', re.IGNORECASE)
USERS = ("User", "ServiceUser", "LegacyServiceUser")
ON_ACCOUNT = {
    "GrantPrivilegesToAccountRole": "onAccount",
    "GrantPrivilegesToRole": "onAccount",
}
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


@ACCOUNT_ADMINISTRATOR.on(*snowflake(*SQL))
def statement_does_not_give_the_account(sql: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse SQL that gives an account role away."""
    found = GRANTS_ACCOUNT.search(str(sql.properties.get("execute") or ""))
    if found:
        yield Finding(f"gives {found[1].upper()} away", "grant a role of your own")


@PUBLIC.on(*snowflake(*SQL))
def statement_is_not_for_everyone(sql: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse SQL that grants something to PUBLIC."""
    if GRANTS_TO_PUBLIC.search(str(sql.properties.get("execute") or "")):
        yield Finding("gives something to every user (PUBLIC)", "grant it to a role of your own")


@PUBLIC.on(*snowflake(*RECEIVERS))
def nothing_is_public(grant: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse PUBLIC as the receiver of a grant."""
    for name in RECEIVERS[grant.kind]:
        if any(_role(receiver) == PUBLIC_ROLE for receiver in grant.properties.texts(name)):
            yield Finding("gives something to every user (PUBLIC)", "grant it to a role of your own")


def _role(name: object) -> str:
    """Return a role's name as Snowflake stores it: small letters count only in quotes."""
    if not isinstance(name, str):
        return ""
    text = name.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text.upper()
