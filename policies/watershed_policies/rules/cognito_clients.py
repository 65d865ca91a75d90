"""Cognito's clients: which flows an application may use, how long its tokens live, and what it gives away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..embedded import number, strings
from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

CLIENTS = (aws("cognito", "UserPoolClient"), aws("cognito", "ManagedUserPoolClient"))
HOUR = 3_600
DAY = 24 * HOUR
UNITS = {"seconds": 1, "minutes": 60, "hours": HOUR, "days": DAY}
# Property -> its unit's name, the unit where none is given, and the longest life that we accept. Cognito's own defaults
# are an hour and 30 days: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
LIVES = {
    "accessTokenValidity": ("accessToken", "hours", HOUR),
    "idTokenValidity": ("idToken", "hours", HOUR),
    "refreshTokenValidity": ("refreshToken", "days", 30 * DAY),
}
PASSWORD_FLOWS = (
    "ALLOW_USER_PASSWORD_AUTH",
    "USER_PASSWORD_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ADMIN_NO_SRP_AUTH",
)
# Plain HTTP to any host but one's own machine.
PLAIN_HTTP = re.compile(r"^http://(?!(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/?#]|$))([^/?#]+)", re.IGNORECASE)

IMPLICIT_FLOW = Rule(
    id="COGNITO-IMPLICIT-FLOW",
    title="Clients do not use the implicit flow",
    severity=Severity.HIGH,
    why="It puts tokens into addresses, where histories, logs and other sites read them. OAuth 2.1 has dropped it.",
    frameworks=("NIST 800-53 IA-5",),
)
TOKEN_LIFETIME = Rule(
    id="COGNITO-TOKEN-LIFETIME",
    title="Tokens expire soon",
    severity=Severity.MEDIUM,
    why="A stolen token works until it expires: an hour is long enough to use one, a month to renew one.",
    frameworks=("NIST 800-53 AC-12",),
)
USER_EXISTENCE = Rule(
    id="COGNITO-USER-EXISTENCE",
    title="Errors do not tell who has an account",
    severity=Severity.MEDIUM,
    why="Otherwise anyone can try names until one exists, and then only its password is missing.",
    frameworks=("NIST 800-53 SI-11",),
)
REVOCATION = Rule(
    id="COGNITO-TOKEN-REVOCATION",
    title="Tokens can be revoked",
    severity=Severity.MEDIUM,
    why="A lost device's tokens otherwise work until they expire.",
    frameworks=("NIST 800-53 AC-12",),
)
CALLBACK_TLS = Rule(
    id="COGNITO-CALLBACK-TLS",
    title="Users come back over TLS",
    severity=Severity.HIGH,
    why="The address carries the code that is changed into tokens.",
    frameworks=("NIST 800-53 SC-8", "PCI DSS 4.2.1"),
)
PASSWORD_FLOW = Rule(
    id="COGNITO-PASSWORD-FLOW",
    title="Clients do not see passwords",
    severity=Severity.LOW,
    why="With SRP or the hosted sign-in, the application never has the password.",
    profile=Profile.STRICT,
)


@IMPLICIT_FLOW.on(*CLIENTS)
def has_no_implicit_flow(client: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the implicit flow."""
    if "implicit" in strings(client.properties.get("allowedOauthFlows")):
        yield Finding("may use the implicit flow", 'allowed_oauth_flows=["code"]')


@TOKEN_LIFETIME.on(*CLIENTS)
def tokens_expire(client: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse tokens that live longer than Cognito's defaults."""
    units = client.properties.section("tokenValidityUnits")
    for name, (unit_name, default, longest) in LIVES.items():
        given = number(client.properties.get(name))
        # 0 means the default.
        seconds = (given or 0) * UNITS.get(str(units.get(unit_name) or default), 0)
        if seconds > longest:
            limit = f"{longest // DAY} days" if longest >= DAY else "an hour"
            yield Finding(
                f"has {unit_name.removesuffix('Token')} tokens that live longer than {limit}",
                "access_token_validity=60, id_token_validity=60, refresh_token_validity=1, token_validity_units="
                '{"access_token": "minutes", "id_token": "minutes", "refresh_token": "days"}',
            )


@USER_EXISTENCE.on(*CLIENTS)
def hides_who_exists(client: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse LEGACY, which is the default."""
    if client.properties.get("preventUserExistenceErrors") != "ENABLED":
        yield Finding("tells who has an account", 'prevent_user_existence_errors="ENABLED"')


@REVOCATION.on(*CLIENTS)
def tokens_can_be_revoked(client: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to switch revocation off; it is on by default."""
    if client.properties.get("enableTokenRevocation") in (False, "false"):
        yield Finding("has tokens that cannot be revoked", "enable_token_revocation=True")


@CALLBACK_TLS.on(*CLIENTS)
def comes_back_over_tls(client: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain HTTP but to one's own machine; applications have schemes of their own."""
    properties = client.properties
    for name in ("callbackUrls", "logoutUrls", "defaultRedirectUri"):
        for address in strings(properties.get(name)):
            plain = PLAIN_HTTP.match(address)
            if plain:
                yield Finding(f"sends users to {plain[1]} by plain HTTP", f"https://{plain[1]}/...")


@PASSWORD_FLOW.on(*CLIENTS)
def does_not_see_passwords(client: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse flows in which the application handles the password."""
    flows = set(strings(client.properties.get("explicitAuthFlows"))) & set(PASSWORD_FLOWS)
    if flows:
        yield Finding(
            f"handles its users' passwords ({', '.join(sorted(flows))})",
            'explicit_auth_flows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]',
        )
