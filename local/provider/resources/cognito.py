"""Cognito user pools."""

from typing import Any

from ..table import Call, Name, Part, Resource, Session, State, Tags

_POLICIES = {
    "passwordPolicy": "Policies.PasswordPolicy",
    "signInPolicy": "Policies.SignInPolicy",
}


def _second_factor(old: State, new: State, session: Session) -> None:
    """MFA has a call of its own: creating a pool takes no authenticator app."""
    token = new.get("softwareTokenMfaConfiguration") or {}
    parameters: dict[str, Any] = {"UserPoolId": new["id"], "MfaConfiguration": new.get("mfaConfiguration") or "OFF"}
    if token:
        parameters["SoftwareTokenMfaConfiguration"] = {"Enabled": token["enabled"]}
    session.call("cognito-idp", "SetUserPoolMfaConfig", parameters)


def _software_token(answer: dict[str, Any], state: State) -> State:
    enabled = (answer.get("SoftwareTokenMfaConfiguration") or {}).get("Enabled")
    return {"softwareTokenMfaConfiguration": {"enabled": True}} if enabled else {}


def _only_the_factor(parameters: dict[str, Any], state: State) -> None:
    """A pool is made without MFA, which is then set as a whole."""
    parameters.pop("MfaConfiguration", None)


def _mfa_needs_a_factor(state: State) -> list[tuple[str, str]]:
    factors = ("softwareTokenMfaConfiguration", "smsConfiguration", "emailMfaConfiguration")
    if state.get("mfaConfiguration", "OFF") == "OFF" or any(state.get(factor) for factor in factors):
        return []
    return [("mfaConfiguration", f"is {state['mfaConfiguration']}, so one of {', '.join(factors)} is required")]


USER_POOL = Resource(
    "aws:cognito/userPool:UserPool",
    service="cognito-idp",
    id="{id}",
    name=Name(limit=128, prefix_property=""),
    create=Call("CreateUserPool", result="UserPool", adjust=_only_the_factor),
    read=(
        Call("DescribeUserPool", result="UserPool"),
        Call("GetUserPoolMfaConfig", adopt=_software_token),
    ),
    parts=(
        Part(
            put=Call("UpdateUserPool", adjust=_only_the_factor),
            properties=(
                *("accountRecoverySetting", "adminCreateUserConfig", "autoVerifiedAttributes", "deletionProtection"),
                *("emailConfiguration", "passwordPolicy", "userAttributeUpdateSettings", "userPoolAddOns"),
                "userPoolTier",
            ),
        ),
        Part(properties=("mfaConfiguration", "softwareTokenMfaConfiguration"), code=_second_factor),
    ),
    delete=(Call("DeleteUserPool"),),
    tags=Tags(),
    rename={
        **_POLICIES,
        "arn": ("Arn", "ResourceArn"),
        "emailConfiguration.fromEmailAddress": "From",
        "id": ("Id", "UserPoolId"),
        "name": ("PoolName", "Name"),
        "schemas": "Schema",
        "softwareTokenMfaConfiguration": (),
        "tagsAll": ("UserPoolTags", "Tags"),
        "accountRecoverySetting.recoveryMechanisms": "RecoveryMechanisms",
        "userAttributeUpdateSettings.attributesRequireVerificationBeforeUpdates": (
            "AttributesRequireVerificationBeforeUpdate"
        ),
    },
    defaults={"deletionProtection": "INACTIVE", "mfaConfiguration": "OFF", "userPoolTier": "ESSENTIALS"},
    computed={
        "arn": "arn:{partition}:cognito-idp:{region}:{account}:userpool/{id}",
        "endpoint": "cognito-idp.{region}.amazonaws.com/{id}",
    },
    unread=("schemas", "signInPolicy", "userPoolAddOns"),
    unsupported={
        "emailMfaConfiguration": "the local stage sends no mail",
        "webAuthnConfiguration": "the local stage has no passkeys",
    },
    check=_mfa_needs_a_factor,
)

CLIENT = Resource(
    "aws:cognito/userPoolClient:UserPoolClient",
    service="cognito-idp",
    id="{id}",
    import_id="{userPoolId}/{id}",
    name=Name(limit=128, prefix_property=""),
    create=Call("CreateUserPoolClient", result="UserPoolClient"),
    read=(Call("DescribeUserPoolClient", result="UserPoolClient"),),
    parts=(
        Part(
            put=Call("UpdateUserPoolClient"),
            properties=(
                *("accessTokenValidity", "allowedOauthFlows", "allowedOauthFlowsUserPoolClient"),
                *("allowedOauthScopes", "authSessionValidity", "callbackUrls", "defaultRedirectUri"),
                *("enableTokenRevocation", "explicitAuthFlows", "idTokenValidity", "logoutUrls"),
                *("preventUserExistenceErrors", "readAttributes", "refreshTokenRotation", "refreshTokenValidity"),
                *("supportedIdentityProviders", "tokenValidityUnits", "writeAttributes"),
            ),
        ),
    ),
    delete=(Call("DeleteUserPoolClient"),),
    rename={"id": "ClientId", "name": "ClientName"},
    secrets=("clientSecret",),
    unread=("generateSecret",),
)

DOMAIN = Resource(
    "aws:cognito/userPoolDomain:UserPoolDomain",
    service="cognito-idp",
    id="{domain}",
    create=Call("CreateUserPoolDomain"),
    read=(Call("DescribeUserPoolDomain", result="DomainDescription", needs="userPoolId"),),
    delete=(Call("DeleteUserPoolDomain"),),
    identity=("userPoolId",),
    rename={"certificateArn": "CustomDomainConfig.CertificateArn"},
    unread=("certificateArn",),
)

RESOURCE_SERVER = Resource(
    "aws:cognito/resourceServer:ResourceServer",
    service="cognito-idp",
    id="{userPoolId}|{identifier}",
    create=Call("CreateResourceServer"),
    read=(Call("DescribeResourceServer", result="ResourceServer"),),
    parts=(Part(put=Call("UpdateResourceServer", takes=("name", "scopes")), properties=("name", "scopes")),),
    delete=(Call("DeleteResourceServer"),),
)

USER_GROUP = Resource(
    "aws:cognito/userGroup:UserGroup",
    service="cognito-idp",
    id="{userPoolId}/{name}",
    name=Name(limit=128, prefix_property=""),
    identity=("userPoolId",),
    create=Call("CreateGroup"),
    read=(Call("GetGroup", result="Group"),),
    delete=(Call("DeleteGroup"),),
    rename={"name": "GroupName"},
)


def _attributes(answer: dict[str, Any], state: State) -> State:
    found = {pair["Name"]: pair["Value"] for pair in answer.get("UserAttributes") or ()}
    own = state.get("attributes") or {}
    return {
        "sub": found.get("sub", ""),
        "status": answer.get("UserStatus", ""),
        "attributes": {name: found[name] for name in own if name in found},
    }


USER = Resource(
    "aws:cognito/user:User",
    service="cognito-idp",
    id="{userPoolId}/{username}",
    create=Call("AdminCreateUser"),
    read=(Call("AdminGetUser", adopt=_attributes),),
    delete=(Call("AdminDeleteUser"),),
    rename={"attributes": "UserAttributes"},
    defaults={"enabled": True},
    local=("enabled",),
    unread=(
        *("clientMetadata", "desiredDeliveryMediums", "forceAliasCreation", "messageAction", "temporaryPassword"),
        *("username", "validationData"),
    ),
    unsupported={"password": "let Cognito make a temporary one: a password in the program stands in its state"},
)

IN_GROUP = Resource(
    "aws:cognito/userInGroup:UserInGroup",
    service="cognito-idp",
    id="{userPoolId}/{groupName}/{username}",
    create=Call("AdminAddUserToGroup"),
    read=(Call("AdminListGroupsForUser", result="Groups", where={"GroupName": "groupName"}),),
    delete=(Call("AdminRemoveUserFromGroup"),),
)

RISKS = Resource(
    "aws:cognito/riskConfiguration:RiskConfiguration",
    service="cognito-idp",
    id="{userPoolId}",
    support="recorded",
    create=Call("SetRiskConfiguration"),
    puts=True,
    rename={
        "accountTakeoverRiskConfiguration.notifyConfiguration.blockEmail": "BlockEmail",
        "riskExceptionConfiguration.blockedIpRangeLists": "BlockedIPRangeList",
        "riskExceptionConfiguration.skippedIpRangeLists": "SkippedIPRangeList",
    },
)

RESOURCES = (USER_POOL, CLIENT, DOMAIN, RESOURCE_SERVER, USER_GROUP, USER, IN_GROUP, RISKS)
