"""The lives of user pools, and of what hangs on them."""

from typing import Any

from local.aws import Clients

from .provider_world import Case, World, get

POOL = "aws:cognito/userPool:UserPool"


PASSWORD_POLICY = {
    "minimumLength": 14,
    "requireLowercase": True,
    "requireNumbers": True,
    "requireSymbols": True,
    "requireUppercase": True,
    "temporaryPasswordValidityDays": 3,
}


SCOPES = [{"scopeName": "read", "scopeDescription": "Read"}]


MORE_SCOPES = [*SCOPES, {"scopeName": "write", "scopeDescription": "Write"}]


def pool(world: World, name: str) -> str:
    """A user pool."""
    return str(world.made(POOL, name).id)


def second_factor(clients: Clients, outputs: dict[str, Any]) -> Any:
    """Whether a pool asks for an app's code, how long passwords are, and what updating has left alone."""
    found = clients("cognito-idp").describe_user_pool(UserPoolId=outputs["id"])["UserPool"]
    length = found["Policies"]["PasswordPolicy"]["MinimumLength"]
    return found["MfaConfiguration"], length, found["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]


def user(world: World) -> dict[str, Any]:
    """A user and a group, who does not belong to it yet."""
    users = pool(world, "members")
    world.made("aws:cognito/userGroup:UserGroup", "members", userPoolId=users, name="staff")
    world.made("aws:cognito/user:User", "members", userPoolId=users, username="ada", messageAction="SUPPRESS")
    return {"userPoolId": users, "groupName": "staff", "username": "ada"}


CASES = (
    Case(
        POOL,
        lambda world: {
            "usernameAttributes": ["email"],
            "autoVerifiedAttributes": ["email"],
            "adminCreateUserConfig": {"allowAdminCreateUserOnly": True},
            "passwordPolicy": PASSWORD_POLICY,
            "mfaConfiguration": "OPTIONAL",
            "softwareTokenMfaConfiguration": {"enabled": True},
            "userPoolTier": "PLUS",
            "userPoolAddOns": {"advancedSecurityMode": "ENFORCED"},
            "accountRecoverySetting": {"recoveryMechanisms": [{"name": "verified_email", "priority": 1}]},
            "usernameConfiguration": {"caseSensitive": False},
            "tags": {"a": "b"},
        },
        {"mfaConfiguration": "ON", "passwordPolicy": {**PASSWORD_POLICY, "minimumLength": 20}},
        second_factor,
        ("OPTIONAL", 14, True),
        ("ON", 20, True),
    ),
    Case(
        "aws:cognito/userPoolClient:UserPoolClient",
        lambda world: {
            "userPoolId": pool(world, "clients"),
            "generateSecret": False,
            "allowedOauthFlows": ["code"],
            "allowedOauthFlowsUserPoolClient": True,
            "allowedOauthScopes": ["openid"],
            "callbackUrls": ["https://one.example.com/"],
            "explicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
            "refreshTokenRotation": {"feature": "ENABLED", "retryGracePeriodSeconds": 30},
            "supportedIdentityProviders": ["COGNITO"],
            "tokenValidityUnits": {"accessToken": "hours", "idToken": "hours", "refreshToken": "days"},
        },
        {"callbackUrls": ["https://two.example.com/"]},
        get(
            "cognito-idp",
            "describe_user_pool_client",
            "UserPoolClient",
            "CallbackURLs",
            UserPoolId="userPoolId",
            ClientId="id",
        ),
        ["https://one.example.com/"],
        ["https://two.example.com/"],
        import_id=lambda life: f"{life.outputs['userPoolId']}/{life.id}",
    ),
    Case(
        "aws:cognito/userPoolDomain:UserPoolDomain",
        lambda world: {"userPoolId": pool(world, "addressed"), "domain": "watershed-test"},
        look=get("cognito-idp", "describe_user_pool_domain", "DomainDescription", "Domain", Domain="domain"),
        first="watershed-test",
    ),
    Case(
        "aws:cognito/resourceServer:ResourceServer",
        lambda world: {"userPoolId": pool(world, "scoped"), "identifier": "datasets", "name": "one", "scopes": SCOPES},
        {"scopes": MORE_SCOPES},
        lambda clients, outputs: len(
            clients("cognito-idp").describe_resource_server(UserPoolId=outputs["userPoolId"], Identifier="datasets")[
                "ResourceServer"
            ]["Scopes"]
        ),
        1,
        2,
    ),
    Case(
        "aws:cognito/userGroup:UserGroup",
        lambda world: {"userPoolId": pool(world, "grouped"), "name": "analysts"},
        look=get("cognito-idp", "get_group", "Group", "GroupName", UserPoolId="userPoolId", GroupName="name"),
        first="analysts",
    ),
    Case(
        "aws:cognito/user:User",
        lambda world: {
            "userPoolId": pool(world, "peopled"),
            "username": "ada",
            "attributes": {"email": "ada@example.com"},
            "messageAction": "SUPPRESS",
        },
        look=get("cognito-idp", "admin_get_user", "UserStatus", UserPoolId="userPoolId", Username="username"),
        first="FORCE_CHANGE_PASSWORD",
    ),
    Case(
        "aws:cognito/userInGroup:UserInGroup",
        user,
        look=get(
            "cognito-idp", "list_users_in_group", "Users", 0, "Username", UserPoolId="userPoolId", GroupName="groupName"
        ),
        first="ada",
    ),
)


def recorded() -> dict[str, dict[str, Any]]:
    """The inputs of the types that only state keeps."""
    return {
        "aws:cognito/riskConfiguration:RiskConfiguration": {
            "userPoolId": "eu-central-1_risky",
            "compromisedCredentialsRiskConfiguration": {"actions": {"eventAction": "BLOCK"}},
        },
    }
