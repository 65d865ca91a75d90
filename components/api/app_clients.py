"""The clients of a user pool: what an application may ask Cognito for, and for how long its tokens live."""

import re
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from .names import ADDRESS
from .routes import SCOPES, Scope

PROFILE = ("openid", "email", "profile")
"""What the page that people use asks for beside the API's scopes: who they are."""
_REFRESH_DAYS = 30
_RETRY_SECONDS = 30


def people_client(
    name: str,
    user_pool_id: pulumi.Input[str],
    *,
    callback_urls: Sequence[str],
    logout_urls: Sequence[str],
    rotate: bool,
    opts: pulumi.ResourceOptions,
) -> "aws.cognito.UserPoolClient":
    """Return the client of people: no secret, which a page could not keep; the code's verifier (PKCE) takes its place.

    With `rotate` a refresh token works once, and half a minute longer if the answer was lost; Cognito accepts that only
    of clients without the flow REFRESH_TOKEN_AUTH.
    """
    if not callback_urls:
        raise ValueError(f"{name}: give callback_urls: where people come back to when they have signed in")
    for url in (*callback_urls, *logout_urls):
        if not re.fullmatch(ADDRESS, url):
            raise ValueError(
                f"{name}: people would be sent to {url!r}: give an https address without * and #, or http on localhost"
            )
    rotation = aws.cognito.UserPoolClientRefreshTokenRotationArgs(
        feature="ENABLED", retry_grace_period_seconds=_RETRY_SECONDS
    )
    return aws.cognito.UserPoolClient(
        name,
        user_pool_id=user_pool_id,
        generate_secret=False,
        allowed_oauth_flows=["code"],
        allowed_oauth_scopes=[*PROFILE, *SCOPES],
        callback_urls=list(callback_urls),
        logout_urls=list(logout_urls),
        supported_identity_providers=["COGNITO"],
        explicit_auth_flows=["ALLOW_USER_SRP_AUTH", *([] if rotate else ["ALLOW_REFRESH_TOKEN_AUTH"])],
        refresh_token_rotation=rotation if rotate else None,
        **_TOKENS,
        opts=opts,
    )


def machine_client(
    name: str, user_pool_id: pulumi.Input[str], *, scopes: Sequence[Scope], opts: pulumi.ResourceOptions
) -> "aws.cognito.UserPoolClient":
    """Return a program's client, with a secret; with no flow named, Cognito would let people sign in with it too."""
    return aws.cognito.UserPoolClient(
        name,
        user_pool_id=user_pool_id,
        generate_secret=True,
        allowed_oauth_flows=["client_credentials"],
        allowed_oauth_scopes=list(scopes),
        explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH"],
        **_TOKENS,
        opts=opts,
    )


_TOKENS: dict[str, Any] = {
    "allowed_oauth_flows_user_pool_client": True,
    "access_token_validity": 1,
    "id_token_validity": 1,
    "refresh_token_validity": _REFRESH_DAYS,
    "token_validity_units": {"access_token": "hours", "id_token": "hours", "refresh_token": "days"},
    "enable_token_revocation": True,
    "prevent_user_existence_errors": "ENABLED",
}
