"""Snowflake's users: without passwords in programs, from known networks, and with no more privileges than they use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..rule import Finding, Profile, Rule, Severity
from .snowflake import ON_ACCOUNT, snowflake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..resource import Resource
    from ..settings import Settings

# A ServiceUser cannot have one: https://docs.snowflake.com/en/user-guide/admin-user-management
WITH_PASSWORD = ("User", "LegacyServiceUser")
EVERYWHERE = ("0.0.0.0/0", "::/0")

USER_PASSWORD = Rule(
    id="SNOWFLAKE-USER-PASSWORD",
    title="Programs do not know users' passwords",
    severity=Severity.HIGH,
    why="A password in the program is in its repository and in the state. Snowflake phases passwords of programs out.",
    frameworks=("NIST 800-53 IA-5(7)", "PCI DSS 8.6.2"),
)
NETWORK_POLICY = Rule(
    id="SNOWFLAKE-NETWORK-POLICY",
    title="Network policies name networks",
    severity=Severity.MEDIUM,
    why="A leaked password or key then works from everywhere (CIS Snowflake Foundations 3.1).",
    frameworks=("NIST 800-53 SC-7", "PCI DSS 1.4.4"),
)
NAMED_PRIVILEGES = Rule(
    id="SNOWFLAKE-NAMED-PRIVILEGES",
    title="Privileges are named one by one, and not handed on",
    severity=Severity.LOW,
    why="All privileges bring those that nobody uses; WITH GRANT OPTION lets others decide who reads. Hence strict.",
    frameworks=("NIST 800-53 AC-6",),
    profile=Profile.STRICT,
)


@USER_PASSWORD.on(*snowflake(*WITH_PASSWORD))
def user_has_no_known_password(user: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a password; the message never shows it."""
    if user.properties.is_set("password"):
        yield Finding("has a password that the program knows", "rsa_public_key=..., or single sign-on for people")


@NETWORK_POLICY.on(*snowflake("NetworkPolicy"))
def networks_are_named(policy: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a policy that lets in every address."""
    if any(block.strip() in EVERYWHERE for block in policy.properties.texts("allowedIpLists")):
        yield Finding("lets every address in", 'allowed_ip_lists=["203.0.113.0/24"]')


@NETWORK_POLICY.on(*snowflake("NetworkRule"))
def rule_names_networks(rule: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a rule that lets in every address; where programs go out to is another question."""
    properties = rule.properties
    if str(properties.get("mode")).upper() == "EGRESS":
        return
    if any(block.strip() in EVERYWHERE for block in properties.texts("valueLists")):
        yield Finding("lets every address in", 'value_lists=["203.0.113.0/24"]')


@NAMED_PRIVILEGES.on(*snowflake(*ON_ACCOUNT, "GrantPrivilegesToDatabaseRole"))
def privileges_are_named(grant: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse all privileges, and the right to grant them on."""
    properties = grant.properties
    if properties.is_true("allPrivileges"):
        yield Finding("gives all privileges", 'privileges=["SELECT"], without all_privileges')
    if properties.is_true("withGrantOption"):
        yield Finding("lets its receiver grant on", "remove with_grant_option=True")
