"""Cognito."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

USER_POOL = "aws:cognito/userPool:UserPool"
ENFORCED = {"advancedSecurityMode": "ENFORCED"}
CUSTOM = {"defineAuthChallenge": "arn:aws:lambda:eu-west-1:123456789012:function:challenge"}
CLIENT = "aws:cognito/userPoolClient:UserPoolClient"
MANAGED_CLIENT = "aws:cognito/managedUserPoolClient:ManagedUserPoolClient"
DOMAIN = "aws:cognito/userPoolDomain:UserPoolDomain"
IDENTITY_POOL = "aws:cognito/identityPool:IdentityPool"
ROLES = "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment"
RISK = "aws:cognito/riskConfiguration:RiskConfiguration"
USER = "aws:cognito/user:User"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
STRONG = {
    "minimumLength": 12,
    "requireLowercase": True,
    "requireUppercase": True,
    "requireNumbers": True,
    "requireSymbols": True,
    "temporaryPasswordValidityDays": 1,
}
pool = make(USER_POOL, "users")
SHORT_LIVED = {
    "accessTokenValidity": 60,
    "idTokenValidity": 60,
    "refreshTokenValidity": 1,
    "tokenValidityUnits": {"accessToken": "minutes", "idToken": "minutes", "refreshToken": "days"},
}


def passwords(**changes: Any) -> Recorded:
    policy = {name: value for name, value in {**STRONG, **changes}.items() if value is not None}
    return make(USER_POOL, passwordPolicy=policy)


def client(**inputs: Any) -> Recorded:
    return make(CLIENT, userPoolId=pool, **inputs)


CASES = [
    bad("COGNITO-PASSWORD-POLICY", "none", pool),
    bad("COGNITO-PASSWORD-POLICY", "short", passwords(minimumLength=6)),
    bad("COGNITO-PASSWORD-POLICY", "a length not said", passwords(minimumLength=None)),
    bad("COGNITO-PASSWORD-POLICY", "no symbols", passwords(requireSymbols=False)),
    bad("COGNITO-PASSWORD-POLICY", "no numbers", passwords(requireNumbers=None)),
    bad("COGNITO-PASSWORD-POLICY", "no capitals", passwords(requireUppercase=False)),
    bad("COGNITO-PASSWORD-POLICY", "no small letters", passwords(requireLowercase=False)),
    bad("COGNITO-PASSWORD-POLICY", "a long temporary one", passwords(temporaryPasswordValidityDays=90)),
    good("COGNITO-PASSWORD-POLICY", "strong", passwords()),
    good("COGNITO-PASSWORD-POLICY", "eight characters", passwords(minimumLength=8, temporaryPasswordValidityDays=None)),
    bad("COGNITO-MFA", "not said", pool),
    bad("COGNITO-MFA", "off", make(USER_POOL, mfaConfiguration="OFF")),
    bad("COGNITO-MFA", "as one likes", make(USER_POOL, mfaConfiguration="OPTIONAL")),
    good("COGNITO-MFA", "on", make(USER_POOL, mfaConfiguration="ON", softwareTokenMfaConfiguration={"enabled": True})),
    good(
        "COGNITO-MFA",
        "passkeys",
        make(USER_POOL, signInPolicy={"allowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}),
    ),
    bad("COGNITO-THREAT-PROTECTION", "not said", pool),
    bad("COGNITO-THREAT-PROTECTION", "only counted", make(USER_POOL, userPoolAddOns={"advancedSecurityMode": "AUDIT"})),
    good("COGNITO-THREAT-PROTECTION", "on", make(USER_POOL, userPoolAddOns={"advancedSecurityMode": "ENFORCED"})),
    good("COGNITO-THREAT-PROTECTION", "something else", client()),
    bad(
        "COGNITO-THREAT-PROTECTION",
        "not for custom sign-in",
        make(USER_POOL, userPoolAddOns=ENFORCED, lambdaConfig=CUSTOM),
    ),
    good(
        "COGNITO-THREAT-PROTECTION",
        "for custom sign-in too",
        make(
            USER_POOL,
            userPoolAddOns={**ENFORCED, "advancedSecurityAdditionalFlows": {"customAuthMode": "ENFORCED"}},
            lambdaConfig=CUSTOM,
        ),
    ),
    bad("COGNITO-PLUS-TIER", "not said", pool),
    bad("COGNITO-PLUS-TIER", "a lesser one", make(USER_POOL, userPoolTier="LITE")),
    good("COGNITO-PLUS-TIER", "plus", make(USER_POOL, userPoolTier="PLUS")),
    good("COGNITO-PLUS-TIER", "something else", client()),
    bad(
        "COGNITO-RISK-ACTIONS",
        "leaked passwords",
        make(RISK, compromisedCredentialsRiskConfiguration={"actions": {"eventAction": "NO_ACTION"}}),
    ),
    bad(
        "COGNITO-RISK-ACTIONS",
        "a high risk",
        make(RISK, accountTakeoverRiskConfiguration={"actions": {"highAction": {"eventAction": "NO_ACTION"}}}),
    ),
    good(
        "COGNITO-RISK-ACTIONS",
        "refused",
        make(RISK, compromisedCredentialsRiskConfiguration={"actions": {"eventAction": "BLOCK"}}),
    ),
    good(
        "COGNITO-RISK-ACTIONS",
        "asked for more",
        make(RISK, accountTakeoverRiskConfiguration={"actions": {"highAction": {"eventAction": "MFA_REQUIRED"}}}),
    ),
    bad("COGNITO-DELETION-PROTECTION", "not said", pool),
    bad("COGNITO-DELETION-PROTECTION", "off", make(USER_POOL, deletionProtection="INACTIVE")),
    good("COGNITO-DELETION-PROTECTION", "on", make(USER_POOL, deletionProtection="ACTIVE")),
    good("COGNITO-DELETION-PROTECTION", "something else", client()),
    bad("COGNITO-SELF-SIGN-UP", "everyone", pool),
    good(
        "COGNITO-SELF-SIGN-UP",
        "administrators",
        make(USER_POOL, adminCreateUserConfig={"allowAdminCreateUserOnly": True}),
    ),
    good("COGNITO-SELF-SIGN-UP", "something else", client()),
    bad("COGNITO-GUESTS", "guests", make(IDENTITY_POOL, allowUnauthenticatedIdentities=True)),
    bad("COGNITO-GUESTS", "a role for them", make(ROLES, identityPoolId="p", roles={"unauthenticated": "arn"})),
    good("COGNITO-GUESTS", "a role for users", make(ROLES, identityPoolId="p", roles={"authenticated": "arn"})),
    good("COGNITO-GUESTS", "none", make(IDENTITY_POOL, allowUnauthenticatedIdentities=False)),
    good("COGNITO-GUESTS", "not said", make(IDENTITY_POOL)),
    bad("COGNITO-CLASSIC-FLOW", "on", make(IDENTITY_POOL, allowClassicFlow=True)),
    good("COGNITO-CLASSIC-FLOW", "off", make(IDENTITY_POOL, allowClassicFlow=False)),
    good("COGNITO-CLASSIC-FLOW", "not said", make(IDENTITY_POOL)),
    bad("COGNITO-DOMAIN-CERTIFICATE", "none", make(DOMAIN, domain="auth.example.com", userPoolId=pool)),
    good(
        "COGNITO-DOMAIN-CERTIFICATE",
        "one",
        make(DOMAIN, domain="auth.example.com", certificateArn="arn:aws:acm:us-east-1:123456789012:certificate/1"),
    ),
    good("COGNITO-DOMAIN-CERTIFICATE", "a prefix", make(DOMAIN, domain="watershed", userPoolId=pool)),
    bad("COGNITO-FIREWALL", "none", pool),
    good("COGNITO-FIREWALL", "one", pool, make(ASSOCIATION, resourceArn=pool, webAclArn="arn:aws:wafv2:::webacl/1")),
    good("COGNITO-FIREWALL", "something else", client()),
    bad("COGNITO-USER-PASSWORD", "a password", make(USER, username="a", userPoolId="p", password="x1y2z3")),
    bad("COGNITO-USER-PASSWORD", "a temporary one", make(USER, username="a", userPoolId="p", temporaryPassword="x1y2")),
    good("COGNITO-USER-PASSWORD", "none", make(USER, username="a", userPoolId="p")),
    good("COGNITO-USER-PASSWORD", "something else", client()),
    bad("COGNITO-IMPLICIT-FLOW", "implicit", client(allowedOauthFlows=["code", "implicit"])),
    bad("COGNITO-IMPLICIT-FLOW", "a managed client's", make(MANAGED_CLIENT, allowedOauthFlows=["implicit"])),
    good("COGNITO-IMPLICIT-FLOW", "a code", client(allowedOauthFlows=["code"])),
    good("COGNITO-IMPLICIT-FLOW", "not said", client()),
    bad("COGNITO-TOKEN-LIFETIME", "a day", client(accessTokenValidity=24)),
    bad("COGNITO-TOKEN-LIFETIME", "five hours in minutes", client(**{**SHORT_LIVED, "idTokenValidity": 300})),
    bad("COGNITO-TOKEN-LIFETIME", "ten years", client(refreshTokenValidity=3650)),
    good("COGNITO-TOKEN-LIFETIME", "short", client(**SHORT_LIVED)),
    good("COGNITO-TOKEN-LIFETIME", "an hour and 30 days", client(accessTokenValidity=1, refreshTokenValidity=30)),
    good("COGNITO-TOKEN-LIFETIME", "Cognito's default", client()),
    bad("COGNITO-USER-EXISTENCE", "not said", client()),
    bad("COGNITO-USER-EXISTENCE", "told", client(preventUserExistenceErrors="LEGACY")),
    good("COGNITO-USER-EXISTENCE", "hidden", client(preventUserExistenceErrors="ENABLED")),
    good(
        "COGNITO-USER-EXISTENCE",
        "hidden by a managed client",
        make(MANAGED_CLIENT, preventUserExistenceErrors="ENABLED"),
    ),
    bad("COGNITO-TOKEN-REVOCATION", "off", client(enableTokenRevocation=False)),
    good("COGNITO-TOKEN-REVOCATION", "on", client(enableTokenRevocation=True)),
    good("COGNITO-TOKEN-REVOCATION", "not said", client()),
    bad("COGNITO-CALLBACK-TLS", "none", client(callbackUrls=["https://a.example.com", "http://b.example.com/x"])),
    bad("COGNITO-CALLBACK-TLS", "none, when leaving", client(logoutUrls=["http://b.example.com"])),
    bad("COGNITO-CALLBACK-TLS", "a host that looks local", client(callbackUrls=["http://localhost.example.com"])),
    good("COGNITO-CALLBACK-TLS", "TLS", client(callbackUrls=["https://a.example.com"])),
    good("COGNITO-CALLBACK-TLS", "one's own machine", client(callbackUrls=["http://localhost:3000/callback"])),
    good("COGNITO-CALLBACK-TLS", "an application", client(callbackUrls=["myapp://callback"])),
    bad("COGNITO-PASSWORD-FLOW", "seen", client(explicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])),
    good("COGNITO-PASSWORD-FLOW", "not seen", client(explicitAuthFlows=["ALLOW_USER_SRP_AUTH"])),
    good("COGNITO-PASSWORD-FLOW", "not said", client()),
]
