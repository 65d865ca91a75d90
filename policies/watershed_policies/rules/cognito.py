"""Cognito's user pools, domains and identity pools: strong proof of who signs in, and nobody in without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..embedded import is_on, number, strings
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

USER_POOL = aws("cognito", "UserPool")
DOMAIN = aws("cognito", "UserPoolDomain")
IDENTITY_POOL = aws("cognito", "IdentityPool")
RISK = aws("cognito", "RiskConfiguration")
MINIMUM_LENGTH = 8
TEMPORARY_DAYS = 7
CHARACTERS = {
    "requireLowercase": "lower-case letters",
    "requireUppercase": "upper-case letters",
    "requireNumbers": "numbers",
    "requireSymbols": "symbols",
}
STRONG_POLICY = (
    'password_policy={"minimum_length": 12, "require_lowercase": True, "require_uppercase": True, '
    '"require_numbers": True, "require_symbols": True, "temporary_password_validity_days": 1}'
)

PASSWORD = Rule(
    id="COGNITO-PASSWORD-POLICY",
    title="Passwords are hard to guess",
    severity=Severity.MEDIUM,
    why="Short or simple passwords are found by trying.",
    frameworks=("FSBP Cognito.3", "NIST 800-53 IA-5(1)", "PCI DSS 8.3.6"),
    peers=("cdk-nag COG1",),
)
MFA = Rule(
    id="COGNITO-MFA",
    title="Signing in takes a second factor",
    severity=Severity.HIGH,
    why="Passwords are reused, phished and leaked; a second factor makes one alone useless.",
    frameworks=("FSBP Cognito.5", "NIST 800-53 IA-2(1)", "PCI DSS 8.4.1"),
    peers=("cdk-nag COG2",),
)
THREATS = Rule(
    id="COGNITO-THREAT-PROTECTION",
    title="User pools stop suspicious sign-ins",
    severity=Severity.MEDIUM,
    why="Cognito knows leaked passwords and odd places and devices; enforced, it asks for more or refuses.",
    frameworks=("FSBP Cognito.1", "FSBP Cognito.4", "NIST 800-53 SI-4"),
)
PLUS_TIER = Rule(
    id="COGNITO-PLUS-TIER",
    title="User pools have the Plus plan",
    severity=Severity.LOW,
    why="Threat protection and the export of its log belong to this plan only.",
    frameworks=("FSBP Cognito.1",),
    peers=("cdk-nag COG8",),
)
RISK_ACTIONS = Rule(
    id="COGNITO-RISK-ACTIONS",
    title="What is found risky has a consequence",
    severity=Severity.MEDIUM,
    why="A finding that does nothing lets the attacker in.",
    frameworks=("FSBP Cognito.1", "NIST 800-53 SI-4"),
)
DELETION_PROTECTION = Rule(
    id="COGNITO-DELETION-PROTECTION",
    title="User pools are protected from deletion",
    severity=Severity.MEDIUM,
    why="Deleting a pool takes every account and password with it.",
    frameworks=("FSBP Cognito.6", "NIST 800-53 CP-9"),
)
SELF_SIGN_UP = Rule(
    id="COGNITO-SELF-SIGN-UP",
    title="Only administrators make accounts",
    severity=Severity.LOW,
    why="Otherwise everyone on the internet may make one; that is right for a shop, and wrong for a team's data.",
    profile=Profile.STRICT,
)
GUESTS = Rule(
    id="COGNITO-GUESTS",
    title="Identity pools have no guests",
    severity=Severity.HIGH,
    why="A guest is anyone on the internet, with AWS credentials of ours.",
    frameworks=("FSBP Cognito.2", "NIST 800-53 AC-3"),
    peers=("cdk-nag COG7", "Checkov CKV_AWS_366"),
)
CLASSIC_FLOW = Rule(
    id="COGNITO-CLASSIC-FLOW",
    title="Identity pools choose the role",
    severity=Severity.MEDIUM,
    why="In the classic flow the caller picks the role, and its session is not bounded by the pool.",
    frameworks=("NIST 800-53 AC-6",),
)
DOMAIN_CERTIFICATE = Rule(
    id="COGNITO-DOMAIN-CERTIFICATE",
    title="Custom sign-in domains have a certificate of ours",
    severity=Severity.MEDIUM,
    why="Without one there is no TLS for the name, and AWS refuses the domain.",
    frameworks=("NIST 800-53 SC-8",),
)
FIREWALL = Rule(
    id="COGNITO-FIREWALL",
    title="User pools stand behind a web firewall",
    severity=Severity.LOW,
    why="It stops floods of sign-ins before they are counted, and paid for.",
    profile=Profile.STRICT,
)
USER_PASSWORD = Rule(
    id="COGNITO-USER-PASSWORD",
    title="Programs do not know users' passwords",
    severity=Severity.HIGH,
    why="A password in the program is in its repository and in the state of every tool that deploys it.",
    frameworks=("NIST 800-53 IA-5(7)", "PCI DSS 8.6.2"),
)


@PASSWORD.on(USER_POOL)
def passwords_are_strong(pool: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse short passwords, and those of few kinds of characters."""
    if not pool.properties.is_set("passwordPolicy"):
        yield Finding("has no password policy", STRONG_POLICY)
        return
    policy = pool.properties.section("passwordPolicy")
    length = number(policy.get("minimumLength"))
    if length is None or length < MINIMUM_LENGTH:
        yield Finding(f"takes passwords of less than {MINIMUM_LENGTH} characters", STRONG_POLICY)
    lacking = [kind for name, kind in CHARACTERS.items() if not is_on(policy.get(name))]
    if lacking:
        yield Finding(f"takes passwords without {', '.join(lacking)}", STRONG_POLICY)
    days = number(policy.get("temporaryPasswordValidityDays"))
    if days is not None and days > TEMPORARY_DAYS:
        yield Finding(f"takes a temporary password for {days:.0f} days", STRONG_POLICY)


@MFA.on(USER_POOL)
def asks_for_second_factor(pool: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a password alone; where passkeys or codes are a first factor, Cognito takes no second one."""
    factors = set(strings(pool.properties.get("signInPolicy", "allowedFirstAuthFactors")))
    if not factors - {"PASSWORD"} and pool.properties.get("mfaConfiguration") != "ON":
        yield Finding(
            "lets users in with a password alone",
            'mfa_configuration="ON", software_token_mfa_configuration={"enabled": True}',
        )


@THREATS.on(USER_POOL)
def stops_threats(pool: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse OFF, and AUDIT, which only counts; sign-in by Lambda functions of ours has a mode of its own."""
    properties = pool.properties
    mode = '"advanced_security_mode": "ENFORCED"'
    if properties.get("userPoolAddOns", "advancedSecurityMode") != "ENFORCED":
        yield Finding("does not stop suspicious sign-ins", f"user_pool_add_ons={{{mode}}}")
    elif properties.is_set("lambdaConfig", "defineAuthChallenge"):
        custom = properties.get("userPoolAddOns", "advancedSecurityAdditionalFlows", "customAuthMode")
        if custom != "ENFORCED":
            flows = '"advanced_security_additional_flows": {"custom_auth_mode": "ENFORCED"}'
            yield Finding("does not stop suspicious custom sign-ins", f"user_pool_add_ons={{{mode}, {flows}}}")


@PLUS_TIER.on(USER_POOL)
def has_plus_plan(pool: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the lesser plans; without one it is Essentials."""
    if pool.properties.get("userPoolTier") != "PLUS":
        yield Finding("is not on the Plus plan", 'user_pool_tier="PLUS"')


@RISK_ACTIONS.on(RISK)
def risk_has_consequence(risk: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse NO_ACTION for a leaked password or a high risk."""
    compromised = risk.properties.get("compromisedCredentialsRiskConfiguration", "actions", "eventAction")
    takeover = risk.properties.get("accountTakeoverRiskConfiguration", "actions", "highAction", "eventAction")
    if compromised == "NO_ACTION":
        yield Finding("takes leaked passwords", '"actions": {"event_action": "BLOCK"}')
    if takeover == "NO_ACTION":
        yield Finding(
            "lets sign-ins of a high risk through", '"high_action": {"event_action": "BLOCK", "notify": True}'
        )


@DELETION_PROTECTION.on(USER_POOL)
def is_protected(pool: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a pool that can be deleted."""
    if pool.properties.get("deletionProtection") != "ACTIVE":
        yield Finding("can be deleted", 'deletion_protection="ACTIVE"')


@SELF_SIGN_UP.on(USER_POOL)
def accounts_are_made_for_users(pool: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse sign-up by oneself."""
    if not is_on(pool.properties.get("adminCreateUserConfig", "allowAdminCreateUserOnly")):
        yield Finding("lets everyone sign up", 'admin_create_user_config={"allow_admin_create_user_only": True}')


@GUESTS.on(IDENTITY_POOL)
def has_no_guests(pool: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse guests; without the property there are none."""
    if is_on(pool.properties.get("allowUnauthenticatedIdentities")):
        yield Finding("gives guests AWS credentials", "allow_unauthenticated_identities=False")


@GUESTS.on(aws("cognito", "IdentityPoolRoleAttachment"))
def guests_have_no_role(attachment: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a role for guests."""
    if attachment.properties.is_set("roles", "unauthenticated"):
        yield Finding("gives guests a role", 'roles={"authenticated": role.arn}')


@CLASSIC_FLOW.on(IDENTITY_POOL)
def chooses_role(pool: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the classic flow."""
    if is_on(pool.properties.get("allowClassicFlow")):
        yield Finding("lets callers choose their role (classic flow)", "allow_classic_flow=False")


@DOMAIN_CERTIFICATE.on(DOMAIN)
def domain_has_certificate(domain: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a domain name without a certificate; a prefix is under Amazon's."""
    name = domain.properties.get("domain")
    if isinstance(name, str) and "." in name and not domain.properties.is_set("certificateArn"):
        yield Finding("has a name of its own but no certificate", "certificate_arn=certificate.arn, in us-east-1")


@FIREWALL.across(USER_POOL)
def has_firewall(pool: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that a web firewall is associated with the pool."""
    if not stack.naming(pool, "resourceArn", aws("wafv2", "WebAclAssociation")):
        yield Finding(
            "has no web firewall",
            'aws.wafv2.WebAclAssociation("...", resource_arn=pool.arn, web_acl_arn=firewall.arn)',
        )


@USER_PASSWORD.on(aws("cognito", "User"))
def password_is_not_in_program(user: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse passwords in programs; without one Cognito makes a temporary one and sends it."""
    for name in ("password", "temporaryPassword"):
        if user.properties.is_set(name):
            yield Finding(
                f"has its {'temporary ' if name != 'password' else ''}password in the program",
                "remove it: Cognito sends the user a temporary one",
            )
